"""The owner binds a new authenticator: the link from the desk, their password, and the app's first code."""

from dataclasses import dataclass, field

from services.domain import attempts as limits
from services.domain import enrolment as enrolments
from services.domain import password as passwords
from services.domain.account import Authenticator
from services.domain.methods import RECOVERY_CODES
from services.domain.one_time import TotpKey, new_totp_key
from services.domain.outcome import Refused, Why
from services.secret import Secret
from services.usecases import saved_codes
from services.usecases.links import ENROLMENT_BUCKET, Opened, complete, live_link, note, start_afresh
from services.usecases.ports import Work
from services.usecases.service import Service
from services.vocabulary import AuthenticatorId, Event, LinkPurpose, Objection


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A key was drawn for an owner who gave their password. It is shown once; only its sealed form comes back."""

    opened: Opened
    key: TotpKey
    sealed: Secret[str] = field(repr=False)
    """What the owner's page sends back with the app's first code. It says nothing without the service's own key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """A new authenticator is bound. The codes are shown once, to the owner, and stored hashed."""

    opened: Opened
    codes: tuple[Secret[str], ...]


def start(service: Service, token: Secret[str], password: Secret[str]) -> Started:
    """Draw a new key for an owner who signs in with their password (N-BND-01, N-BND-03, N-RND-01).

    Every start is on record and draws another key; whatever an earlier one drew cannot be bound any more.

    Raises:
        Missing: If no link has this token.
        Refused: If the link is dead, the password is wrong, or the attempts are used up.
    """
    with service.storage.reading() as work:
        opened = live_link(service, work, token, LinkPurpose.ENROL_TOTP)
    fits = service.passwords.fits(passwords.normalised(password), opened.dossier.account.password_hash)
    with service.storage.changing() as work:
        opened = live_link(service, work, token, LinkPurpose.ENROL_TOTP)
        refusal = _judge_password(service, work, opened, fits)
        if refusal is None:
            return _begin(service, work, opened)
    raise Refused(refusal)


def bind(service: Service, token: Secret[str], sealed: Secret[str], code: str) -> Enrolled:
    """Bind the key that the newest start drew, once the owner's app shows a right code.

    Raises:
        Missing: If no link has this token.
        Refused: If the link is dead, the start is too old, not the newest or not this link's, or the code is wrong.
    """
    with service.storage.reading() as work:
        _proven(service, work, token, sealed, code)  # before anything is hashed
    fresh = saved_codes.draw(service)
    with service.storage.changing() as work:
        opened, authenticator = _proven(service, work, token, sealed, code)
        now, account = service.clock(), opened.dossier.account.id
        work.directory.bind_totp(authenticator)
        if opened.action is not None and opened.action.target is not None:  # what was lost, which is out of use
            work.directory.remove_authenticator(account, opened.action.target)
        start_afresh(work, opened, now, ENROLMENT_BUCKET, RECOVERY_CODES)
        note(service, work, opened, Event.AUTHENTICATOR_BOUND, authenticator.id)
        saved_codes.replace(service, work, opened, fresh, now)
        complete(service, work, opened)
    return Enrolled(opened=opened, codes=fresh.codes)


def objections_to_guess(service: Service, opened: Opened) -> tuple[Why, ...]:
    """Why no password is taken now, a right one neither: too many were wrong (N-THR-01)."""
    counter = opened.dossier.attempts.get(ENROLMENT_BUCKET)
    return limits.objections(counter, service.policy.attempts, service.clock())


def _judge_password(service: Service, work: Work, opened: Opened, fits: bool) -> Why | None:
    """Counts a wrong password against the account; the refusal is raised after the count is committed."""
    blocked = objections_to_guess(service, opened)
    if blocked:
        return blocked[0]
    if not fits:
        now, counter = service.clock(), opened.dossier.attempts.get(ENROLMENT_BUCKET)
        before = counter or limits.none_yet(opened.dossier.account.id, ENROLMENT_BUCKET, now)
        work.attempts.put(limits.count(before, service.policy.attempts, now))
        note(service, work, opened, Event.ENROLMENT_REFUSED)
        return Why(code=Objection.WRONG_PASSWORD)
    return None


def _begin(service: Service, work: Work, opened: Opened) -> Started:
    now, account = service.clock(), opened.dossier.account
    key = new_totp_key(service.randomness.octets)
    link = work.links.put(opened.link)
    sealed = work.sealed(enrolments.written(key, now), enrolments.place(link, account))
    note(service, work, opened, Event.ENROLMENT_STARTED)
    return Started(opened=opened, key=key, sealed=sealed)


def _proven(
    service: Service, work: Work, token: Secret[str], sealed: Secret[str], code: str
) -> tuple[Opened, Authenticator]:
    opened = live_link(service, work, token, LinkPurpose.ENROL_TOTP)
    now, account = service.clock(), opened.dossier.account
    key = enrolments.read(work.unsealed(sealed, enrolments.place(opened.link, account)), now)
    new_id = AuthenticatorId(service.new_id("auth"))
    return opened, enrolments.bound(new_id, account, key, code, now)
