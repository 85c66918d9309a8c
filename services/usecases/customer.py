"""What the owner does on their own phone or browser, holding a one-time link and nothing else."""

from dataclasses import dataclass
from datetime import datetime

from services.domain import attempts as limits
from services.domain import case as cases
from services.domain import handover, recovery_life, verification
from services.domain import password as passwords
from services.domain.account import Authenticator, Dossier, RecoveryCodes
from services.domain.answering import Fit
from services.domain.case import Case
from services.domain.handover import Link
from services.domain.methods import RECOVERY_CODES
from services.domain.one_time import Accepted, TotpKey, new_totp_key, recovery_codes, totp_step
from services.domain.outcome import Entry, Missing, Outcome, Refused, Why, demand
from services.domain.recovery import UNSETTLED, Action
from services.domain.transitions import CHECK
from services.domain.verification import Check
from services.secret import Secret
from services.usecases.checks import Answer, Prepared, judge
from services.usecases.containment import contain
from services.usecases.messages import tell_everyone
from services.usecases.ports import Work
from services.usecases.service import Service, digits
from services.vocabulary import (
    CUSTOMER,
    ActionState,
    AuthenticatorId,
    AuthenticatorKind,
    CaseState,
    CheckState,
    Event,
    LinkPurpose,
    MessageKind,
    Objection,
)

ENROLMENT_BUCKET = "enrolment"
"""Guesses of the password that an enrolment asks for count here, on the account."""
NEW_AUTHENTICATOR = "Authenticator app"
"""What a new authenticator is called until its owner says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a link is about, read in one transaction."""

    link: Link
    case: Case
    agent: str
    dossier: Dossier
    check: Check | None
    action: Action | None

    @property
    def wanted(self) -> str:
        """The deed that the case is about, if one was asked for."""
        return self.action.kind if self.action else ""


