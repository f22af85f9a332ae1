"""What users are written about their bots, whatever their notification settings."""

from collections.abc import Sequence

from ..notify.letter import Letter


def went_live(name: str, sentences: Sequence[str]) -> Letter:
    """The terms that were agreed to, for the user's own records."""
    return Letter(
        kind="bot_went_live",
        subject=f"“{name}” trades with real money now",
        paragraphs=("You confirmed this a moment ago:", *sentences),
        closing=(
            "If it was not you, pause the bot, sign out everywhere and change your password.",
        ),
    )
