"""What the worker does after commit: the steps of an action, one transaction each, and the delivery of messages."""

from collections.abc import Callable
from dataclasses import replace

from services.domain import containment, handover
from services.domain import recovery_life as rules
from services.domain.account import Dossier
from services.domain.case import Case
from services.domain.masking import mask_email, mask_phone
from services.domain.outcome import Entry, Missing, Outcome
from services.domain.recovery import Action
from services.usecases.actions import stop_everything
from services.usecases.messages import new_link, post, tell_everyone
from services.usecases.ports import Draft, Work
from services.usecases.service import Service
from services.vocabulary import (
    SYSTEM,
    ActionKind,
    ActionState,
    ContactKind,
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
    not, the effect is settled in the same transaction.

    Raises:
        Unavailable: If an outside system gave no answer; nothing was recorded.
    """
    with service.storage.changing() as work:
        action = work.actions.find(action_id)
        if action is None or action.state is not ActionState.RUNNING or action.next_step is None:
            work.settle_effect(effect_key)
            return False
        after = _perform(service, work, action, action.next_step)
        if after.state is ActionState.RUNNING:
            return True
        _touch_case(work, after)
        work.settle_effect(effect_key)
        return False


def give_up_step(service: Service, action_id: str, effect_key: str) -> None:
    """Record that a step cannot be done: the action failed, and says so step by step."""
    with service.storage.changing() as work:
        action = work.actions.find(action_id)
        if action is not None and action.state is ActionState.RUNNING and action.next_step is not None:
            failed = work.record(rules.step_failed(action, action.next_step, "", service.clock()))
            _touch_case(work, work.actions.put(failed))
        work.settle_effect(effect_key)


def _perform(service: Service, work: Work, action: Action, index: int) -> Action:
    kind = action.steps[index].kind
    case = work.cases.get(action.case_id)
    dossier = work.accounts.dossier(action.account_id)
    reasons = rules.objections_to_go_on(action, dossier, service.policy, service.clock())
    if reasons:
        return work.actions.put(work.record(rules.stop(action, SYSTEM, service.clock(), reasons)))
    result, state = _STEPS[kind](service, work, case, dossier, action)
    outcome = rules.step_done(action, index, result, state, service.policy, service.clock())
    return work.actions.put(work.record(outcome))


def _revoke_sessions(service: Service, work: Work, case: Case, dossier: Dossier, action: Action) -> Done:
    return _counted(work.directory.revoke_sessions(dossier.account.id))


def _remove_authenticator(service: Service, work: Work, case: Case, dossier: Dossier, action: Action) -> Done:
    gone = work.directory.remove_authenticator(dossier.account.id, action.target or "")
    return _counted(int(gone))


def _forget_devices(service: Service, work: Work, case: Case, dossier: Dossier, action: Action) -> Done:
    return _counted(work.directory.forget_devices(dossier.account.id))


def _unlock(service: Service, work: Work, case: Case, dossier: Dossier, action: Action) -> Done:
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


def _send_link(service: Service, work: Work, case: Case, dossier: Dossier, action: Action) -> Done:
    """Make the owner's link and write it to the contact point that was decided on, blind to everybody (invariant 7)."""
    contact = dossier.contact(action.handover_to)
    if contact is None:
        raise Missing
    rule = service.policy.actions[action.kind]
    purpose = handover.PURPOSE_OF[action.kind]
    dedupe = f"{purpose}/{action.id}"
    if work.messages.by_dedupe(dedupe) is None:
        link = new_link(service, work, case, dossier, purpose, rule.link_valid, action_id=action.id)
        kind = MessageKind.RESET_LINK if action.kind is ActionKind.RESET_LINK else MessageKind.ENROLMENT_LINK
        minutes = int(rule.link_valid.total_seconds() // 60)
        draft = Draft(
            kind=kind,
            channel=contact.kind,
            case_number=case.number,
            action=action.kind,
            link=link,
            minutes=minutes,
            at=service.clock(),
        )
        post(service, work, case, contact, dedupe, draft)
    masked = mask_email(contact.value) if contact.kind is ContactKind.EMAIL else mask_phone(contact.value)
    return masked, StepState.DONE


def _notify(service: Service, work: Work, case: Case, dossier: Dossier, action: Action) -> Done:
    kind = MessageKind.NOTICE_FROZEN if action.kind is ActionKind.FREEZE else MessageKind.NOTICE_DONE
    told = tell_everyone(service, work, case, dossier, kind, action)
    return _counted(told)


_STEPS: dict[StepKind, Callable[[Service, Work, Case, Dossier, Action], Done]] = {
    StepKind.REVOKE_SESSIONS: _revoke_sessions,
    StepKind.REMOVE_AUTHENTICATOR: _remove_authenticator,
    StepKind.FORGET_DEVICES: _forget_devices,
    StepKind.UNLOCK: _unlock,
    StepKind.FREEZE: _freeze,
    StepKind.SEND_RESET_LINK: _send_link,
    StepKind.SEND_ENROLMENT_LINK: _send_link,
    StepKind.NOTIFY: _notify,
}


def _counted(count: int) -> Done:
    return str(count), StepState.DONE if count else StepState.NOT_NEEDED


def deliver(service: Service, message_id: str, effect_key: str) -> None:
    """Hand a message to the messenger, then record that it went.

    Raises:
        Unavailable: If the messenger did not take it; nothing was recorded, and it may be tried again.
    """
    with service.storage.reading() as work:
        message = work.messages.find(message_id)
    if message is not None and message.state is MessageState.QUEUED:
        service.messenger.deliver(message)
    _settle_message(service, message_id, effect_key, MessageState.SENT)


def give_up_message(service: Service, message_id: str, effect_key: str) -> None:
    """Record that a message could not be delivered; the case's timeline says so."""
    _settle_message(service, message_id, effect_key, MessageState.FAILED)


def _settle_message(service: Service, message_id: str, effect_key: str, state: MessageState) -> None:
    with service.storage.changing() as work:
        now = service.clock()  # in the turn of this transaction: whoever reads by time of sending misses nothing
        message = work.messages.find(message_id)
        if message is not None and message.state is MessageState.QUEUED:
            event = Event.MESSAGE_SENT if state is MessageState.SENT else Event.MESSAGE_FAILED
            entry = Entry(
                event=event,
                at=now,
                actor=SYSTEM,
                subject=message.account_id,
                case=message.case_id,
                details={"kind": message.kind, "channel": message.channel, "contact": message.contact_id},
            )
            work.record(Outcome(state=None, entry=entry))
            work.messages.put(replace(message, state=state, sent_at=now))
        work.settle_effect(effect_key)


def _touch_case(work: Work, action: Action) -> None:
    """A case whose action moved on has a new version: what an agent saw of it is old."""
    work.cases.put(work.cases.get(action.case_id))
