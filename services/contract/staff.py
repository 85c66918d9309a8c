"""Staff: signing in, and what an administrator does with colleagues."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from services.contract.problems import Reason
from services.contract.route import STRICT, Route
from services.vocabulary import StaffId


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Sign in with a password and a code from an authenticator app."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    login: str
    password: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffCard:
    """A member of staff as the desktop shows them."""

    id: StaffId
    login: str
    name: str
    role: str
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffList:
    """Everybody who may sign in, by login."""

    staff: tuple[StaffCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCard:
    """A staff session."""

    staff: StaffCard
    ends_at: datetime
    """At the latest, however busy."""
    idle_seconds: int
    """How long it lives without a request."""
    log_key: str
    """The audit log's verifier key (C2SP vkey): a desktop pins the first it sees."""
    open_why_not: tuple[Reason, ...]
    """Why they cannot open a case; empty when they can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOpened:
    """A new session and its token. The token is shown this once and stored hashed."""

    token: str
    session: SessionCard


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRole:
    """Give another role; every session of theirs ends."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    role: str
    instead_of: str
    """The role that they were seen with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """An answer with nothing in it."""


SIGN_IN = Route("POST", "/sessions", SignIn, SessionOpened, "Sign in", once=True)
CURRENT_SESSION = Route("GET", "/sessions/current", type(None), SessionCard, "Who am I")
SIGN_OUT = Route("DELETE", "/sessions/current", type(None), Nothing, "Sign out")
LIST_STAFF = Route("GET", "/staff", type(None), StaffList, "Everybody who may sign in")
CHANGE_ROLE = Route("POST", "/staff/{staff_id}/role", ChangeRole, StaffCard, "Give another role")
DISABLE_STAFF = Route("POST", "/staff/{staff_id}/disable", type(None), StaffCard, "Stop a colleague from signing in")
ENABLE_STAFF = Route("POST", "/staff/{staff_id}/enable", type(None), StaffCard, "Let a colleague sign in again")
END_SESSIONS = Route("DELETE", "/staff/{staff_id}/sessions", type(None), Nothing, "End a colleague's sessions")

ROUTES = (SIGN_IN, CURRENT_SESSION, SIGN_OUT, LIST_STAFF, CHANGE_ROLE, DISABLE_STAFF, ENABLE_STAFF, END_SESSIONS)
