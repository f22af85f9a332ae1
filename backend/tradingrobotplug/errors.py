"""What domain code raises. `web/errors.py` alone knows which HTTP status each kind becomes."""


class ServiceError(Exception):
    """A refusal with a machine-readable `code`, a sentence a user may read, and details."""

    def __init__(self, code: str, message: str, details: dict[str, object] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details or {}


class Invalid(ServiceError):
    """The input can't be used; details name the fields."""


class Unauthenticated(ServiceError):
    """No identity, or one that is no longer valid."""


class Forbidden(ServiceError):
    """Known identity, but not allowed (role, plan, second factor)."""


class NotFound(ServiceError):
    """Not there, or not the caller's: the same answer for both."""


class Conflict(ServiceError):
    """The present state does not allow it."""


class TooMany(ServiceError):
    """Over a rate limit."""


class Unavailable(ServiceError):
    """Something we depend on does not answer; trying again later may work."""
