"""Staff sign-in: password and authenticator code in, an opaque session out."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.domain import staff as rules
from services.domain.one_time import Accepted, TotpKey, totp_step
from services.domain.outcome import Entry, Missing, Outcome, Refused, Stale, Why, demand
from services.domain.staff import Staff, StaffSession
from services.secret import Secret
from services.usecases.ports import Work
from services.usecases.service import Service
from services.vocabulary import SYSTEM, ActorId, Event, Objection, Permission, StaffId


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session that began. The token is nowhere else."""

    token: Secret[str]
    staff: Staff
    session: StaffSession


def sign_in(service: Service, login: str, password: Secret[str], code: str) -> SignedIn:
    """Open a session. Wrong, unknown, disabled and resting logins all look the same, and take the same time (A-17).

    Raises:
        Refused: `WRONG_CREDENTIALS`. The failure was counted and logged.
    """
    known = _known(service, login)
    fits = service.passwords.fits(password, known.password_hash if known else None)
    token = Secret(service.randomness.octets(32).hex())
    with service.storage.changing() as work:
        signed_in = _judge(service, work, login, fits, code, token)
    if signed_in is None:
        raise Refused(Objection.WRONG_CREDENTIALS)
    return signed_in


def _known(service: Service, login: str) -> Staff | None:
    with service.storage.reading() as work:
        return work.staff.by_login(login.strip().lower())


def _judge(service: Service, work: Work, login: str, fits: bool, code: str, token: Secret[str]) -> SignedIn | None:
    now = service.clock()
    staff = work.staff.by_login(login.strip().lower())
    if staff is None:
        nobody = Entry(event=Event.SIGN_IN_FAILED, at=now, actor=SYSTEM, details={"reason": "unknown"})
        work.record(Outcome(state=None, entry=nobody))
        return None
    session = StaffSession(
        id=service.new_id("ses"),
        token_digest=work.token_digest(token),
        staff_id=staff.id,
        started_at=now,
        seen_at=now,
    )
    step = totp_step(TotpKey(Secret(staff.totp_secret)), code, now, staff.totp_step)
    outcome = rules.sign_in(
        staff,
        password_fits=fits,
        totp_step=step.step if isinstance(step, Accepted) else None,
        session=session,
        now=now,
    )
    after = work.staff.put(work.record(outcome))
    if outcome.entry.event is not Event.SIGNED_IN:
        return None
    work.sessions.put(session)
    return SignedIn(token=token, staff=with_permissions(service, after), session=session)


def with_permissions(service: Service, staff: Staff) -> Staff:
    """The person with what their role grants now: a change of roles holds from the next request on (A-34)."""
    return replace(staff, permissions=service.roles.get(staff.role, frozenset()))


TOUCH_SECONDS = 20
"""How stale the note of a session's last use may be: it spares a write at every request."""


def whose(service: Service, token: Secret[str]) -> tuple[Staff, StaffSession]:
    """Who makes a request, and in which session.

    Raises:
        Refused: `SIGNED_OUT`, whatever is wrong with the token.
    """
    staff, session = peek(service, token)
    now = service.clock()
    if (now - session.seen_at).total_seconds() >= TOUCH_SECONDS:
        with service.storage.changing() as work:
            work.sessions.touch(session, now)
    return staff, session


def peek(service: Service, token: Secret[str]) -> tuple[Staff, StaffSession]:
    """Who holds a token, and in which session, without counting as a use of it.

    Raises:
        Refused: `SIGNED_OUT`, whatever is wrong with the token.
    """
    with service.storage.reading() as work:
        return present(service, work, token)


def present(service: Service, work: Work, token: Secret[str]) -> tuple[Staff, StaffSession]:
    """Who holds a token, and in which session, as this transaction knows them.

    A change asks in its own transaction: whoever was shut out while it waited for its turn changes nothing.

    Raises:
        Refused: `SIGNED_OUT`, whatever is wrong with the token.
    """
    found = work.sessions.holder(token)
    if found is None:
        raise Refused(Objection.SIGNED_OUT)
    session, staff = found
    if not staff.enabled or rules.is_over(session, service.clock()):
        raise Refused(Objection.SIGNED_OUT)
    return with_permissions(service, staff), session


def sign_out(service: Service, work: Work, staff: Staff, session: StaffSession) -> None:
    """End one session."""
    now = service.clock()
    work.sessions.end(session, now)
    _note(work, Event.SIGNED_OUT, staff.id, staff.id, now, session=session.id)


def end_sessions(service: Service, work: Work, actor: Staff, staff_id: str) -> None:
    """End every session of a colleague.

    Raises:
        Missing: If there is no such person.
        Refused: If *actor* may not.
    """
    subject = _administered(work, actor, staff_id)
    _end_all(service, work, actor, subject)


