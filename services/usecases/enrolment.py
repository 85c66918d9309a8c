"""The owner binds a new authenticator: the link from the desk, their password, and the app's first code."""

from dataclasses import dataclass

from services.domain import attempts as limits
from services.domain import password as passwords
from services.domain.account import Authenticator, RecoveryCodes
from services.domain.methods import RECOVERY_CODES
from services.domain.one_time import Accepted, TotpKey, new_totp_key, recovery_codes, totp_step
from services.domain.outcome import Refused, Why
from services.secret import Secret
from services.usecases.links import ENROLMENT_BUCKET, Opened, complete, live_link, note, start_afresh
from services.usecases.ports import Work
from services.usecases.service import Service, digits
from services.vocabulary import AuthenticatorId, AuthenticatorKind, Event, LinkPurpose, Objection

NEW_AUTHENTICATOR = "Authenticator app"
"""What a new authenticator is called until its owner says otherwise."""


def enrolment_key(work: Work, token: Secret[str]) -> TotpKey:
    """The secret that an enrolment page shows: derived from the link's token, so that looking stores nothing."""
    return new_totp_key(lambda count: work.code_digest("enrolment", token)[:count])


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """A new authenticator is bound. The codes are shown once, to the owner, and stored hashed."""

    opened: Opened
    codes: tuple[Secret[str], ...]


def enrol_totp(service: Service, token: Secret[str], password: Secret[str], code: str) -> Enrolled:
    """The owner binds a new authenticator app, having signed in with their password (N-BND-01, N-BND-03).

    The link alone binds nothing: whoever reads the owner's mail does not know the password.

    Raises:
        Missing: If no link has this token.
        Refused: If the link is dead, the password or the code is wrong, or the attempts are used up.
    """
    with service.storage.reading() as work:
        opened = live_link(service, work, token, LinkPurpose.ENROL_TOTP)
        key = enrolment_key(work, token)
    known = opened.dossier.account.password_hash
    fits = service.passwords.fits(passwords.normalised(password), known)
    fresh = recovery_codes(service.randomness.octets)
    salt = service.randomness.octets(16)
    digests = tuple(service.passwords.code_digest(salt, one) for one in fresh)
    with service.storage.changing() as work:
        opened = live_link(service, work, token, LinkPurpose.ENROL_TOTP)
        refusal = _judge_enrolment(service, work, opened, fits, key, code)
        if refusal is None:
            _bind(
                service,
                work,
                opened,
                key,
                code,
                RecoveryCodes(id=opened.dossier.account.id, salt=salt, digests=digests, issued_at=service.clock()),
            )
    if refusal is not None:
        raise Refused(refusal)
    return Enrolled(opened=opened, codes=fresh)


def _judge_enrolment(service: Service, work: Work, opened: Opened, fits: bool, key: TotpKey, code: str) -> Why | None:
    """Counts a wrong password against the account; the refusal is raised after the count is committed."""
    now = service.clock()
    account_id = opened.dossier.account.id
    counter = opened.dossier.attempts.get(ENROLMENT_BUCKET)
    blocked = limits.objections(counter, service.policy.attempts, now)
    if blocked:
        return blocked[0]
    if not fits:
        before = counter or limits.none_yet(account_id, ENROLMENT_BUCKET, now)
        work.attempts.put(limits.count(before, service.policy.attempts, now))
        note(service, work, opened, Event.CHECK_FAILED)
        return Why(code=Objection.WRONG_PASSWORD)
    if not isinstance(totp_step(key, digits(code), now, None), Accepted):
        return Why(code=Objection.WRONG_CODE)
    return None


def _bind(service: Service, work: Work, opened: Opened, key: TotpKey, code: str, codes: RecoveryCodes) -> None:
    now = service.clock()
    step = totp_step(key, digits(code), now, None)
    authenticator = Authenticator(
        id=AuthenticatorId(service.new_id("auth")),
        account_id=opened.dossier.account.id,
        kind=AuthenticatorKind.TOTP,
        label=NEW_AUTHENTICATOR,
        secret=key.secret.reveal(),
        bound_at=now,
        last_used_at=now,
        last_step=step.step if isinstance(step, Accepted) else -1,
    )
    work.directory.bind_totp(authenticator)
    work.directory.replace_recovery_codes(codes)
    start_afresh(work, opened, now, ENROLMENT_BUCKET, RECOVERY_CODES)
    note(service, work, opened, Event.AUTHENTICATOR_BOUND)
    note(service, work, opened, Event.RECOVERY_CODES_REPLACED)
    complete(service, work, opened)
