"""Cases: one caller's matter, from the first ring to the record of what was done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from services.contract.accounts import AccountCard
from services.contract.actions import ActionCard, RecoveryCard, RunAction
from services.contract.checks import AnswerCheck, CheckAnswered, CheckCard, MethodCard, StartCheck
from services.contract.problems import Reason
from services.contract.route import STRICT, Route
from services.vocabulary import LONGEST_REFERENCE, CaseId, CaseState, Channel, Event, Risk


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """Open a case. Without a call or ticket reference there is no look-up."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT | {"str_max_length": LONGEST_REFERENCE}
    channel: Channel
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """Find the account of a case by an exact e-mail address, phone number, user name or customer number."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """Show one masked field in clear, for a reason that goes on record."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    field: str
    """`name`, or a contact point's id."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What the agent wants remembered. Stored sealed; the log holds a commitment to it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCase:
    """End a case."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    version: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineItem:
    """One audit entry of the case, as a person reads it."""

    at: datetime
    event: Event
    actor: str
    """A first name, `customer` or `system`."""
    about: tuple[tuple[str, str], ...] = ()
    """What completes the sentence: (`method`, `totp`), (`action`, `reset_link`), ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCard:
    """Everything an agent sees of a case, with what they may do now and why not."""

    id: CaseId
    number: str
    """Short, for people: read out, typed into a ticket."""
    version: int
    state: CaseState
    channel: Channel
    reference: str
    opened_at: datetime
    lookup: str
    """`none` yet, `matched` or `no_match`."""
    lookups_left: int
    lookup_why_not: tuple[Reason, ...]
    """Why no account can be looked up in this case now; empty when one can."""
    reveal_why_not: tuple[Reason, ...]
    """Why no field can be shown in clear now; empty when one can."""
    risk: Risk
    risk_reasons: tuple[Reason, ...]
    account: AccountCard | None
    methods: tuple[MethodCard, ...]
    checks: tuple[CheckCard, ...]
    actions: tuple[ActionCard, ...]
    recoveries: tuple[RecoveryCard, ...]
    timeline: tuple[TimelineItem, ...]
    why_not: tuple[Reason, ...]
    """Why nothing can be done in this case now; empty while it is open."""
    note_why_not: tuple[Reason, ...]
    """Why no note can be added; empty when one can, which is so after the case ended too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A case in a list."""

    id: CaseId
    number: str
    state: CaseState
    reference: str
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseList:
    """A page of the agent's cases, newest first."""

    cases: tuple[CaseLine, ...]
    after: str | None
    """Ask again with this to go on; None at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A check was answered: how it fared, and the case now."""

    answer: CheckAnswered
    case: CaseCard


OPEN_CASE = Route("POST", "/cases", OpenCase, CaseCard, "Open a case")
LIST_CASES = Route("GET", "/cases", type(None), CaseList, "My cases, newest first")
READ_CASE = Route("GET", "/cases/{case_id}", type(None), CaseCard, "A case as it is now")
LOOK_UP = Route("POST", "/cases/{case_id}/lookup", LookUp, CaseCard, "Find the account of a case")
REVEAL = Route("POST", "/cases/{case_id}/reveal", Reveal, CaseCard, "Show one field in clear")
START_CHECK = Route("POST", "/cases/{case_id}/checks", StartCheck, CaseCard, "Start a check")
ANSWER_CHECK = Route(
    "POST", "/cases/{case_id}/checks/{check_id}/answer", AnswerCheck, Answered, "Give what the caller read out"
)
CANCEL_CHECK = Route("DELETE", "/cases/{case_id}/checks/{check_id}", type(None), CaseCard, "Cancel a check")
RUN_ACTION = Route("POST", "/cases/{case_id}/actions", RunAction, CaseCard, "Run a recovery action")
NOTE = Route("POST", "/cases/{case_id}/notes", Note, CaseCard, "Add a note")
CLOSE_CASE = Route("POST", "/cases/{case_id}/close", CloseCase, CaseCard, "End a case")

ROUTES = (
    OPEN_CASE,
    LIST_CASES,
    READ_CASE,
    LOOK_UP,
    REVEAL,
    START_CHECK,
    ANSWER_CHECK,
    CANCEL_CHECK,
    RUN_ACTION,
    NOTE,
    CLOSE_CASE,
)
