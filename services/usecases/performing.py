"""What the worker does after commit: the steps of an action, one transaction each."""

from collections.abc import Callable
from datetime import timedelta

from services.domain import containment, handover
from services.domain import recovery_life as rules
from services.domain.account import Dossier
from services.domain.case import Case
from services.domain.channels import link_life
from services.domain.handover import Message
from services.domain.masking import mask_contact
from services.domain.outcome import Entry, Missing, Outcome, Stale, Why
from services.domain.recovery import SENDS_LINK, Action
from services.usecases.actions import end_early, stop_everything
from services.usecases.delivery import link_end, owner_links, record_message, tell_owner, touch_case
from services.usecases.messages import new_link, write
from services.usecases.ports import Draft, Work
from services.usecases.service import Service
from services.vocabulary import (
    SYSTEM,
    ActionKind,
    ActionState,
    Event,
    MessageKind,
    MessageState,
    StepKind,
    StepState,
)

Done = tuple[str, StepState]
"""A step's result, and whether it changed anything."""


def perform_step(service: Service, action_id: str, effect_key: str) -> bool:
    """Perform the first step of an action that is not done, and record it in the same transaction.

    Repeatable: after a crash the step is either done and recorded, or neither. Returns whether more is to do; when
    not, the effect is settled in the same transaction. A link counts as sent when the messenger took it, not before:
    the message is written first, handed over outside of any transaction, and then recorded. The last step, which tells
    the owner, is begun here and settled by what becomes of its notices (`delivery`).

    Raises:
        Unavailable: If an outside system gave no answer; the step was not recorded.
        Stale: If someone was faster; the step was not recorded.
    """
    to_send = _written_link(service, action_id)
    if to_send is not None:
        service.messenger.deliver(to_send)
    with service.storage.changing() as work:
        action = work.actions.find(action_id)
        if action is None or action.state is not ActionState.RUNNING or action.next_step is None:
            if action is not None:
                _drop_link(service, work, action)
            work.settle_effect(effect_key)
            return False
        if to_send is None and _may_send(service, work, action):
            raise Stale("nothing was handed over, and what spoke against it has gone by")
        after = _perform(service, work, action, action.next_step)
        more = after.state is ActionState.RUNNING and after.next_step != action.next_step
        if after.state is not ActionState.RUNNING:
            _drop_link(service, work, after)
            touch_case(work, after)
        if not more:
            work.settle_effect(effect_key)
        return more


def give_up_step(service: Service, action_id: str, effect_key: str) -> None:
    """Record that a step cannot be done: the action failed, and says so step by step."""
    with service.storage.changing() as work:
        action = work.actions.find(action_id)
        if action is not None and action.state is ActionState.RUNNING and action.next_step is not None:
            failed = rules.step_failed(action, action.next_step, "", service.clock())
            after = end_early(service, work, work.accounts.dossier(action.account_id), failed)
            _drop_link(service, work, after)
            touch_case(work, after)
        work.settle_effect(effect_key)


def _perform(service: Service, work: Work, action: Action, index: int) -> Action:
    kind = action.steps[index].kind
    case = work.cases.get(action.case_id)
    dossier = work.accounts.dossier(action.account_id)
    reasons = _objections(service, work, action, dossier)
    if reasons:
        return end_early(service, work, dossier, rules.stop(action, SYSTEM, service.clock(), reasons))
    if kind is StepKind.NOTIFY:
        return tell_owner(service, work, case, dossier, action)
    result, state = _STEPS[kind](service, work, case, dossier, action)
    outcome = rules.step_done(action, index, result, state, link_end(work, action), service.clock())
    return work.actions.put(work.record(outcome))


def _objections(service: Service, work: Work, action: Action, dossier: Dossier) -> tuple[Why, ...]:
    checks = work.checks.of_case(action.case_id)
    return rules.objections_to_go_on(action, checks, dossier, service.policy, service.clock())


def _revoke_sessions(_service: Service, work: Work, _case: Case, dossier: Dossier, _action: Action) -> Done:
    return _counted(work.directory.revoke_sessions(dossier.account.id))


def _remove_authenticator(service: Service, work: Work, _case: Case, dossier: Dossier, action: Action) -> Done:
    disabled = work.directory.disable_authenticator(dossier.account.id, action.target or "", service.clock())
    return _counted(int(disabled))


def _forget_devices(_service: Service, work: Work, _case: Case, dossier: Dossier, _action: Action) -> Done:
    return _counted(work.directory.forget_devices(dossier.account.id))


def _unlock(_service: Service, work: Work, _case: Case, dossier: Dossier, _action: Action) -> Done:
    return _counted(int(work.directory.unlock(dossier.account.id)))


