"""What the owner does on their own phone or browser, holding a one-time link and nothing else."""

from services.domain import handover, recovery_life, verification
from services.domain import password as passwords
from services.domain.answering import Fit
from services.domain.methods import RECOVERY_CODES
from services.domain.outcome import Missing, Refused, Why, demand
from services.domain.transitions import CHECK
from services.secret import Secret
from services.usecases import saved_codes
from services.usecases.checks import Answer, Prepared, judge
from services.usecases.containment import contain
from services.usecases.links import ENROLMENT_BUCKET, Opened, complete, live_link, note, open_link, start_afresh
from services.usecases.ports import Work
from services.usecases.service import Service
from services.vocabulary import (
    CUSTOMER,
    CaseState,
    CheckState,
    Event,
    LinkPurpose,
    Objection,
)


def note_opened(service: Service, work: Work, token: Secret[str]) -> None:
    """Let the agent see that the caller has the page of a reverse code open. Proves nothing and uses nothing up."""
    opened = open_link(work, token)
    check = opened.check
    if check is None or check.opened_at is not None:
        return
    if verification.state_now(check, service.clock()) is CheckState.PENDING:
        work.checks.put(work.record(verification.opened(check, service.clock())))


def type_number(service: Service, work: Work, token: Secret[str], number: str) -> Answer:
    """The owner types what the agent read out: the reverse code.

    Raises:
        Missing: If no link has this token.
        Refused: If the link is dead, or the check may not be answered any more.
    """
    opened = live_link(service, work, token, LinkPurpose.REVERSE_CODE)
    if opened.check is None:
        raise Missing
    if opened.case.state is not CaseState.OPEN:
        raise Refused(Why(code=Objection.CASE_NOT_OPEN, about=opened.case.state))
    answer = judge(service, work, opened.case, opened.check, number, CUSTOMER, Prepared())
    if answer.fit is Fit.RIGHT:
        work.links.put(work.record(handover.use(opened.link, service.clock())))
    return answer


def repudiate(service: Service, work: Work, token: Secret[str]) -> Opened:
    """ "That is not me": the check is repudiated, and everything about the account stops (invariant 9).

    Works on a link that was used, too: an owner who was talked into typing may still think better of it.

    Raises:
        Missing: If no link has this token.
    """
    opened = open_link(work, token)
    now = service.clock()
    if opened.check is not None and CheckState.REPUDIATED in CHECK[opened.check.state]:
        work.checks.put(work.record(verification.end(opened.check, CheckState.REPUDIATED, CUSTOMER, now)))
    contain(service, work, opened.case, opened.dossier, "repudiated")
    if opened.link.used_at is None:
        work.links.put(work.record(handover.use(opened.link, now)))
    return opened


def stop(service: Service, work: Work, token: Secret[str]) -> Opened:
    """ "Stop this": from a notice. Stops what is unsettled and freezes the account until a person has looked.

    Raises:
        Missing: If no link has this token.
        Refused: If the link has expired. One that was used says so and changes nothing more.
    """
    opened = open_link(work, token)
    now = service.clock()
    if opened.link.used_at is not None:
        return opened
    demand(handover.link_objections(opened.link, now))
    contain(service, work, opened.case, opened.dossier, "stopped")
    work.links.put(work.record(handover.use(opened.link, now)))
    return opened


def password_objections(service: Service, opened: Opened, password: Secret[str]) -> tuple[Objection, ...]:
    """Everything that stops a password from being set (N-PWD-01 to N-PWD-05)."""
    account = opened.dossier.account
    emails = [contact.value for contact in opened.dossier.contacts]
    context = passwords.context_words(service.company, account.username or "", account.name, *emails)
    within_mfa = opened.dossier.has_second_factor
    return passwords.objections(password, within_mfa=within_mfa, blocklist=service.blocklist, context=context)


def set_password(service: Service, token: Secret[str], password: Secret[str]) -> tuple[Secret[str], ...]:
    """The owner sets a new password. Every session of the account ends and everybody is told (C-FP-06, A-30).

    Where one of their saved codes was used for it, a new set replaces those that are left (N-REC-05). Returns that set
    in canonical form, to be shown this once and to the owner alone (invariant 7); empty where there is none.

    Raises:
        Missing: If no link has this token.
        Refused: If the link is dead, or the password will not do; the link stays good then.
    """
    with service.storage.reading() as work:
        opened = live_link(service, work, token, LinkPurpose.NEW_PASSWORD)
        used_a_code = _used_a_code(work, opened)
    demand([Why(code=objection) for objection in password_objections(service, opened, password)])
    hashed = service.passwords.hashed(passwords.normalised(password))
    drawn = saved_codes.draw(service) if used_a_code else None
    with service.storage.changing() as work:
        opened = live_link(service, work, token, LinkPurpose.NEW_PASSWORD)
        now = service.clock()
        work.directory.set_password(opened.dossier.account.id, hashed, now)
        work.directory.revoke_sessions(opened.dossier.account.id)
        fresh = drawn if _is_due_new_codes(work, opened) else None
        start_afresh(work, opened, now, ENROLMENT_BUCKET, *((RECOVERY_CODES,) if fresh else ()))
        note(service, work, opened, Event.PASSWORD_SET)
        if fresh:
            saved_codes.replace(service, work, opened, fresh, now)
        complete(service, work, opened, new_codes=fresh is not None)
    return fresh.codes if fresh else ()


def brought_codes(opened: Opened) -> bool:
    """Whether the link that set the password on file brought the recovery codes on file, too: both at one moment."""
    account, codes, used_at = opened.dossier.account, opened.dossier.recovery_codes, opened.link.used_at
    return codes is not None and used_at is not None and account.password_changed_at == codes.issued_at <= used_at


def _used_a_code(work: Work, opened: Opened) -> bool:
    """What cannot become true between two looks, so that codes are drawn beforehand wherever they may be due."""
    checks = work.checks.of_case(opened.case.id)
    return opened.action is not None and recovery_life.rests_on_a_saved_code(opened.action, checks, opened.dossier)


def _is_due_new_codes(work: Work, opened: Opened) -> bool:
    checks = work.checks.of_case(opened.case.id)
    return opened.action is not None and recovery_life.replaces_recovery_codes(
        opened.action, opened.actions, checks, opened.dossier
    )
