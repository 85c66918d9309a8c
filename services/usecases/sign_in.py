"""Staff sign-in: password and authenticator code in, an opaque session out; whose it is, and its end."""

from dataclasses import dataclass

from services.domain import staff as rules
from services.domain.one_time import Accepted, TotpKey, totp_step
from services.domain.outcome import Refused
from services.domain.staff import Staff, StaffSession
from services.secret import Secret
from services.usecases.ports import Work
from services.usecases.service import Service
from services.vocabulary import Event, Objection

TOUCH_SECONDS = 20
"""How stale the note of a session's last use may be: it spares a write at every request."""


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
        work.record(rules.nobody(now))
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
    return SignedIn(token=token, staff=rules.with_permissions(after, service.roles), session=session)


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
    return rules.with_permissions(staff, service.roles), session


def sign_out(service: Service, work: Work, session: StaffSession) -> None:
    """End one session."""
    now = service.clock()
    work.sessions.end(work.record(rules.sign_out(session, now)), now)
