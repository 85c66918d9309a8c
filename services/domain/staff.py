"""Staff: who may sign in, what their role lets them do, and when a session is over."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.domain.outcome import Entry, Outcome, Why
from services.vocabulary import SYSTEM, ActorId, Event, Objection, Permission, StaffId

SESSION_LIFE = timedelta(hours=12)
"""Longest life of a session, however busy. Source: N-SES-01 (NIST SP 800-63B-4 section 2.3.3, AAL3)."""
SESSION_IDLE = timedelta(minutes=15)
"""A session without a request for this long is over. Source: N-SES-01."""
SIGN_IN_LIMIT = 5
"""Failures in a row before a login rests, and before each longer rest."""
SIGN_IN_REST = timedelta(minutes=5)
"""The first rest; each next one is twice as long. Long enough to make guessing useless, short enough that locking a
colleague out on purpose is a nuisance and not an outage (A-09)."""
LONGEST_REST = timedelta(hours=1)
"""Source: NIST SP 800-63B-4 section 3.2.2 (N-THR-02)."""
MOST_FAILURES = 100
"""Failures in a row after which only new credentials help, and no rest. Source: section 3.2.2 (N-THR-01)."""

Roles = Mapping[str, frozenset[Permission]]
"""Role -> permissions, from `resources/policy/roles.toml`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A member of staff. `permissions` come from the role at each request, never from the session (A-34)."""

    id: StaffId
    version: int = 0
    login: str
    name: str
    role: str
    password_hash: str = field(repr=False)
    totp_secret: bytes = field(repr=False)
    totp_step: int = -1
    enabled: bool = True
    failures: int = 0
    """In a row: since the last sign-in, however long ago."""
    locked_until: datetime | None = None
    created_at: datetime
    permissions: frozenset[Permission] = frozenset()

    @property
    def first_name(self) -> str:
        """What customers and timelines call them."""
        return self.name.split(" ", 1)[0]

    @property
    def is_worn_out(self) -> bool:
        """Whether so many sign-ins failed that only new credentials help."""
        return self.failures >= MOST_FAILURES


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSession:
    """A signed-in desktop."""

    id: str
    token_digest: bytes = field(repr=False)
    staff_id: StaffId
    started_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None


def lacks(staff: Staff, *needed: Permission) -> tuple[Why, ...]:
    """What the role of *staff* does not grant."""
    return tuple(Why(code=Objection.MAY_NOT, about=one) for one in needed if one not in staff.permissions)


def is_over(session: StaffSession, now: datetime) -> bool:
    """Whether a session has ended, by hand, by age or by idleness (N-SES-02)."""
    if session.ended_at is not None:
        return True
    return now - session.started_at >= SESSION_LIFE or now - session.seen_at >= SESSION_IDLE


def sign_in(
    staff: Staff, *, password_fits: bool, totp_step: int | None, session: StaffSession, now: datetime
) -> Outcome[Staff]:
    """Judge one sign-in. Both factors are always evaluated, and a failure never says which was wrong (A-17).

    *totp_step* is the time step whose code fits and was not used before, or None. The outcome's entry tells whether it
    succeeded (`SIGNED_IN`); the caller opens *session* only then.
    """
    stopped = _stopped(staff, now)
    if stopped:
        return _failed(staff, now, stopped)
    if not password_fits or totp_step is None or totp_step <= staff.totp_step:
        return _failed(_counted(staff, now), now, "wrong")
    entry = Entry(
        event=Event.SIGNED_IN,
        at=now,
        actor=ActorId(staff.id),
        subject=staff.id,
        details={"session": session.id, "role": staff.role, "factors": ("password", "totp")},
    )
    return Outcome(state=replace(staff, failures=0, locked_until=None, totp_step=totp_step), entry=entry)


def renewed(staff: Staff, password_hash: str, totp_secret: bytes) -> Staff:
    """The person with both credentials new, and nothing held against them (N-THR-01: bound anew)."""
    return replace(
        staff, password_hash=password_hash, totp_secret=totp_secret, totp_step=-1, failures=0, locked_until=None
    )


def may_administer(actor: Staff, subject: Staff) -> tuple[Why, ...]:
    """What stops *actor* from changing *subject*: nobody changes themselves."""
    own = (Why(code=Objection.OWN_ACCOUNT),) if actor.id == subject.id else ()
    return (*lacks(actor, Permission.ADMINISTER_STAFF), *own)


def _stopped(staff: Staff, now: datetime) -> str | None:
    """Why a sign-in is not even looked at."""
    if not staff.enabled:
        return "disabled"
    if staff.is_worn_out:
        return "worn_out"
    return "resting" if staff.locked_until is not None and now < staff.locked_until else None


def _counted(staff: Staff, now: datetime) -> Staff:
    """One more failure; every few of them the login rests, twice as long as the time before."""
    failures = staff.failures + 1
    rests = failures // SIGN_IN_LIMIT
    if failures % SIGN_IN_LIMIT:
        return replace(staff, failures=failures, locked_until=None)
    rest = min(SIGN_IN_REST * 2 ** (rests - 1), LONGEST_REST)
    return replace(staff, failures=failures, locked_until=now + rest)


def _failed(staff: Staff, now: datetime, reason: str) -> Outcome[Staff]:
    entry = Entry(event=Event.SIGN_IN_FAILED, at=now, actor=SYSTEM, subject=staff.id, details={"reason": reason})
    return Outcome(state=staff, entry=entry)
