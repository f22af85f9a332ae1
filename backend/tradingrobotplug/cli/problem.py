"""What stops a command; the sentence says what to do."""


class Problem(Exception):
    """Something that the person at the keyboard can put right."""