def open_link(work: Work, token: Secret[str]) -> Opened:
    """What a link is about, dead or alive. Nothing changes: link scanners may look.

    Raises:
        Missing: If no link has this token.
    """
    link = work.links.by_token(token)
    if link is None:
        raise Missing
    case = work.cases.get(link.case_id)
    agent = work.staff.find(case.agent_id)
    return Opened(
        link=link,
        case=case,
        agent=agent.first_name if agent else "",
        dossier=work.accounts.dossier(link.account_id),
        check=work.checks.find(link.check_id) if link.check_id else None,
        action=work.actions.find(link.action_id) if link.action_id else None,
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
    opened = _live(service, work, token, LinkPurpose.REVERSE_CODE)
    if opened.check is None:
        raise Missing
    if opened.case.state is not CaseState.OPEN:
        raise Refused(Why(code=Objection.CASE_NOT_OPEN, about=opened.case.state))
    answer = judge(service, work, opened.case, opened.check, digits(number), CUSTOMER, Prepared())
    if answer.fit is Fit.RIGHT:
        work.links.put(handover.use(opened.link, service.clock()))
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
        work.links.put(handover.use(opened.link, now))
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
    work.links.put(handover.use(opened.link, now))
    return opened


def password_objections(service: Service, opened: Opened, password: Secret[str]) -> tuple[Objection, ...]:
    """Everything that stops a password from being set (N-PWD-01..05)."""
    account = opened.dossier.account
    emails = [contact.value for contact in opened.dossier.contacts]
    context = passwords.context_words(service.company, account.username or "", account.name, *emails)
    within_mfa = bool(opened.dossier.authenticators)
    return passwords.objections(password, within_mfa=within_mfa, blocklist=service.blocklist, context=context)


def set_password(service: Service, token: Secret[str], password: Secret[str]) -> Opened:
    """The owner sets a new password. Every session of the account ends and everybody is told (C-FP-06, A-30).

    Raises:
        Missing: If no link has this token.
        Refused: If the link is dead, or the password will not do; the link stays good then.
    """
    with service.storage.reading() as work:
        opened = _live(service, work, token, LinkPurpose.NEW_PASSWORD)
    demand([Why(code=objection) for objection in password_objections(service, opened, password)])
    hashed = service.passwords.hashed(passwords.normalised(password))
    with service.storage.changing() as work:
        opened = _live(service, work, token, LinkPurpose.NEW_PASSWORD)
        now = service.clock()
        work.directory.set_password(opened.dossier.account.id, hashed, now)
        work.directory.revoke_sessions(opened.dossier.account.id)
        _start_afresh(work, opened, now, ENROLMENT_BUCKET)
        _note(service, work, opened, Event.PASSWORD_SET)
        _complete(service, work, opened)
    return opened


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
        opened = _live(service, work, token, LinkPurpose.ENROL_TOTP)
        key = enrolment_key(work, token)
    known = opened.dossier.account.password_hash
    fits = service.passwords.fits(passwords.normalised(password), known)
    fresh = recovery_codes(service.randomness.octets)
    salt = service.randomness.octets(16)
    digests = tuple(service.passwords.code_digest(salt, one) for one in fresh)
    with service.storage.changing() as work:
        opened = _live(service, work, token, LinkPurpose.ENROL_TOTP)
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
        _note(service, work, opened, Event.CHECK_FAILED)
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
    _start_afresh(work, opened, now, ENROLMENT_BUCKET, RECOVERY_CODES)
    _note(service, work, opened, Event.AUTHENTICATOR_BOUND)
    _note(service, work, opened, Event.RECOVERY_CODES_REPLACED)
    _complete(service, work, opened)


def _start_afresh(work: Work, opened: Opened, now: datetime, *buckets: str) -> None:
    """What was guessed at is bound anew: guesses at the old one count no more (N-THR-01)."""
    counters = opened.dossier.attempts
    for name in buckets:
        if name in counters:
            work.attempts.put(limits.succeed(counters[name], now))
    if limits.ANY in counters:
        work.attempts.put(limits.end_row(counters[limits.ANY]))


def _complete(service: Service, work: Work, opened: Opened) -> None:
    """The owner did their part: the action is done, everybody is told, and the case closes itself."""
    if opened.action is None:
        raise Missing
    now = service.clock()
    done = work.actions.put(work.record(recovery_life.complete(opened.action, CUSTOMER, now)))
    work.links.put(handover.use(opened.link, now))
    tell_everyone(
        service,
        work,
        opened.case,
        opened.dossier,
        MessageKind.NOTICE_COMPLETED,
        done.id,
        action=done.kind,
        action_id=done.id,
    )
    others = [one for one in work.actions.of_case(opened.case.id) if one.state in UNSETTLED]
    if opened.case.state is CaseState.OPEN and not others:
        work.cases.put(work.record(cases.resolve(opened.case, now)))
    elif opened.case.state is CaseState.OPEN:
        work.cases.put(opened.case)


def _live(service: Service, work: Work, token: Secret[str], purpose: LinkPurpose) -> Opened:
    """A link that may still be used for *purpose*.

    Raises:
        Missing: If no link has this token, or it opens something else.
        Refused: If it is dead, or what it completes was stopped or frozen.
    """
    opened = open_link(work, token)
    if opened.link.purpose is not purpose:
        raise Missing
    demand(handover.link_objections(opened.link, service.clock()))
    if opened.dossier.account.frozen_at is not None:
        raise Refused(Why(code=Objection.ACCOUNT_FROZEN, at=opened.dossier.account.frozen_at))
    if purpose is not LinkPurpose.REVERSE_CODE:
        _demand_handed_over(opened, service.clock())
    return opened


def _demand_handed_over(opened: Opened, now: datetime) -> None:
    action = opened.action
    if action is None or action.state is not ActionState.HANDED_OVER:
        raise Refused(Objection.LINK_DEAD)
    if action.link_expires_at is not None and now >= action.link_expires_at:
        raise Refused(Objection.LINK_DEAD)


def _note(service: Service, work: Work, opened: Opened, event: Event) -> None:
    entry = Entry(
        event=event,
        at=service.clock(),
        actor=CUSTOMER,
        subject=opened.dossier.account.id,
        case=opened.case.id,
        details={"method": "password"} if event is Event.CHECK_FAILED else {},
    )
    work.record(Outcome(state=None, entry=entry))
