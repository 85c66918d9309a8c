"""Recovery actions: which an account offers, what stops each, and the life of one that was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.domain.account import ContactPoint, Dossier, is_fresh, sim_swap
from services.domain.assurance import Evidence, is_met, risk_of, without
from services.domain.outcome import Detail, Effect, Entry, Outcome, Why, demand
from services.domain.policy import ActionPolicy, Policy, RequirementPolicy
from services.domain.staff import Staff, lacks
from services.vocabulary import (
    SYSTEM,
    AccountId,
    ActionId,
    ActionKind,
    ActionState,
    ActorId,
    CaseId,
    ContactKind,
    EffectKind,
    Event,
    Objection,
    Permission,
    Risk,
    SignalAnswer,
    StaffId,
    StepKind,
    StepState,
    Tier,
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
HANDS_OVER = frozenset({ActionKind.RESET_LINK, ActionKind.AUTHENTICATOR_RESET})
"""Actions that end with a link in the owner's hands."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Possibility:
    """A recovery action that this account offers, whether or not it may run now."""

    kind: ActionKind
    target: str | None = None

    @property
    def option(self) -> str:
        """How the desktop names it."""
        return f"{self.kind}:{self.target}" if self.target else str(self.kind)

    @property
    def touches(self) -> frozenset[str]:
        """What it changes: evidence standing on any of it does not count (invariant 4)."""
        return frozenset({f"authenticator:{self.target}"}) if self.target else frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The circumstances that an action is judged in."""

    dossier: Dossier
    evidence: tuple[Evidence, ...]
    used_contacts: frozenset[str]
    """Contact points that the evidence came through."""
    running: tuple[Action, ...]
    """Actions of the account that are not settled, of any case."""
    policy: Policy
    now: datetime


def possibilities(dossier: Dossier) -> tuple[Possibility, ...]:
    """Every recovery action that makes sense for the account, most wanted first."""
    resets = [
        Possibility(kind=ActionKind.AUTHENTICATOR_RESET, target=authenticator.id)
        for authenticator in dossier.authenticators
    ]
    unlock = [Possibility(kind=ActionKind.UNLOCK)] if dossier.account.locked_at else []
    others = (ActionKind.REVOKE_SESSIONS, ActionKind.FORGET_DEVICES, ActionKind.FREEZE)
    rest = [Possibility(kind=kind) for kind in others]
    return (*unlock, Possibility(kind=ActionKind.RESET_LINK), *resets, *rest)


def requirement_of(wanted: Possibility, setting: Setting) -> RequirementPolicy:
    """The assurance that the action needs here and now (invariant 3)."""
    risk = risk_of(setting.dossier, setting.policy, setting.now).risk
    return setting.policy.requirement_for(wanted.kind, setting.dossier.tier, risk)


def evidence_for(wanted: Possibility, setting: Setting) -> tuple[Evidence, ...]:
    """The evidence that counts for this action: what it changes never vouches for the change."""
    return without(setting.evidence, wanted.touches)


def objections(wanted: Possibility, staff: Staff, setting: Setting) -> tuple[Why, ...]:
    """Everything that stops *staff* from running the action now; empty means go ahead."""
    rules = setting.policy.actions[wanted.kind]
    return (
        *lacks(staff, rules.permission),
        *_objections_to_tier(rules, staff, setting),
        *_objections_of_state(wanted, setting),
        *_objections_of_proof(wanted, setting),
        *_objections_of_handover(wanted, setting),
        *_objections_of_approval(rules, setting),
    )


def _objections_to_tier(rules: ActionPolicy, staff: Staff, setting: Setting) -> tuple[Why, ...]:
    if setting.dossier.tier is Tier.PRIVILEGED and not rules.protective:
        return lacks(staff, Permission.ACT_ON_PRIVILEGED)
    return ()


def _objections_of_state(wanted: Possibility, setting: Setting) -> tuple[Why, ...]:
    account = setting.dossier.account
    reasons: list[Why] = []
    if account.frozen_at is not None:
        reasons.append(Why(code=Objection.ACCOUNT_FROZEN, at=account.frozen_at))
    if wanted.target is not None and setting.dossier.authenticator(wanted.target) is None:
        reasons.append(Why(code=Objection.NOT_ON_FILE))
    nothing_to_do = {
        ActionKind.UNLOCK: account.locked_at is None,
        ActionKind.FORGET_DEVICES: setting.dossier.trusted_devices == 0,
        ActionKind.REVOKE_SESSIONS: setting.dossier.sessions == 0,
    }
    if nothing_to_do.get(wanted.kind, False):
        reasons.append(Why(code=Objection.NOTHING_TO_DO))
    if any(one.kind is wanted.kind and one.target == wanted.target for one in setting.running):
        reasons.append(Why(code=Objection.ALREADY_RUNNING))
    return tuple(reasons)


def _objections_of_proof(wanted: Possibility, setting: Setting) -> tuple[Why, ...]:
    requirement = requirement_of(wanted, setting)
    if is_met(requirement, evidence_for(wanted, setting)):
        return ()
    if wanted.touches and is_met(requirement, setting.evidence):
        return (Why(code=Objection.VOUCHES_FOR_ITSELF), Why(code=Objection.NEEDS_MORE_PROOF, about=requirement.name))
    return (Why(code=Objection.NEEDS_MORE_PROOF, about=requirement.name),)


def _objections_of_handover(wanted: Possibility, setting: Setting) -> tuple[Why, ...]:
    """Somewhere safe for the link, and somebody to tell who did not just answer (N-NOT-02, AC-3)."""
    reasons: list[Why] = []
    if wanted.kind in HANDS_OVER and handover_contact(setting) is None:
        reasons.append(Why(code=Objection.NO_SAFE_CHANNEL))
    protective = setting.policy.actions[wanted.kind].protective
    if not protective and not told_elsewhere(setting):
        reasons.append(Why(code=Objection.ONLY_CHANNEL_USED))
    return tuple(reasons)


def _objections_of_approval(rules: ActionPolicy, setting: Setting) -> tuple[Why, ...]:
    return (Why(code=Objection.NEEDS_APPROVAL),) if setting.dossier.tier in rules.approval else ()


def told_elsewhere(setting: Setting) -> bool:
    """Whether some address is told that the evidence did not come through (N-NOT-02, AC-3)."""
    told = notice_contacts(setting.dossier, setting.policy, setting.now)
    return any(contact.id not in setting.used_contacts for contact in told)


def notice_contacts(dossier: Dossier, policy: Policy, now: datetime) -> tuple[ContactPoint, ...]:
    """Every address that is told what happens: verified ones, and those replaced lately (N-NOT-02, N-IDP-17)."""
    return tuple(
        contact
        for contact in dossier.contacts
        if contact.verified_at is not None
        and (contact.retired_at is None or now - contact.retired_at < policy.retired_contacts_told)
    )


def handover_contact(setting: Setting) -> ContactPoint | None:
    """Where a link goes: on file, verified, not fresh, SIM not swapped; e-mail first, and rather one that did not
    just prove the caller, so that one stolen channel is not enough."""
    safe = [contact for contact in setting.dossier.current_contacts if _is_safe(contact, setting)]
    order = sorted(safe, key=lambda one: (one.id in setting.used_contacts, one.kind is not ContactKind.EMAIL, one.id))
    return order[0] if order else None


def _is_safe(contact: ContactPoint, setting: Setting) -> bool:
    if contact.verified_at is None or is_fresh(contact.changed_at, setting.policy, setting.now):
        return False
    swapped = sim_swap(contact, setting.policy, setting.now) if contact.kind is ContactKind.PHONE else None
    return swapped in (None, SignalAnswer.NO)


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
    rules = setting.policy.actions[wanted.kind]
    no_reason = rules.reason_needed and not reason.strip()
    demand((*objections(wanted, staff, setting), *((Why(code=Objection.REASON_MISSING),) if no_reason else ())))
    delay = cooling_of(wanted, setting)
    handover = handover_contact(setting) if wanted.kind in HANDS_OVER else None
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
    requirement = requirement_of(wanted, setting)
    details: dict[str, Detail] = {
        "action": action.kind,
        "target": action.target,
        "requirement": requirement.name,
        "evidence": action.evidence,
        "policy": action.policy,
        "cooling_seconds": int(delay.total_seconds()),
    }
    asked = _entry(Event.ACTION_REQUESTED, action, ActorId(staff.id), setting.now, details, prose=reason or None)
    if delay:
        return Outcome(state=action, entry=asked, more=(_entry(Event.ACTION_COOLING, action, SYSTEM, setting.now),))
    return Outcome(state=action, entry=asked, effects=(perform(action),))


def cooling_of(wanted: Possibility, setting: Setting) -> timedelta:
    """How long the owner has to stop it (invariant 9)."""
    rules = setting.policy.actions[wanted.kind]
    risk = risk_of(setting.dossier, setting.policy, setting.now).risk
    return rules.cooling if risk is Risk.STANDARD else max(rules.cooling, rules.cooling_elevated)


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