def change_role(
    service: Service, work: Work, actor: Staff, staff_id: str, role: str, version: int | None = None
) -> Staff:
    """Give a colleague another role; their sessions end.

    *version* is that of the colleague as the actor saw them; None for who looks and changes in one transaction.

    Raises:
        Missing: If there is no such person.
        Refused: If *actor* may not, the role is unknown, or nobody would be left to administer.
        Stale: If the colleague changed since they were seen.
    """
    subject = _administered(work, actor, staff_id)
    if version is not None and subject.version != version:
        raise Stale("the person changed")
    if role not in service.roles:
        raise Refused(Why(code=Objection.UNKNOWN_ROLE, about=role))
    _keep_an_administrator(service, work, subject, role)
    changed = work.staff.put(replace(subject, role=role))
    _note(work, Event.STAFF_ROLE_CHANGED, actor.id, subject.id, service.clock(), before=subject.role, after=role)
    _end_all(service, work, actor, subject)
    return with_permissions(service, changed)


def disable(service: Service, work: Work, actor: Staff, staff_id: str) -> Staff:
    """Stop a colleague from signing in; their sessions end.

    Raises:
        Missing: If there is no such person.
        Refused: If *actor* may not, or nobody would be left to administer.
    """
    subject = _administered(work, actor, staff_id)
    _keep_an_administrator(service, work, subject, None)
    changed = work.staff.put(replace(subject, enabled=False))
    _note(work, Event.STAFF_DISABLED, actor.id, subject.id, service.clock())
    _end_all(service, work, actor, subject)
    return with_permissions(service, changed)


def enable(service: Service, work: Work, actor: Staff, staff_id: str) -> Staff:
    """Let a colleague sign in again, with what they had; sessions of theirs that were ended stay so.

    Raises:
        Missing: If there is no such person.
        Refused: If *actor* may not.
    """
    subject = _administered(work, actor, staff_id)
    changed = work.staff.put(replace(subject, enabled=True))
    _note(work, Event.STAFF_ENABLED, actor.id, subject.id, service.clock())
    return with_permissions(service, changed)


def renew(service: Service, work: Work, actor: Staff, staff_id: str, password_hash: str, totp_secret: bytes) -> Staff:
    """Give a colleague new credentials; their sessions end. Used by the command line alone, as `add` is.

    Raises:
        Missing: If there is no such person.
        Refused: If *actor* may not, or the person is disabled: new credentials would be of no use to them.
    """
    subject = _administered(work, actor, staff_id)
    if not subject.enabled:
        raise Refused(Objection.STAFF_DISABLED)
    changed = work.staff.put(rules.renewed(subject, password_hash, totp_secret))
    _note(work, Event.STAFF_RENEWED, actor.id, subject.id, service.clock())
    _end_all(service, work, actor, subject)
    return with_permissions(service, changed)


def everybody(service: Service, work: Work, actor: Staff) -> list[Staff]:
    """Everybody who may sign in, by login.

    Raises:
        Refused: If *actor* does not administer staff.
    """
    demand(rules.lacks(actor, Permission.ADMINISTER_STAFF))
    return [with_permissions(service, one) for one in work.staff.everybody()]


def add(service: Service, work: Work, actor: ActorId, staff: Staff) -> Staff:
    """Add a member of staff. Used by the command line alone: their secrets go to them, out of band.

    Raises:
        Refused: If the login is taken or the role unknown.
    """
    if work.staff.by_login(staff.login) is not None:
        raise Refused(Why(code=Objection.LOGIN_TAKEN, about=staff.login))
    if staff.role not in service.roles:
        raise Refused(Why(code=Objection.UNKNOWN_ROLE, about=staff.role))
    _note(work, Event.STAFF_ADDED, actor, staff.id, service.clock(), role=staff.role)
    return work.staff.put(staff)


def _administered(work: Work, actor: Staff, staff_id: str) -> Staff:
    subject = work.staff.find(staff_id)
    demand(rules.lacks(actor, Permission.ADMINISTER_STAFF))
    if subject is None:
        raise Missing
    demand(rules.may_administer(actor, subject))
    return subject


def _keep_an_administrator(service: Service, work: Work, subject: Staff, role: str | None) -> None:
    def administers(one: Staff) -> bool:
        held = role if one.id == subject.id else one.role
        granted = service.roles.get(held, frozenset()) if held else frozenset()
        return one.enabled and Permission.ADMINISTER_STAFF in granted

    if not any(administers(one) for one in work.staff.everybody()):
        raise Refused(Objection.LAST_ADMINISTRATOR)


def _end_all(service: Service, work: Work, actor: Staff, subject: Staff) -> None:
    now = service.clock()
    ended = work.sessions.end_all(subject.id, now)
    _note(work, Event.SESSIONS_ENDED, actor.id, subject.id, now, count=ended)


def _note(work: Work, event: Event, actor: str, subject: StaffId, now: datetime, **details: str | int) -> None:
    entry = Entry(event=event, at=now, actor=ActorId(actor), subject=subject, details=details)
    work.record(Outcome(state=None, entry=entry))
