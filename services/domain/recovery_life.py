"""The life of a recovery action: it falls due, its steps are done, the owner completes it, or it ends otherwise."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.domain.account import ContactPoint, Dossier
from services.domain.channels import is_safe, reaches_beyond, tells_the_owner
from services.domain.handover import Message
from services.domain.methods import objections_to_target
from services.domain.outcome import Detail, Outcome, Refused, Why, demand
from services.domain.policy import Policy
from services.domain.recovery import PROTECTIVE, UNSETTLED, Action, entry_of, perform
from services.domain.recovery_rules import HANDS_OVER, Possibility, Setting, objections_anew
from services.domain.transitions import ACTION, STEP, moved
from services.domain.verification import Check, evidence_held
from services.vocabulary import (
    SYSTEM,
    ActionState,
    ActorId,
    CheckState,
    Event,
    MessageState,
    Method,
    Objection,
    StepKind,
    StepState,
)


def objections_to_go_on(
    action: Action, checks: Sequence[Check], dossier: Dossier, policy: Policy, now: datetime
) -> tuple[Why, ...]:
    """What has come up since the action was decided, and stops it before it runs or between its steps (C-TA-08).

    *checks* are those of its case. Whatever it rests on is judged anew before it runs, and before each step that is
    not protective: by what still holds, for today's tier and risk. That evidence lapsed by time is not held against it.
    """
    reasons: list[Why] = []
    if dossier.account.frozen_at is not None and not policy.actions[action.kind].protective:
        reasons.append(Why(code=Objection.ACCOUNT_FROZEN, at=dossier.account.frozen_at))
    if action.handover_to is not None and action.still_to_send:
        contact = dossier.contact(action.handover_to)
        if contact is None or not is_safe(contact, policy, now):
            reasons.append(Why(code=Objection.NO_SAFE_CHANNEL))
    begins = action.state is ActionState.COOLING
    if action.next_step is not None and (begins or action.steps[action.next_step].kind not in PROTECTIVE):
        reasons += _objections_anew(action, _rested_on(action, checks), dossier, policy, now)
    return tuple({why.code: why for why in reasons}.values())


def fall_due(
    action: Action,
    checks: Sequence[Check],
    notices: Sequence[Message],
    dossier: Dossier,
    policy: Policy,
    now: datetime,
) -> Outcome[Action]:
    """Start an action whose cooling-off is over, or stop it if something has come up meanwhile.

    *notices* are those of its cooling-off. The owner has the whole of it from when they were told (invariant 9); an
    action of which no notice can reach them any more is stopped.

    Raises:
        Refused: When it is not cooling any more, or not due yet, or while the owner is still to be told.
    """
    if action.state is not ActionState.COOLING or action.due_at is None or now < action.due_at:
        raise Refused(Objection.NOTHING_TO_DO)
    if reasons := objections_to_go_on(action, checks, dossier, policy, now):
        return stop(action, SYSTEM, now, reasons)
    told_at = _told_at(_rested_on(action, checks), notices, dossier, policy)
    if told_at is None and all(notice.state is not MessageState.QUEUED for notice in notices):
        return stop(action, SYSTEM, now, (Why(code=Objection.OWNER_NOT_TOLD),))
    if told_at is None or now - told_at < action.due_at - action.requested_at:
        raise Refused(Objection.OWNER_NOT_TOLD)
    running = replace(_moved(action, ActionState.RUNNING, Objection.NOTHING_TO_DO), due_at=None)
    return Outcome(
        state=running, entry=entry_of(Event.ACTION_STARTED, running, SYSTEM, now), effects=(perform(running),)
    )


def step_done(
    action: Action, index: int, result: str, state: StepState, link_expires_at: datetime | None, now: datetime
) -> Outcome[Action]:
    """Record that a step was done (or was not needed); the last one settles the action or hands it over.

    *link_expires_at* is when the owner's link dies, where the action has one; without one it is dead already.

    Raises:
        Refused: When the action is not running, or this is not its next step: a repeated step is refused, not redone.
    """
    after = _with_step(action, index, result, state, now)
    entry = entry_of(Event.STEP_DONE, after, SYSTEM, now, {"step": after.steps[index].kind, "state": state})
    if after.next_step is not None:
        return Outcome(state=after, entry=entry)
    if action.kind in HANDS_OVER:
        over = _moved(after, ActionState.HANDED_OVER, Objection.NOTHING_TO_DO)
        over = replace(over, link_expires_at=link_expires_at or now)
        return Outcome(state=over, entry=entry, more=(entry_of(Event.ACTION_HANDED_OVER, over, SYSTEM, now),))
    done = _settled(after, ActionState.DONE, Objection.NOTHING_TO_DO, now)
    return Outcome(state=done, entry=entry, more=(entry_of(Event.ACTION_DONE, done, SYSTEM, now),))


def step_failed(action: Action, index: int, result: str, now: datetime) -> Outcome[Action]:
    """Record that a step cannot be done: the action failed, and its steps say what was done before.

    Raises:
        Refused: When the action is not running, or this is not its next step.
    """
    after = _with_step(action, index, result, StepState.FAILED, now)
    failed = _settled(after, ActionState.FAILED, Objection.NOTHING_TO_DO, now)
    entry = entry_of(Event.STEP_FAILED, failed, SYSTEM, now, {"step": failed.steps[index].kind})
    return Outcome(state=failed, entry=entry, more=(entry_of(Event.ACTION_FAILED, failed, SYSTEM, now),))


def being_told(action: Action, notices: int, now: datetime) -> Outcome[Action]:
    """Put on record that notices to the owner were written and wait for the messenger; how many."""
    return Outcome(state=action, entry=entry_of(Event.NOTICES_WRITTEN, action, SYSTEM, now, {"count": notices}))


def owner_told(
    action: Action,
    checks: Sequence[Check],
    notices: Sequence[Message],
    dossier: Dossier,
    link_expires_at: datetime | None,
    policy: Policy,
    now: datetime,
) -> Outcome[Action]:
    """Settle the step that tells the owner, by what became of its *notices* (N-REC-17, invariant 13).

    It is done when one has gone beyond the contact points that proved the caller, or has gone at all where there is
    nothing beyond; it failed when none of them waits any more and that is not so. An account that has no address to
    tell needs none. *checks* are those of its case; *link_expires_at* is as in `step_done`.

    Raises:
        Refused: When this is not its next step, or while a notice that could do it still waits.
    """
    index = action.next_step
    if index is None or action.steps[index].kind is not StepKind.NOTIFY:
        raise Refused(Objection.NOTHING_TO_DO)
    if not notices:
        return step_done(action, index, "0", StepState.NOT_NEEDED, link_expires_at, now)
    rested_on, count = _rested_on(action, checks), str(len(notices))
    if _told_at(rested_on, notices, dossier, policy) is not None:
        return step_done(action, index, count, StepState.DONE, link_expires_at, now)
    if any(one.state is MessageState.QUEUED for one in notices):
        raise Refused(Objection.OWNER_NOT_TOLD)
    old = {contact.id for contact in dossier.contacts if tells_the_owner(contact, policy, now)}
    beyond = reaches_beyond({one.contact_id for one in notices} & old, _used(rested_on), dossier)
    if not beyond and any(one.state is MessageState.SENT for one in notices):
        return step_done(action, index, count, StepState.DONE, link_expires_at, now)
    return step_failed(action, index, count, now)


def complete(action: Action, actor: ActorId, now: datetime) -> Outcome[Action]:
    """The owner did their part.

    Raises:
        Refused: When the owner does not hold a living link of it any more.
    """
    if action.state is not ActionState.HANDED_OVER or action.link_expires_at is None or now >= action.link_expires_at:
        demand((Why(code=Objection.LINK_DEAD),))
    done = _settled(action, ActionState.DONE, Objection.LINK_DEAD, now)
    return Outcome(state=done, entry=entry_of(Event.ACTION_DONE, done, actor, now))


def stop(action: Action, actor: ActorId, now: datetime, reasons: Sequence[Why] = ()) -> Outcome[Action]:
    """Stop an action, wherever it is; its steps say what was done before.

    Raises:
        Refused: When it is settled already.
    """
    stopped = _settled(action, ActionState.STOPPED, Objection.NOTHING_TO_DO, now)
    details: dict[str, Detail] = {"reasons": tuple(str(why.code) for why in reasons)} if reasons else {}
    return Outcome(state=stopped, entry=entry_of(Event.ACTION_STOPPED, stopped, actor, now, details))


def expire(action: Action, now: datetime) -> Outcome[Action]:
    """End an action whose link its owner did not follow in time.

    Raises:
        Refused: When no link of it is out, or it still lives.
    """
    if action.link_expires_at is None or now < action.link_expires_at:
        demand((Why(code=Objection.NOTHING_TO_DO),))
    expired = _settled(action, ActionState.EXPIRED, Objection.NOTHING_TO_DO, now)
    return Outcome(state=expired, entry=entry_of(Event.ACTION_EXPIRED, expired, SYSTEM, now))


def rests_on_a_saved_code(action: Action, checks: Sequence[Check], dossier: Dossier) -> bool:
    """Whether one of the codes that are on file was used up for it.

    *checks* are those of its case. Of a set that was replaced since, nothing is left to replace.
    """
    codes = dossier.recovery_codes
    return codes is not None and any(
        check.method is Method.RECOVERY_CODE
        and check.state is CheckState.PASSED
        and check.settled_at is not None
        and check.settled_at > codes.issued_at
        for check in _rested_on(action, checks)
    )


def replaces_recovery_codes(
    action: Action, actions: Sequence[Action], checks: Sequence[Check], dossier: Dossier
) -> bool:
    """Whether its owner, who completes it, gets new recovery codes: one was used for it (N-REC-05).

    *actions* and *checks* are those of its case. Not while another of them is under way that rests on a code too: new
    codes would take its proof away, and a new authenticator brings some of its own.
    """
    others = [one for one in actions if one.id != action.id and one.state in UNSETTLED]
    if any(rests_on_a_saved_code(other, checks, dossier) for other in others):
        return False
    return rests_on_a_saved_code(action, checks, dossier)


def _rested_on(action: Action, checks: Sequence[Check]) -> list[Check]:
    return [check for check in checks if check.id in action.evidence]


def _objections_anew(
    action: Action, rested_on: Sequence[Check], dossier: Dossier, policy: Policy, now: datetime
) -> list[Why]:
    """What it lacks today, and what took it away."""
    evidence = evidence_held(rested_on, dossier, policy, now)
    setting = Setting(dossier=dossier, evidence=evidence, running=frozenset(), policy=policy, now=now)
    reasons = list(objections_anew(Possibility(kind=action.kind, target=action.target), setting))
    if reasons:
        for check in rested_on:
            reasons += objections_to_target(check.method, check.target, dossier, policy, now)
    return reasons


def _told_at(
    rested_on: Sequence[Check], notices: Sequence[Message], dossier: Dossier, policy: Policy
) -> datetime | None:
    """When a notice had gone beyond the contact points that proved the caller, to no fresh one; None if none has."""
    used = _used(rested_on)
    on_file: dict[str, ContactPoint] = {contact.id: contact for contact in dossier.contacts}
    told: set[str] = set()
    sent = [(one.sent_at, one.contact_id) for one in notices if one.state is MessageState.SENT and one.sent_at]
    for sent_at, contact in sorted(sent):
        if contact not in on_file or not tells_the_owner(on_file[contact], policy, sent_at):
            continue
        told.add(contact)
        if reaches_beyond(told, used, dossier):
            return sent_at
    return None


def _used(rested_on: Sequence[Check]) -> set[str]:
    return {check.contact_id for check in rested_on if check.contact_id is not None}


def _moved(action: Action, state: ActionState, otherwise: Objection) -> Action:
    return replace(action, state=moved(ACTION, action.state, state, otherwise))


def _settled(action: Action, state: ActionState, otherwise: Objection, now: datetime) -> Action:
    return replace(_moved(action, state, otherwise), settled_at=now, due_at=None)


def _with_step(action: Action, index: int, result: str, state: StepState, now: datetime) -> Action:
    """The action with its next step over."""
    if action.state is not ActionState.RUNNING or action.next_step != index:
        demand((Why(code=Objection.NOTHING_TO_DO),))
    before = action.steps[index]
    step = replace(before, state=moved(STEP, before.state, state, Objection.NOTHING_TO_DO), result=result, done_at=now)
    return replace(action, steps=(*action.steps[:index], step, *action.steps[index + 1 :]))
