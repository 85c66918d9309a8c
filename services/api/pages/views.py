"""What each of the customer's pages needs to know: one frozen card per page, and nothing that a page does not show.

Every form goes back to the address it came from, so no card holds an address or a token. Cards of links that are dead
hold nothing about the case, but for what was done through that very link or before it stopped the rest: its owner has
to know, and whoever else opens an old link learns nothing more.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.secret import Secret
from services.vocabulary import Objection


class NumberSlip(StrEnum):
    """What was wrong with a number that was typed."""

    NOT_SIX_DIGITS = "not_six_digits"
    """Not counted as an attempt: it cannot be the number."""
    WRONG = "wrong"


class StopStage(StrEnum):
    """How far the thing is that a stop link stops."""

    CHECKING = "checking"
    """Somebody is on the telephone as the owner; nothing was decided."""
    ASKED = "asked"
    """That is over, and nothing was done."""
    SCHEDULED = "scheduled"
    """It cools off, or is about to begin."""
    DONE = "done"
    """It has begun, or is over; what the owner can still do is close the door."""


class Ending(StrEnum):
    """Every way a link's life ends. Each has a title and sentences in `resources/wording/customer`."""

    CALL_CONFIRMED = "call_confirmed"
    CALL_ENDED = "call_ended"
    """The agent took the check back, or the case was closed."""
    TRIES_SPENT = "tries_spent"
    PASSWORD_SET = "password_set"  # noqa: S105 - an ending, not a password
    CODES_SAVED = "codes_saved"
    EXPIRED = "expired"
    PASSWORD_WAS_SET = "password_was_set"  # noqa: S105 - an ending, not a password
    """The link was used already: its holder set a password, whoever that was."""
    PASSWORD_AND_CODES_WERE_SET = "password_and_codes_were_set"  # noqa: S105 - an ending, not a password
    """The same, and was shown new recovery codes. They are not shown again."""
    APP_WAS_SET_UP = "app_was_set_up"
    """The link was used already: its holder set up an authenticator app. Nothing is shown again."""
    FROZEN = "frozen"
    """The account is frozen: no link does anything until a person has looked."""
    BAD_LINK = "bad_link"
    """Never made, mistyped, or forgotten: one answer for all, which says nothing of whether it ever was one."""
    UNREADABLE = "unreadable"
    """What came is no form of ours: another kind, not UTF-8, or too much."""
    LATER = "later"
    """An outside system is silent, or the owner is faster than our last step: trying again in a minute helps."""
    FAULT = "fault"
    """A bug of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseCodePage:
    """The owner types the number that the agent reads out.

    Posts `decision` = `confirm` with `number`, or `decision` = `not_me`.
    """

    agent: str
    """The agent's first name."""
    deed: str
    """What was asked for: an `ActionKind`; empty while no action was chosen."""
    case_number: str
    masked: str
    """The contact point that the link went to, masked."""
    minutes: int
    """How long the link still works, rounded up; at least 1."""
    slip: NumberSlip | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopDeed:
    """One thing that is stopped, or that was done before anybody stopped it."""

    deed: str
    """An `ActionKind`; empty while no action was chosen."""
    at: datetime
    """Aware. When it was asked for (`checking`, `asked`), when it will run (`scheduled`), when it was done (`done`)."""
    completed: bool = False
    """Whoever held the owner's link used it: the password was changed, and not only a link sent."""
    begun: tuple[str, ...] = ()
    """`StepKind`s: what was done of it, when that is not all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPage:
    """What was asked for, and one button that stops it. Showing it changes nothing: link scanners look first.

    Posts `decision` = `stop`.
    """

    deeds: tuple[StopDeed, ...]
    """At least one."""
    case_number: str
    stage: StopStage


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedPage:
    """It is stopped: after the stop button, after "this is not me", and again whenever that link is opened."""

    case_number: str
    was_done: tuple[StopDeed, ...] = ()
    """What was done already in the case: it is not undone, but the account is shut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPasswordPage:
    """The owner sets a new password. Posts `password` and `repeat`."""

    user_name: str
    """For the password manager."""
    minimum: int
    """Characters (code points), from `services.domain.password` (N-PWD-01)."""
    maximum: int
    objections: tuple[Objection, ...] = ()
    """Why the last try was refused: `PASSWORD_...`."""
    repeat_differs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolPage:
    """Before anything is shown, the owner gives their password: the link may have come by mail. Posts `password`.

    Source: N-BND-01, N-BND-03.
    """

    user_name: str
    """For the password manager."""
    wrong_password: bool = False
    over: bool = False
    """A key was shown before, and can no longer be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolTotpPage:
    """The owner adds the account to an authenticator app. Posts `enrolment`, and `number`: the app's first code."""

    enrolment: Secret[str]
    """The key, sealed by the service for itself: it is sent back as it is."""
    uri: Secret[str] | None
    """`otpauth://totp/...`, the key in it; None once it was shown."""
    slip: NumberSlip | None = None

    def __post_init__(self) -> None:
        """Refuse an address of any other kind: it becomes a link on the page."""
        if self.uri is not None and not self.uri.reveal().startswith("otpauth://totp/"):
            raise ValueError("The address of an authenticator's key must start with otpauth://totp/.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodesPage:
    """New recovery codes, shown this once: with a new authenticator, or with a new password. Posts `saved` = `yes`."""

    codes: tuple[Secret[str], ...]
    """As they are shown: `one_time.grouped`."""
    issued_at: datetime
    for_a_used_one: bool = False
    """They came with the new password that a saved code was used for (N-REC-05)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPage:
    """A page with nothing to do on it, or with one thing only: `decision` = `not_me`."""

    ending: Ending
    may_deny: bool = False
    """Offer "this is not me". For links of a reverse code: whoever was talked into typing may think better of it."""
    reference: str = ""
    """For `fault`: the number under which we find what went wrong."""
    at: datetime | None = None
    """For a link that was used already: when. Aware."""


Page = (
    ReverseCodePage | StopPage | StoppedPage | NewPasswordPage | EnrolPage | EnrolTotpPage | RecoveryCodesPage | EndPage
)

_STATUS = {
    Ending.CALL_ENDED: 410,
    Ending.TRIES_SPENT: 410,
    Ending.EXPIRED: 410,
    Ending.PASSWORD_WAS_SET: 410,
    Ending.PASSWORD_AND_CODES_WERE_SET: 410,
    Ending.APP_WAS_SET_UP: 410,
    Ending.FROZEN: 403,
    Ending.BAD_LINK: 404,
    Ending.UNREADABLE: 400,
    Ending.LATER: 503,
    Ending.FAULT: 500,
}


def http_status(page: Page) -> int:
    """The HTTP status that a page is sent with: 422 when something typed was refused."""
    match page:
        case EndPage(ending=ending):
            return _STATUS.get(ending, 200)
        case ReverseCodePage(slip=slip):
            return 422 if slip else 200
        case EnrolPage(wrong_password=wrong, over=over):
            return 422 if wrong else 410 if over else 200
        case EnrolTotpPage(slip=slip):
            return 422 if slip else 200
        case NewPasswordPage(objections=objections, repeat_differs=differs):
            return 422 if objections or differs else 200
        case _:
            return 200
