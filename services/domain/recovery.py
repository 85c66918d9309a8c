"""A recovery action that was asked for: its steps, and its life until it is settled."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.domain.outcome import Detail, Effect, Entry, Outcome, Why, demand
from services.domain.policy import Policy
from services.domain.recovery_rules import (
    HANDS_OVER,
    Possibility,
    Setting,
    cooling_of,
    handover_of,
    objections,
    requirement_of,
)
from services.domain.staff import Staff
from services.vocabulary import (
    SYSTEM,
    AccountId,
    ActionId,
    ActionKind,
    ActionState,
    ActorId,
    CaseId,
    EffectKind,
    Event,
    Objection,
    StaffId,
    StepKind,
    StepState,
)

STEPS: dict[ActionKind, tuple[StepKind, ...]] = {
    ActionKind.RESET_LINK: (StepKind.SEND_RESET_LINK, StepKind.NOTIFY),
    ActionKind.AUTHENTICATOR_RESET: (
        StepKind.REVOKE_SESSIONS,
        StepKind.REMOVE_AUTHENTICATOR,
        StepKind.FORGET_DEVICES,
        StepKind.SEND_ENROLMENT_LINK,
        StepKind.NOTIFY,
    ),
    ActionKind.UNLOCK: (StepKind.UNLOCK, StepKind.NOTIFY),
    ActionKind.REVOKE_SESSIONS: (StepKind.REVOKE_SESSIONS, StepKind.NOTIFY),
    ActionKind.FORGET_DEVICES: (StepKind.FORGET_DEVICES, StepKind.NOTIFY),
    ActionKind.FREEZE: (StepKind.FREEZE, StepKind.REVOKE_SESSIONS, StepKind.NOTIFY),
}
"""What each action does, in order. Every one tells the owner (N-REC-17)."""
UNSETTLED = frozenset({ActionState.COOLING, ActionState.RUNNING, ActionState.HANDED_OVER})
"""States in which an action can still be stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """One step of an action, and how it went."""

    kind: StepKind
    state: StepState = StepState.WAITING
    result: str = ""
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A recovery action that was asked for."""

    id: ActionId
    version: int = 0
    case_id: CaseId
    account_id: AccountId
    kind: ActionKind
    target: str | None
    about: str = field(repr=False)
    state: ActionState
    requested_by: StaffId
    requested_at: datetime
    due_at: datetime | None
    handover_to: str | None
    link_expires_at: datetime | None = None
    settled_at: datetime | None = None
    policy: str
    evidence: tuple[str, ...]
    """Ids of the checks that it rests on."""
    steps: tuple[StepRecord, ...]

    @property
    def next_step(self) -> int | None:
        """Index of the first step that is not done; None when all are."""
        waiting = (index for index, step in enumerate(self.steps) if step.state is StepState.WAITING)
        return next(waiting, None)


def request(
    wanted: Possibility,
    staff: Staff,
    setting: Setting,
    *,
    action_id: ActionId,
    case_id: CaseId,
    about: str,
    checks: Sequence[str],
    reason: str,
) -> Outcome[Action]:
    """Ask for an action: it runs at once, or cools off first.

    Raises:
        Refused: With everything that objects; nothing was done.
    """
    no_reason = setting.policy.actions[wanted.kind].reason_needed and not reason.strip()
    demand((*objections(wanted, staff, setting), *((Why(code=Objection.REASON_MISSING),) if no_reason else ())))
    delay, handover = cooling_of(wanted, setting), handover_of(wanted, setting)
    action = Action(
        id=action_id,
        case_id=case_id,
        account_id=setting.dossier.account.id,
        kind=wanted.kind,
        target=wanted.target,
        about=about,
        state=ActionState.COOLING if delay else ActionState.RUNNING,
        requested_by=staff.id,
        requested_at=setting.now,
        due_at=setting.now + delay if delay else None,
        handover_to=handover.id if handover else None,
        policy=setting.policy.edition,
        evidence=tuple(checks),
        steps=tuple(StepRecord(kind=kind) for kind in STEPS[wanted.kind]),
    )
    asked = _asked(action, requirement_of(wanted, setting).name, delay, reason)
    if delay:
        return Outcome(state=action, entry=asked, more=(_entry(Event.ACTION_COOLING, action, SYSTEM, setting.now),))
    return Outcome(state=action, entry=asked, effects=(perform(action),))


def fall_due(action: Action, now: datetime) -> Outcome[Action]:
    """Start an action whose cooling-off is over.

    Raises:
        Refused: When it is not cooling any more, or not due yet.
    """
    if action.state is not ActionState.COOLING or action.due_at is None or now < action.due_at:
        demand((Why(code=Objection.NOTHING_TO_DO),))
    running = replace(action, state=ActionState.RUNNING, due_at=None)
    return Outcome(state=running, entry=_entry(Event.ACTION_STARTED, running, SYSTEM, now), effects=(perform(running),))


def step_done(
    action: Action, index: int, result: str, state: StepState, policy: Policy, now: datetime
) -> Outcome[Action]:
    """Record that a step was done (or was not needed); the last one settles the action or hands it over.

    Raises:
        Refused: When the action is not running, or this is not its next step: a repeated step is refused, not redone.
    """
    if action.state is not ActionState.RUNNING or action.next_step != index:
        demand((Why(code=Objection.NOTHING_TO_DO),))
    done = replace(action.steps[index], state=state, result=result, done_at=now)
    steps = (*action.steps[:index], done, *action.steps[index + 1 :])
    after = replace(action, steps=steps)
    entry = _entry(Event.STEP_DONE, after, SYSTEM, now, {"step": done.kind, "state": state})
    if after.next_step is not None:
        return Outcome(state=after, entry=entry)
    if action.kind in HANDS_OVER:
        over = replace(
            after, state=ActionState.HANDED_OVER, link_expires_at=now + policy.actions[action.kind].link_valid
        )
        return Outcome(state=over, entry=entry, more=(_entry(Event.ACTION_HANDED_OVER, over, SYSTEM, now),))
    settled = replace(after, state=ActionState.DONE, settled_at=now)
    return Outcome(state=settled, entry=entry, more=(_entry(Event.ACTION_DONE, settled, SYSTEM, now),))


def step_failed(action: Action, index: int, result: str, now: datetime) -> Outcome[Action]:
    """Record that a step cannot be done: the action failed, and its steps say what was done before (field note 43460).

    Raises:
        Refused: When the action is not running, or this is not its next step.
    """
    if action.state is not ActionState.RUNNING or action.next_step != index:
        demand((Why(code=Objection.NOTHING_TO_DO),))
    bad = replace(action.steps[index], state=StepState.FAILED, result=result, done_at=now)
    steps = (*action.steps[:index], bad, *action.steps[index + 1 :])
    failed = replace(action, steps=steps, state=ActionState.FAILED, settled_at=now)
    entry = _entry(Event.STEP_FAILED, failed, SYSTEM, now, {"step": bad.kind})
    return Outcome(state=failed, entry=entry, more=(_entry(Event.ACTION_FAILED, failed, SYSTEM, now),))


def complete(action: Action, actor: ActorId, now: datetime) -> Outcome[Action]:
    """The owner did their part.

    Raises:
        Refused: When the owner does not hold a link of it any more.
    """
    if action.state is not ActionState.HANDED_OVER:
        demand((Why(code=Objection.LINK_DEAD),))
    done = replace(action, state=ActionState.DONE, settled_at=now)
    return Outcome(state=done, entry=_entry(Event.ACTION_DONE, done, actor, now))


def settle_unfinished(action: Action, state: ActionState, actor: ActorId, now: datetime) -> Outcome[Action]:
    """Stop an action, or let it expire.

    Raises:
        Refused: When it is settled already.
    """
    if action.state not in UNSETTLED:
        demand((Why(code=Objection.NOTHING_TO_DO),))
    settled = replace(action, state=state, settled_at=now, due_at=None)
    event = Event.ACTION_STOPPED if state is ActionState.STOPPED else Event.ACTION_EXPIRED
    return Outcome(state=settled, entry=_entry(event, settled, actor, now))


def perform(action: Action) -> Effect:
    """The effect that makes the worker perform an action."""
    return Effect(kind=EffectKind.PERFORM_ACTION, key=f"perform/{action.id}", payload={"action_id": action.id})


def _asked(action: Action, requirement: str, delay: timedelta, reason: str) -> Entry:
    details: dict[str, Detail] = {
        "target": action.target,
        "requirement": requirement,
        "evidence": action.evidence,
        "policy": action.policy,
        "cooling_seconds": int(delay.total_seconds()),
    }
    actor = ActorId(action.requested_by)
    return _entry(Event.ACTION_REQUESTED, action, actor, action.requested_at, details, prose=reason or None)


def _entry(
    event: Event,
    action: Action,
    actor: ActorId,
    now: datetime,
    details: dict[str, Detail] | None = None,
    prose: str | None = None,
) -> Entry:
    return Entry(
        event=event,
        at=now,
        actor=actor,
        subject=action.account_id,
        case=action.case_id,
        details={"id": action.id, "action": action.kind, **(details or {})},
        prose=prose,
    )
