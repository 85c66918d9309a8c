"""Everything the desktop shows, as one frozen value. A page is a function of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.contract.cases import CaseCard, CaseLine
    from services.contract.checks import CheckAnswered
    from services.contract.problems import Reason
    from services.contract.staff import SessionCard
    from services.vocabulary import CaseId, CheckId


class Phase(StrEnum):
    """Which page the desktop is on."""

    STARTING = "starting"
    WAITING_FOR_PASSWORD_STORE = "waiting_for_password_store"  # noqa: S105 - a phase, not a password
    """The operating system may be asking for its password at this moment."""
    SIGNED_OUT = "signed_out"
    SIGNED_IN = "signed_in"


class Connection(StrEnum):
    """How well the service is heard."""

    CONNECTING = "connecting"
    ONLINE = "online"
    SLOW = "slow"
    OFFLINE = "offline"


class TokenHome(StrEnum):
    """Where the session's token is kept. Nowhere else, and never in a file of ours."""

    KEYRING = "keyring"
    """The operating system's password store: signed in until the session ends."""
    MEMORY = "memory"
    """There is no usable password store: signed in until the program ends."""


class Act(StrEnum):
    """What an agent can ask the desk to do."""

    RESUME = "resume"
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    STAY = "stay"
    """Keep the session alive."""
    LIST_CASES = "list_cases"
    OPEN_CASE = "open_case"
    SHOW_CASE = "show_case"
    LOOK_UP = "look_up"
    REVEAL = "reveal"
    START_CHECK = "start_check"
    ANSWER_CHECK = "answer_check"
    CANCEL_CHECK = "cancel_check"
    RUN_ACTION = "run_action"
    NOTE = "note"
    CLOSE_CASE = "close_case"


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing asked for: the act, and what it is about (an option, a check's id, a field); empty when nothing."""

    act: Act
    about: str = ""


class Tone(StrEnum):
    """How a message is to be taken."""

    DONE = "done"
    """It went well."""
    NOTICE = "notice"
    """Something to know; nothing is wrong."""
    REFUSED = "refused"
    """A rule says no: the reasons say why."""
    TROUBLE = "trouble"
    """It did not work, and trying again may help."""
    FAULT = "fault"
    """A bug, ours or the service's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What to tell the agent, worded."""

    tone: Tone
    text: str
    """One sentence, or one for each reason with a space between."""
    intent: Intent | None = None
    """What it answers, so that it can stand beside its button."""
    reasons: tuple["Reason", ...] = ()


class Standing(StrEnum):
    """What this desktop, as a witness, knows of the audit log."""

    UNKNOWN = "unknown"
    """No checkpoint seen yet."""
    CONSISTENT = "consistent"
    """Everything seen so far is of one log that only grew."""
    UNPROVEN = "unproven"
    """The newest checkpoint could not be compared: the proof was not to be had."""
    ALARM = "alarm"
    """The log contradicts what it said before. Stays until a person acknowledges it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessState:
    """What this desktop, as a witness, knows of the audit log."""

    standing: Standing = Standing.UNKNOWN
    size: int = 0
    """Entries in the newest log that was verified."""
    checked_at: datetime | None = None
    sentence: str = ""
    """Worded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A note that was typed and not sent."""

    case_id: "CaseId"
    number: str
    """Of the case, for people."""
    text: str
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerGiven:
    """How the last answer to a check fared."""

    check_id: "CheckId"
    answer: "CheckAnswered"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnding:
    """The session ends soon."""

    at: datetime
    can_stay: bool
    """Whether using it puts that off; not when its longest life is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskState:
    """Everything the desktop shows."""

    phase: Phase = Phase.STARTING
    session: "SessionCard | None" = None
    token_home: TokenHome | None = None
    ending: SessionEnding | None = None
    """None while the end is far off."""
    live: Connection = Connection.CONNECTING
    """Of the stream of live events; show `connection`."""
    cases: tuple["CaseLine", ...] = ()
    """My cases, newest first, as far as they were read."""
    cases_after: str | None = None
    """There are more."""
    case: "CaseCard | None" = None
    case_asked: int = 0
    """Which question, in order of asking, the shown card answers: an older answer that comes later is dropped."""
    answered: AnswerGiven | None = None
    busy: frozenset[Intent] = frozenset()
    """Asked and not yet answered: rest the button, show the marker."""
    slow: frozenset[Intent] = frozenset()
    """Those of `busy` that take long."""
    message: Message | None = None
    witness: WitnessState = WitnessState()
    draft: str = ""
    """The unsent note of the shown case."""
    drafts_safe: bool = True
    """Whether drafts survive a crash; False when the local store cannot be used."""
    unsent: tuple[Draft, ...] = ()
    """Every unsent note of this agent, newest first."""

    @property
    def connection(self) -> Connection:
        """How well the service is heard, by stream and by answers together."""
        if self.slow and self.live is Connection.ONLINE:
            return Connection.SLOW
        return self.live

    def is_busy(self, act: Act, about: str = "") -> bool:
        """Whether this was asked for and not yet answered."""
        return Intent(act, about) in self.busy
