"""A recovery action that was asked for: its steps, what it rests on, and how it begins."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.domain.outcome import Detail, Effect, Entry, Outcome, Why, demand
from services.domain.recovery_rules import (
    Possibility,
    Setting,
    cooling_of,
    evidence_for,
    handover_of,
    objections,
    requirement_of,
)
from services.domain.staff import Staff
from services.domain.transitions import ACTION
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
SENDS_LINK = frozenset({StepKind.SEND_RESET_LINK, StepKind.SEND_ENROLMENT_LINK})
"""Steps that send the owner a link."""
PROTECTIVE = frozenset({StepKind.REVOKE_SESSIONS, StepKind.FORGET_DEVICES, StepKind.FREEZE, StepKind.NOTIFY})
"""Steps that only take power away from whoever holds the account, or tell its owner."""
UNSETTLED = frozenset(state for state, after in ACTION.items() if ActionState.STOPPED in after)
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

    @property
    def still_to_send(self) -> bool:
        """Whether the step that sends the owner a link is still to come."""
        return any(step.kind in SENDS_LINK and step.state is StepState.WAITING for step in self.steps)

    @property
    def done(self) -> tuple[StepKind, ...]:
        """The steps that changed something, in order."""
        return tuple(step.kind for step in self.steps if step.state is StepState.DONE)

    @property
    def took_effect_at(self) -> datetime | None:
        """When the newest of what it did was done, whatever became of the rest; None while nothing was."""
        if self.state is ActionState.DONE:
            return self.settled_at
        changes = (step for step in self.steps if step.state is StepState.DONE and step.kind is not StepKind.NOTIFY)
        return max((step.done_at for step in changes if step.done_at), default=None)

    @property
    def is_completed(self) -> bool:
        """Whether whoever held its link did the owner's part of it."""
        return self.state is ActionState.DONE and self.link_expires_at is not None

    @property
    def is_partial(self) -> bool:
        """Whether steps of it are not over, or could not be done."""
        return any(step.state in (StepState.WAITING, StepState.FAILED) for step in self.steps)

    @property
    def ended_untold(self) -> bool:
        """Whether it ended early, with something done that the owner was not told of (N-REC-17)."""
        early = self.state in (ActionState.FAILED, ActionState.STOPPED)
        return early and bool(self.done) and StepKind.NOTIFY not in self.done


def request(
    wanted: Possibility,
    staff: Staff,
    setting: Setting,
    *,
    action_id: ActionId,
    case_id: CaseId,
    about: str,
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
        evidence=tuple(proof.check for proof in evidence_for(wanted, setting) if proof.check),
        steps=tuple(StepRecord(kind=kind) for kind in STEPS[wanted.kind]),
    )
    asked = _asked(action, requirement_of(wanted, setting).name, delay, reason)
    if delay:
        return Outcome(state=action, entry=asked, more=(entry_of(Event.ACTION_COOLING, action, SYSTEM, setting.now),))
    return Outcome(state=action, entry=asked, effects=(perform(action),))


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
    return entry_of(Event.ACTION_REQUESTED, action, actor, action.requested_at, details, prose=reason or None)


def entry_of(
    event: Event,
    action: Action,
    actor: ActorId,
    now: datetime,
    details: dict[str, Detail] | None = None,
    prose: str | None = None,
) -> Entry:
    """An entry about an action."""
    return Entry(
        event=event,
        at=now,
        actor=actor,
        subject=action.account_id,
        case=action.case_id,
        details={"id": action.id, "action": action.kind, **(details or {})},
        prose=prose,
    )