def _freeze(service: Service, work: Work, case: Case, dossier: Dossier, action: Action) -> Done:
    stop_everything(service, work, dossier, SYSTEM, but=action.id)
    if dossier.account.frozen_at is None:
        frozen = containment.freeze_account(dossier.account, case.id, SYSTEM, service.clock())
        work.accounts.put(work.record(frozen))
    review = containment.Review(
        id=f"rev_{action.id}",
        account_id=dossier.account.id,
        case_id=case.id,
        reason="frozen_by_agent",
        opened_at=service.clock(),
    )
    if work.reviews.find(review.id) is None:
        work.reviews.put(work.record(containment.open_review(review, SYSTEM)))
    return "", StepState.DONE


def _sends(action: Action) -> bool:
    """Whether the next step sends the owner's link."""
    if action.state is not ActionState.RUNNING or action.next_step is None:
        return False
    return action.steps[action.next_step].kind in SENDS_LINK


def _may_send(service: Service, work: Work, action: Action) -> bool:
    """Whether the next step sends the owner's link, and nothing has come up against it."""
    return _sends(action) and not _objections(service, work, action, work.accounts.dossier(action.account_id))


def _dedupe(action: Action) -> str:
    return f"{handover.PURPOSE_OF[action.kind]}/{action.id}"


def _written_link(service: Service, action_id: str) -> Message | None:
    """The message with the owner's link that is to be handed over next, written if it was not; None for other steps.

    None too when something has come up since it was written: the step itself then says what.
    """
    with service.storage.reading() as work:
        action = work.actions.find(action_id)
        if action is None or not _sends(action):
            return None
        message = work.messages.by_dedupe(_dedupe(action))
        if message is not None and (message.state is not MessageState.QUEUED or not _may_send(service, work, action)):
            return None
    if message is not None:
        return message
    with service.storage.changing() as work:
        return _write_link(service, work, work.actions.get(action_id))


def _write_link(service: Service, work: Work, action: Action) -> Message | None:
    """Make the owner's link and write it to the contact point that was decided on, blind to everybody (invariant 7)."""
    dossier, case = work.accounts.dossier(action.account_id), work.cases.get(action.case_id)
    contact, now = dossier.contact(action.handover_to), service.clock()
    if contact is None or not _sends(action) or _objections(service, work, action, dossier):
        return None  # the step itself says what is wrong
    valid, purpose = _link_life(service, dossier, action), handover.PURPOSE_OF[action.kind]
    draft = Draft(
        kind=MessageKind.RESET_LINK if action.kind is ActionKind.RESET_LINK else MessageKind.ENROLMENT_LINK,
        channel=contact.kind,
        case_number=case.number,
        action=action.kind,
        link=new_link(service, work, case, dossier, purpose, valid, action_id=action.id),
        minutes=int(valid.total_seconds() // 60),
        at=now,
    )
    entry = Entry(
        event=Event.LINK_MADE, at=now, actor=SYSTEM, subject=dossier.account.id, case=case.id, details={"id": action.id}
    )
    work.record(Outcome(state=None, entry=entry))
    return write(service, work, case, contact, _dedupe(action), draft)


def _link_life(service: Service, dossier: Dossier, action: Action) -> timedelta:
    return link_life(dossier.contact(action.handover_to), service.policy.actions[action.kind])


def _drop_link(service: Service, work: Work, action: Action) -> None:
    """The owner's link of an action that ended is not sent any more."""
    message = work.messages.by_dedupe(_dedupe(action)) if action.kind in handover.PURPOSE_OF else None
    if message is not None:
        record_message(service, work, message, MessageState.FAILED)


def _send_link(service: Service, work: Work, _case: Case, dossier: Dossier, action: Action) -> Done:
    """Record that the messenger took the owner's link: its life begins."""
    contact, message = dossier.contact(action.handover_to), work.messages.by_dedupe(_dedupe(action))
    if contact is None or message is None:
        raise Missing
    record_message(service, work, message, MessageState.SENT)
    for link in owner_links(work, action):
        work.links.put(handover.sent(link, _link_life(service, dossier, action), service.clock()))
    return mask_contact(contact), StepState.DONE


_STEPS: dict[StepKind, Callable[[Service, Work, Case, Dossier, Action], Done]] = {
    StepKind.REVOKE_SESSIONS: _revoke_sessions,
    StepKind.REMOVE_AUTHENTICATOR: _remove_authenticator,
    StepKind.FORGET_DEVICES: _forget_devices,
    StepKind.UNLOCK: _unlock,
    StepKind.FREEZE: _freeze,
    StepKind.SEND_RESET_LINK: _send_link,
    StepKind.SEND_ENROLMENT_LINK: _send_link,
}


def _counted(count: int) -> Done:
    return str(count), StepState.DONE if count else StepState.NOT_NEEDED
