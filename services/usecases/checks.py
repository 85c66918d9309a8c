"""Checks: starting one, and judging what the caller read out or typed."""

from dataclasses import dataclass, replace
from hmac import compare_digest

from services.domain import attempts as limits
from services.domain import verification as rules
from services.domain.account import Dossier
from services.domain.answering import Fit, attempts_left, objections_to_answer, read_answer, settle
from services.domain.case import Case
from services.domain.handover import STOP_LINK_LIFE
from services.domain.methods import Offer, offers
from services.domain.one_time import Accepted, Rejected, TotpKey, numeric_code, totp_step
from services.domain.outcome import Missing, Refused, Why, demand
from services.domain.recovery_rules import possibilities
from services.domain.staff import Staff, lacks
from services.domain.verification import Check
from services.secret import Secret
from services.usecases.cases import own_case
from services.usecases.messages import new_link, post
from services.usecases.ports import Draft, Work
from services.usecases.service import Service, minutes_until
from services.vocabulary import (
    ActionKind,
    ActorId,
    CheckId,
    CheckState,
    LinkPurpose,
    MessageKind,
    Method,
    Objection,
    Permission,
)

_MESSAGE = {
    Method.SMS_CODE: MessageKind.SMS_CODE,
    Method.VOICE_CODE: MessageKind.VOICE_CODE,
    Method.EMAIL_CODE: MessageKind.EMAIL_CODE,
    Method.REVERSE_CODE: MessageKind.REVERSE_CODE_LINK,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How an answer fared. A wrong one is a fact that is committed, never an error that undoes its own count."""

    check: Check
    fit: Fit
    attempts_left: int


def start(service: Service, work: Work, staff: Staff, case_id: str, option: str, towards: str = "") -> Check:
    """Start a method. What it goes to is an id on file: no address is ever taken (invariant 6).

    *towards* is the option of the action that it is for: the owner reads what, and a caller who passes the question on
    to them has a harder time saying that it is for something else. It is on record; what is proven counts for others.

    A check of the same thing that is still pending is cancelled: a new code overwrites (C-MFA-01), and resets no
    counter (AC-4).

    Raises:
        Missing: If there is no such case, or it is somebody else's.
        Refused: With every objection.
    """
    case = own_case(work, staff, case_id)
    demand(lacks(staff, Permission.RUN_CHECK))
    dossier = _dossier_of(work, case)
    offer = next((one for one in offers(dossier) if one.option == option), None)
    if offer is None:
        raise Refused(Objection.NOT_ON_FILE)
    before = work.checks.of_case(case.id)
    now = service.clock()
    check_id = CheckId(service.new_id("chk"))
    fresh = rules.new_check(offer, dossier, before, service.policy, now, check_id=check_id, case_id=case.id)
    fresh = replace(fresh, wanted=_deed(dossier, towards))
    for check in before:
        if check.state is CheckState.PENDING and (check.method, check.target) == (offer.method, offer.target):
            work.checks.put(work.record(rules.end(check, CheckState.CANCELLED, ActorId(staff.id), now)))
    if offer.contact is not None:
        fresh = _send(service, work, case, staff, dossier, offer, fresh)
    work.cases.put(case)
    return work.checks.put(work.record(rules.start(fresh, ActorId(staff.id), now)))


def _deed(dossier: Dossier, towards: str) -> ActionKind | None:
    if not towards:
        return None
    wanted = next((one for one in possibilities(dossier) if one.option == towards), None)
    if wanted is None:
        raise Refused(Objection.NOT_ON_FILE)
    return wanted.kind


def _send(
    service: Service, work: Work, case: Case, staff: Staff, dossier: Dossier, offer: Offer, check: Check
) -> Check:
    """Draw a code, keep its digest, and write the message; counts as one send of the account (N-OOB-04)."""
    assert offer.contact is not None
    now = service.clock()
    code = numeric_code(service.randomness.below)
    ready = replace(check, code_digest=work.code_digest(f"check:{check.id}", code))
    life = check.expires_at - now
    draft = Draft(
        kind=_MESSAGE[offer.method],
        channel=offer.contact.kind,
        case_number=case.number,
        action=check.wanted or "",
        agent=staff.first_name,
        minutes=minutes_until(check.expires_at, now),
        at=now,
    )
    if offer.method is Method.REVERSE_CODE:
        ready = replace(ready, read_out=code.reveal())
        link = new_link(service, work, case, dossier, LinkPurpose.REVERSE_CODE, life, check_id=check.id)
        draft = replace(draft, link=link)
    else:
        stop = new_link(service, work, case, dossier, LinkPurpose.STOP, STOP_LINK_LIFE, check_id=check.id)
        draft = replace(draft, code=code, stop_link=stop)
    post(service, work, case, offer.contact, f"{draft.kind}/{check.id}", draft)
    _count_send(service, work, dossier)
    return ready


def _count_send(service: Service, work: Work, dossier: Dossier) -> None:
    now = service.clock()
    for name in limits.EVERY_SEND:
        before = dossier.attempts.get(name) or limits.none_yet(dossier.account.id, name, now)
        work.attempts.put(limits.count(before, limits.limits_of(name, service.policy), now))


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What is computed of an answer before the transaction: slow hashes hold no lock."""

    salt: bytes | None = None
    digest: bytes | None = None


def prepare(service: Service, staff: Staff, case_id: str, check_id: str, code: str) -> Prepared:
    """Hash a recovery code under its account's salt, outside any changing transaction.

    Only for who may give the answer now: a hash is dear, and nobody else makes the service spend one.

    Raises:
        Missing: If there is no such check in this case, or the case is somebody else's.
        Refused: If the case is not open, or without the permission.
    """
    with service.storage.reading() as work:
        check = _answerable(work, staff, case_id, check_id)[1]
        if check.method is not Method.RECOVERY_CODE:
            return Prepared()
        dossier = work.accounts.dossier(check.account_id)
    now = service.clock()
    read = read_answer(check, code)
    if read is None or dossier.recovery_codes is None:
        return Prepared()
    if objections_to_answer(check, dossier, service.policy, now):
        return Prepared()
    salt = dossier.recovery_codes.salt
    return Prepared(salt=salt, digest=service.passwords.code_digest(salt, Secret(read)))


def answer(
    service: Service, work: Work, staff: Staff, case_id: str, check_id: str, code: str, prepared: Prepared
) -> Answer:
    """Judge what the caller read to the agent.

    Raises:
        Missing: If there is no such check in this case.
        Refused: If it may not be answered (not pending, expired, attempts used up, or it is the owner's to answer), or
            what was given cannot be an answer. Nothing is counted then.
    """
    case, check = _answerable(work, staff, case_id, check_id)
    if check.method is Method.REVERSE_CODE:
        raise Refused(Objection.ANSWERED_BY_OWNER)
    return judge(service, work, case, check, code, ActorId(staff.id), prepared)


def _answerable(work: Work, staff: Staff, case_id: str, check_id: str) -> tuple[Case, Check]:
    case = own_case(work, staff, case_id)
    demand(lacks(staff, Permission.RUN_CHECK))
    return case, _check_of(work, case, check_id)


def judge(
    service: Service, work: Work, case: Case, check: Check, code: str, actor: ActorId, prepared: Prepared
) -> Answer:
    """Compare an answer and settle the check, the account's counters and the factor itself, all in one transaction."""
    now = service.clock()
    dossier = work.accounts.dossier(check.account_id)
    demand(objections_to_answer(check, dossier, service.policy, now))
    read = read_answer(check, code)
    if read is None:
        raise Refused(Objection.UNREADABLE_CODE)
    fit = _fit(work, check, dossier, read, prepared, service)
    settled = work.record(settle(check, dossier, fit, actor, service.policy, now))
    for counter in settled.attempts:
        work.attempts.put(counter)
    after = work.checks.put(settled.check)
    work.cases.put(case)
    counters = {**dossier.attempts, **{one.bucket: one for one in settled.attempts}}
    left = attempts_left(check, counters, service.policy, now)
    return Answer(check=after, fit=fit, attempts_left=left)


def _fit(work: Work, check: Check, dossier: Dossier, code: str, prepared: Prepared, service: Service) -> Fit:
    if check.method is Method.TOTP:
        return _fit_of_totp(work, check, dossier, code, service)
    if check.method is Method.RECOVERY_CODE:
        return _fit_of_recovery_code(work, dossier, prepared)
    given = work.code_digest(f"check:{check.id}", code)
    return Fit.RIGHT if check.code_digest and compare_digest(check.code_digest, given) else Fit.WRONG


def _fit_of_totp(work: Work, check: Check, dossier: Dossier, code: str, service: Service) -> Fit:
    """A time step is accepted once, for the account and not for the case (O-06)."""
    authenticator = dossier.authenticator(check.authenticator_id)
    if authenticator is None or authenticator.secret is None:
        return Fit.WRONG
    now = service.clock()
    result = totp_step(TotpKey(Secret(authenticator.secret)), code, now, authenticator.last_step)
    if isinstance(result, Accepted):
        work.authenticators.put(replace(authenticator, last_step=result.step, last_used_at=now))
        return Fit.RIGHT
    return Fit.REPLAYED if _was_replayed(result) else Fit.WRONG


def _was_replayed(result: Rejected) -> bool:
    return result.reason is Objection.CODE_REPLAYED


def _fit_of_recovery_code(work: Work, dossier: Dossier, prepared: Prepared) -> Fit:
    """A saved code is used up by its first use (N-REC-05)."""
    codes = dossier.recovery_codes
    if codes is None or prepared.digest is None or prepared.salt != codes.salt:
        return Fit.WRONG
    left = tuple(digest for digest in codes.digests if not compare_digest(digest, prepared.digest))
    if len(left) == len(codes.digests):
        return Fit.WRONG
    work.recovery_codes.put(replace(codes, digests=left))
    return Fit.RIGHT


def cancel(service: Service, work: Work, staff: Staff, case_id: str, check_id: str) -> Check:
    """Cancel a pending check.

    Raises:
        Missing: If there is no such check in this case.
        Refused: If it is not pending.
    """
    case = own_case(work, staff, case_id)
    check = _check_of(work, case, check_id)
    ended = work.record(rules.end(check, CheckState.CANCELLED, ActorId(staff.id), service.clock()))
    work.cases.put(case)
    return work.checks.put(ended)


def _check_of(work: Work, case: Case, check_id: str) -> Check:
    check = work.checks.find(check_id)
    if check is None or check.case_id != case.id:
        raise Missing
    return check


def _dossier_of(work: Work, case: Case) -> Dossier:
    if case.account_id is None:
        raise Refused(Why(code=Objection.NO_ACCOUNT_YET))
    return work.accounts.dossier(case.account_id)
