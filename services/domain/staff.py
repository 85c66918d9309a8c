"""Staff: who may sign in, what their role lets them do, when a session is over, and who administers whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.domain.outcome import Detail, Entry, Outcome, Why, demand
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


def nobody(now: datetime) -> Outcome[None]:
    """Put on record that somebody tried a login that nobody has."""
    return Outcome(state=None, entry=_failure(now, None, "unknown"))


def sign_out(session: StaffSession, now: datetime) -> Outcome[StaffSession]:
    """End one session by hand."""
    who = ActorId(session.staff_id)
    entry = Entry(event=Event.SIGNED_OUT, at=now, actor=who, subject=session.staff_id, details={"session": session.id})
    return Outcome(state=replace(session, ended_at=now), entry=entry)


def with_permissions(staff: Staff, roles: Roles) -> Staff:
    """The person with what their role grants now: a change of roles holds from the next request on (A-34)."""
    return replace(staff, permissions=roles.get(staff.role, frozenset()))


def may_administer(actor: Staff, subject: Staff) -> tuple[Why, ...]:
    """What stops *actor* from changing *subject*: nobody changes themselves."""
    own = (Why(code=Objection.OWN_ACCOUNT),) if actor.id == subject.id else ()
    return (*lacks(actor, Permission.ADMINISTER_STAFF), *own)


def change_role(
    subject: Staff, actor: Staff, role: str, everybody: Iterable[Staff], roles: Roles, now: datetime
) -> Outcome[Staff]:
    """Give a colleague another role. *everybody* are all who are on file, *subject* among them.

    Raises:
        Refused: If *actor* may not, the role is unknown, or nobody would be left to administer.
    """
    demand(may_administer(actor, subject) or _unknown(role, roles))
    changed = replace(subject, role=role)
    demand(_nobody_left(changed, everybody, roles))
    entry = _administered(Event.STAFF_ROLE_CHANGED, subject, actor, now, before=subject.role, after=role)
    return Outcome(state=changed, entry=entry)


def disable(subject: Staff, actor: Staff, everybody: Iterable[Staff], roles: Roles, now: datetime) -> Outcome[Staff]:
    """Stop a colleague from signing in. *everybody* are all who are on file, *subject* among them.

    Raises:
        Refused: If *actor* may not, or nobody would be left to administer.
    """
    demand(may_administer(actor, subject))
    disabled = replace(subject, enabled=False)
    demand(_nobody_left(disabled, everybody, roles))
    return Outcome(state=disabled, entry=_administered(Event.STAFF_DISABLED, subject, actor, now))


def enable(subject: Staff, actor: Staff, now: datetime) -> Outcome[Staff]:
    """Let a colleague sign in again, with what they had.

    Raises:
        Refused: If *actor* may not.
    """
    demand(may_administer(actor, subject))
    return Outcome(state=replace(subject, enabled=True), entry=_administered(Event.STAFF_ENABLED, subject, actor, now))


def renew(subject: Staff, actor: Staff, password_hash: str, totp_secret: bytes, now: datetime) -> Outcome[Staff]:
    """Give a colleague both credentials anew, with nothing held against them (N-THR-01: bound anew).

    Raises:
        Refused: If *actor* may not, or the person is disabled: new credentials would be of no use to them.
    """
    demand(may_administer(actor, subject) or _disabled(subject))
    fresh = replace(
        subject, password_hash=password_hash, totp_secret=totp_secret, totp_step=-1, failures=0, locked_until=None
    )
    return Outcome(state=fresh, entry=_administered(Event.STAFF_RENEWED, subject, actor, now))


def sessions_ended(subject: Staff, actor: Staff, count: int, now: datetime) -> Outcome[Staff]:
    """Put on record that a colleague's sessions were ended, and how many there were."""
    return Outcome(state=subject, entry=_administered(Event.SESSIONS_ENDED, subject, actor, now, count=count))


def add(staff: Staff, actor: ActorId, holder: Staff | None, roles: Roles, now: datetime) -> Outcome[Staff]:
    """Add a member of staff; *holder* is whoever has their login already.

    Raises:
        Refused: If the login is taken or the role unknown.
    """
    taken = () if holder is None else (Why(code=Objection.LOGIN_TAKEN, about=staff.login),)
    demand((*taken, *_unknown(staff.role, roles)))
    entry = Entry(event=Event.STAFF_ADDED, at=now, actor=actor, subject=staff.id, details={"role": staff.role})
    return Outcome(state=staff, entry=entry)


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
    return Outcome(state=staff, entry=_failure(now, staff.id, reason))


def _failure(now: datetime, subject: StaffId | None, reason: str) -> Entry:
    return Entry(event=Event.SIGN_IN_FAILED, at=now, actor=SYSTEM, subject=subject, details={"reason": reason})


def _unknown(role: str, roles: Roles) -> tuple[Why, ...]:
    return () if role in roles else (Why(code=Objection.UNKNOWN_ROLE, about=role),)


def _disabled(staff: Staff) -> tuple[Why, ...]:
    return () if staff.enabled else (Why(code=Objection.STAFF_DISABLED),)


def _nobody_left(changed: Staff, everybody: Iterable[Staff], roles: Roles) -> tuple[Why, ...]:
    """What stops a change after which nobody who can sign in administers staff."""
    after = (changed if one.id == changed.id else one for one in everybody)
    if any(one.enabled and Permission.ADMINISTER_STAFF in roles.get(one.role, frozenset()) for one in after):
        return ()
    return (Why(code=Objection.LAST_ADMINISTRATOR),)


def _administered(event: Event, subject: Staff, actor: Staff, now: datetime, **details: Detail) -> Entry:
    return Entry(event=event, at=now, actor=ActorId(actor.id), subject=subject.id, details=details)
