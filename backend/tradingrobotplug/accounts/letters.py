"""What accounts write to their users."""

from datetime import datetime

from ..notify.letter import Letter

_IGNORE = "If you did not ask for this, you need not do anything."
_ALARM = (
    "If this was not you, set a new password at once with “forgotten password”, which ends every "
    "session and API key, and look through your bots."
)

_STRANGER = (
    "If this was not you, somebody else can act in your account and you can't sign in any more: "
    "write to the operator of this service at once."
)


def verify(link: str) -> Letter:
    return Letter(
        kind="verify",
        subject="Confirm your email address",
        paragraphs=("Please confirm that this address is yours.",),
        button="Confirm the address",
        link=link,
        closing=("The link works once, within 24 hours.", _IGNORE),
    )


def reset(link: str, address: str) -> Letter:
    return Letter(
        kind="reset",
        subject="Set a new password",
        paragraphs=(f"Somebody at the address {address or 'unknown'} asked for a new password.",),
        button="Set a new password",
        link=link,
        closing=("The link works once, within 60 minutes.", _IGNORE),
    )


def password_changed(now: datetime, address: str, device: str) -> Letter:
    return Letter(
        kind="password_changed",
        subject="Your password was changed",
        paragraphs=(f"Your password was changed {_by(now, address, device)}.",),
        closing=(_ALARM,),
    )


def api_key_created(name: str, can: str, now: datetime, address: str, device: str) -> Letter:
    return Letter(
        kind="api_key_created",
        subject="An API key was created",
        paragraphs=(
            f"The API key “{name}” ({can}) was created {_by(now, address, device)}. With it a "
            "program can act in your account.",
        ),
        closing=(_ALARM,),
    )


def new_email(link: str) -> Letter:
    return Letter(
        kind="new_email",
        subject="Confirm your new email address",
        paragraphs=("From then on you sign in with this address, and all mail goes to it.",),
        button="Use this address",
        link=link,
        closing=("The link works once, within 60 minutes.", _IGNORE),
    )


def email_change_asked(new: str, now: datetime, address: str, device: str) -> Letter:
    return Letter(
        kind="email_change_asked",
        subject="A change of your email address was asked for",
        paragraphs=(
            f"The address of your account is to become {new}: asked for "
            f"{_by(now, address, device)}. Nothing changes before that address is confirmed.",
        ),
        closing=(_ALARM,),
    )


def email_changed(new: str) -> Letter:
    return Letter(
        kind="email_changed",
        subject="Your email address was changed",
        paragraphs=(f"The address of your account is now {new}. This one is no longer used.",),
        closing=("If this was not you, write to the operator of this service at once.",),
    )


def site_linked(name: str, url: str) -> Letter:
    return Letter(
        kind="site_linked",
        subject="A site was connected with your account",
        paragraphs=(
            f"You signed in to connect your account with the site “{name}” ({url}). When you are "
            "signed in there, the site acts for you here.",
            "You can disconnect it in the settings of your account at any time.",
        ),
        closing=(_ALARM,),
    )


def confirm_deletion(link: str) -> Letter:
    return Letter(
        kind="delete",
        subject="Confirm that your account is to be deleted",
        paragraphs=(
            "Your bots stop at once and your sessions end. Seven days later everything is erased; "
            "until then you can sign in and restore the account.",
        ),
        button="Delete the account",
        link=link,
        closing=("The link works once, within 60 minutes.", _IGNORE),
    )


def leaving(erased_at: datetime) -> Letter:
    return Letter(
        kind="leaving",
        subject="Your account will be deleted",
        paragraphs=(
            "Your bots have been stopped, their webhook addresses closed, the broker keys you left "
            "with us erased and your sessions ended.",
            f"Everything is erased on {_day(erased_at)}. To keep the account, sign in before then "
            "and choose to restore it.",
        ),
        closing=(_ALARM,),
    )


def restored() -> Letter:
    return Letter(
        kind="restored",
        subject="Your account stays",
        paragraphs=(
            "Your account is no longer to be deleted. Your bots are back, stopped: start those "
            "that are to trade.",
        ),
        closing=(_ALARM,),
    )


def suspended(reason: str) -> Letter:
    return Letter(
        kind="suspended",
        subject="Your account was suspended",
        paragraphs=(
            "An administrator has suspended your account. Your sessions were ended, your API keys "
            "revoked and your running bots paused.",
            f"The reason given: {reason}",
            "What your bots hold stays guarded: stops that are set remain in force.",
        ),
        closing=("If you think that this is a mistake, write to the operator of this service.",),
    )


def reinstated() -> Letter:
    return Letter(
        kind="reinstated",
        subject="Your account works again",
        paragraphs=(
            "Your account is no longer suspended: you can sign in.",
            "Your bots are still paused: start those that are to trade. API keys must be made "
            "anew.",
        ),
    )


def second_factor_on(now: datetime, address: str, device: str) -> Letter:
    return Letter(
        kind="second_factor_on",
        subject="An authenticator app was set up for your account",
        paragraphs=(
            f"From now on signing in takes its code: set up {_by(now, address, device)}.",
            "Keep the backup codes where you find them without your phone: each signs you in once.",
        ),
        closing=(_STRANGER,),
    )


def second_factor_off(now: datetime, address: str, device: str) -> Letter:
    return Letter(
        kind="second_factor_off",
        subject="The authenticator app was removed from your account",
        paragraphs=(
            f"It was removed {_by(now, address, device)}. Every other session has ended, and the "
            "backup codes no longer work.",
        ),
        closing=(_ALARM,),
    )


def backup_code_used(left: int, now: datetime, address: str, device: str) -> Letter:
    return Letter(
        kind="backup_code_used",
        subject="A backup code of your account was used",
        paragraphs=(
            f"It was used {_by(now, address, device)}. Codes that are left: {left}.",
            "New codes replace all of them; ask for them while you are signed in.",
        ),
        closing=(_ALARM,),
    )


def _by(now: datetime, address: str, device: str) -> str:
    at = f"{_day(now)} at {now:%H:%M} UTC"
    return f"on {at} from the address {address or 'unknown'} ({device[:120] or 'unknown device'})"


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"
