"""A one-time link as its owner opens it: what it is about, whether it is alive, and how its deed is completed."""

from dataclasses import dataclass
from datetime import datetime

from services.domain import attempts as limits
from services.domain import case as cases
from services.domain import handover, recovery_life
from services.domain.account import Dossier
from services.domain.case import Case
from services.domain.channels import is_safe
from services.domain.handover import Link
from services.domain.outcome import Entry, Missing, Outcome, Refused, Why, demand
from services.domain.recovery import UNSETTLED, Action
from services.domain.verification import Check
from services.secret import Secret
from services.usecases.messages import tell_everyone
from services.usecases.ports import Work
from services.usecases.service import Service
from services.vocabulary import CUSTOMER, ActionState, CaseState, Event, LinkPurpose, MessageKind, Objection

ENROLMENT_BUCKET = "enrolment"
"""Guesses of the password that an enrolment asks for count here, on the account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a link is about, read in one transaction."""

    link: Link
    case: Case
    agent: str
    dossier: Dossier
    check: Check | None
    action: Action | None
    actions: tuple[Action, ...]
    """Of its case, oldest first."""

    @property
    def wanted(self) -> str:
        """The deed that it is about, if one was chosen."""
        if self.action is not None:
            return self.action.kind
        return (self.check.wanted if self.check else None) or ""


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
        actions=tuple(work.actions.of_case(case.id)),
    )


def start_afresh(work: Work, opened: Opened, now: datetime, *buckets: str) -> None:
    """What was guessed at is bound anew: guesses at the old one count no more (N-THR-01)."""
    for counter in limits.bound_anew(opened.dossier.attempts, buckets, now):
        work.attempts.put(counter)


def complete(service: Service, work: Work, opened: Opened, *, new_codes: bool = False) -> None:
    """The owner did their part: the action is done, everybody is told, and the case closes itself.

    *new_codes*: their recovery codes were replaced as well, where the action alone does not say so (N-REC-06).
    """
    if opened.action is None:
        raise Missing
    now = service.clock()
    done = work.actions.put(work.record(recovery_life.complete(opened.action, CUSTOMER, now)))
    work.links.put(work.record(handover.use(opened.link, now)))
    tell_everyone(service, work, opened.case, opened.dossier, MessageKind.NOTICE_COMPLETED, done, new_codes=new_codes)
    others = [one for one in work.actions.of_case(opened.case.id) if one.state in UNSETTLED]
    if opened.case.state is CaseState.OPEN and not others:
        work.cases.put(work.record(cases.resolve(opened.case, now)))
    elif opened.case.state is CaseState.OPEN:
        work.cases.put(opened.case)


def live_link(service: Service, work: Work, token: Secret[str], purpose: LinkPurpose) -> Opened:
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
        _demand_handed_over(service, opened)
    return opened


def _demand_handed_over(service: Service, opened: Opened) -> None:
    """Its address is judged again at the last step, which gives the account: whoever holds it now may be a thief."""
    action, now = opened.action, service.clock()
    if action is None or action.state is not ActionState.HANDED_OVER:
        raise Refused(Objection.LINK_DEAD)
    if action.link_expires_at is not None and now >= action.link_expires_at:
        raise Refused(Objection.LINK_DEAD)
    contact = opened.dossier.contact(action.handover_to)
    if contact is None or not is_safe(contact, service.policy, now):
        raise Refused(Objection.LINK_DEAD)


def note(service: Service, work: Work, opened: Opened, event: Event, about: str | None = None) -> None:
    """Write an entry of what the owner did; *about* is the id of what was done to."""
    entry = Entry(
        event=event,
        at=service.clock(),
        actor=CUSTOMER,
        subject=opened.dossier.account.id,
        case=opened.case.id,
        details={} if about is None else {"id": about},
    )
    work.record(Outcome(state=None, entry=entry))
