"""The delivery of messages, and what hangs on it: an action is done when its owner was told, and not before."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from services.domain import handover, verification
from services.domain import recovery_life as rules
from services.domain.account import Dossier
from services.domain.case import Case
from services.domain.handover import Link, Message
from services.domain.outcome import Entry, Outcome, Refused
from services.domain.recovery import Action
from services.guarded import guarded
from services.usecases.actions import end_early
from services.usecases.messages import notices_of, tell_everyone
from services.usecases.ports import Work
from services.usecases.service import Service
from services.vocabulary import SYSTEM, ActionState, CheckState, Event, MessageState


@dataclass(frozen=True, slots=True)
class _Judged:
    """What becomes of an action, and of whose account; nothing while its owner is still to be told."""

    dossier: Dossier | None = None
    outcome: Outcome[Action] | None = None


def deliver(service: Service, message_id: str, effect_key: str) -> None:
    """Hand a message to the messenger, then record that it went; one that is of no use any more does not go.

    Raises:
        Unavailable: If the messenger did not take it; nothing was recorded, and it may be tried again.
    """
    with service.storage.reading() as work:
        message = work.messages.find(message_id)
        wanted = message is not None and _is_wanted(service, work, message)
    if message is not None and message.state is MessageState.QUEUED and wanted:
        service.messenger.deliver(message)
    _settle_message(service, message_id, effect_key, MessageState.SENT if wanted else MessageState.FAILED)


def _is_wanted(service: Service, work: Work, message: Message) -> bool:
    """Whether a message still serves: a code does as long as its check waits for it."""
    check = work.checks.find(handover.check_of(message) or "")
    return check is None or verification.state_now(check, service.clock()) is CheckState.PENDING


def give_up_message(service: Service, message_id: str, effect_key: str) -> None:
    """Record that a message could not be delivered; the case's timeline says so."""
    _settle_message(service, message_id, effect_key, MessageState.FAILED)


def tell_owner(service: Service, work: Work, case: Case, dossier: Dossier, action: Action) -> Action:
    """Write the notices of an action whose last step this is. Whether it is done, they decide as they are sent.

    Repeatable: what was written is not written again.
    """
    kind = handover.NOTICE_OF[action.kind]
    if not notices_of(work, dossier, kind, action):
        notices = tell_everyone(service, work, case, dossier, kind, action)
        if notices:
            work.record(rules.being_told(action, notices, service.clock()))
    return _go_on(service, work, _judged(service, work, action.id)) or action


def link_end(work: Work, action: Action) -> datetime | None:
    """When the owner's link of an action dies, if it has one and it was made."""
    return next((link.expires_at for link in owner_links(work, action)), None)


def owner_links(work: Work, action: Action) -> list[Link]:
    """The owner's link of an action, if it has one and it was made."""
    purpose = handover.PURPOSE_OF.get(action.kind)
    return work.links.of_action(action.id, purpose) if purpose else []


def record_message(service: Service, work: Work, message: Message, state: MessageState) -> None:
    """Record how a message fared, once."""
    if message.state is not MessageState.QUEUED:
        return
    now = service.clock()  # in the turn of this transaction: whoever reads by time of sending misses nothing
    entry = Entry(
        event=Event.MESSAGE_SENT if state is MessageState.SENT else Event.MESSAGE_FAILED,
        at=now,
        actor=SYSTEM,
        subject=message.account_id,
        case=message.case_id,
        details={"kind": message.kind, "channel": message.channel, "contact": message.contact_id},
    )
    work.record(Outcome(state=None, entry=entry))
    work.messages.put(replace(message, state=state, sent_at=now))


def touch_case(work: Work, action: Action) -> None:
    """A case whose action moved on has a new version: what an agent saw of it is old."""
    work.cases.put(work.cases.get(action.case_id))


def _settle_message(service: Service, message_id: str, effect_key: str, state: MessageState) -> None:
    """Record how a message fared, and what hangs on it with it.

    Where that cannot be judged, the message's own record stands, or it would be sent again with each try of the rest.
    """
    with service.storage.changing() as work:
        message = work.messages.find(message_id)
        if message is not None:
            record_message(service, work, message, state)
        action_id = (handover.noticed_action(message) if message is not None else None) or ""
        judged = guarded(f"judging {action_id}", partial(_judged, service, work, action_id))
        if judged is not None:
            _go_on(service, work, judged)
            work.settle_effect(effect_key)
            return
    with service.storage.changing() as work:
        _go_on(service, work, _judged(service, work, action_id))
        work.settle_effect(effect_key)


def _judged(service: Service, work: Work, action_id: str) -> _Judged:
    """What becomes of an action that waits for its owner to be told. Only reads."""
    action = work.actions.find(action_id)
    if action is None or action.state is not ActionState.RUNNING:
        return _Judged()
    dossier, checks = work.accounts.dossier(action.account_id), work.checks.of_case(action.case_id)
    notices = notices_of(work, dossier, handover.NOTICE_OF[action.kind], action)
    try:
        outcome = rules.owner_told(
            action, checks, notices, dossier, link_end(work, action), service.policy, service.clock()
        )
    except Refused:
        return _Judged()
    return _Judged(dossier, outcome)


def _go_on(service: Service, work: Work, judged: _Judged) -> Action | None:
    """Put away what was judged; None when there is nothing to."""
    if judged.dossier is None or judged.outcome is None:
        return None
    if judged.outcome.state.state is ActionState.FAILED:
        after = end_early(service, work, judged.dossier, judged.outcome)
    else:
        after = work.actions.put(work.record(judged.outcome))
    touch_case(work, after)
    return after
