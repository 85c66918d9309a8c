"""Which recovery actions an account offers, what each needs here and now, and everything that stops it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from services.domain.account import ContactPoint, Dossier
from services.domain.assurance import Evidence, RiskView, is_met, risk_of, without
from services.domain.channels import handover_contact, told_elsewhere
from services.domain.methods import stands_on
from services.domain.outcome import Why
from services.domain.policy import ActionPolicy, Policy, RequirementPolicy
from services.domain.staff import Staff, lacks
from services.vocabulary import ActionKind, Method, Objection, Permission, Risk, Tier

HANDS_OVER = frozenset({ActionKind.RESET_LINK, ActionKind.AUTHENTICATOR_RESET})
"""Actions that end with a link in the owner's hands."""


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
        return frozenset({stands_on(Method.TOTP, self.target)}) if self.target else frozenset()


@dataclass(frozen=True, kw_only=True)
class Setting:
    """The circumstances that an action is judged in."""

    dossier: Dossier
    evidence: tuple[Evidence, ...]
    """Of the case, as it counts now."""
    running: frozenset[Possibility]
    """Actions of the account that are not settled, of any case."""
    policy: Policy
    now: datetime

    @cached_property
    def risk(self) -> RiskView:
        """How suspicious the circumstances are."""
        return risk_of(self.dossier, self.policy, self.now)

    @cached_property
    def used_contacts(self) -> frozenset[str]:
        """Ids of the contact points that the evidence came through."""
        return frozenset().union(*(proof.contacts for proof in self.evidence))


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
    return setting.policy.requirement_for(wanted.kind, setting.dossier.tier, setting.risk.risk)


def evidence_for(wanted: Possibility, setting: Setting) -> tuple[Evidence, ...]:
    """The evidence that counts for this action: what it changes never vouches for the change."""
    return without(setting.evidence, wanted.touches)


def cooling_of(wanted: Possibility, setting: Setting) -> timedelta:
    """How long the owner has to stop it (invariant 9)."""
    rules = setting.policy.actions[wanted.kind]
    return rules.cooling if setting.risk.risk is Risk.STANDARD else max(rules.cooling, rules.cooling_elevated)


def handover_of(wanted: Possibility, setting: Setting) -> ContactPoint | None:
    """Where the action's link would go; None when it has none, or there is nowhere safe."""
    if wanted.kind not in HANDS_OVER:
        return None
    return handover_contact(setting.dossier, setting.used_contacts, setting.policy, setting.now)


def objections(wanted: Possibility, staff: Staff, setting: Setting) -> tuple[Why, ...]:
    """What stops *staff* from running the action now; empty means go ahead.

    Where no proof helps, none is asked for: a frozen account stands alone, and what is missing for an action is said
    only where there is something to do.
    """
    rules = setting.policy.actions[wanted.kind]
    return (
        *lacks(staff, rules.permission),
        *_objections_to_tier(rules, staff, setting),
        *(
            _objections_of_freeze(setting)
            or _objections_of_state(wanted, setting)
            or (
                *_objections_of_proof(wanted, setting),
                *_objections_of_handover(wanted, setting),
                *_objections_of_approval(rules, setting),
            )
        ),
    )


def objections_anew(wanted: Possibility, setting: Setting) -> tuple[Why, ...]:
    """What stops an action that was decided before: what it takes today, by the evidence that is left of its own."""
    proof = _objections_of_proof(wanted, setting)
    risk = setting.risk.reasons if proof else ()
    return (*proof, *risk, *_objections_of_approval(setting.policy.actions[wanted.kind], setting))


def _objections_to_tier(rules: ActionPolicy, staff: Staff, setting: Setting) -> tuple[Why, ...]:
    if setting.dossier.tier is Tier.PRIVILEGED and not rules.protective:
        return lacks(staff, Permission.ACT_ON_PRIVILEGED)
    return ()


def _objections_of_freeze(setting: Setting) -> tuple[Why, ...]:
    frozen_at = setting.dossier.account.frozen_at
    return () if frozen_at is None else (Why(code=Objection.ACCOUNT_FROZEN, at=frozen_at),)


def _objections_of_state(wanted: Possibility, setting: Setting) -> tuple[Why, ...]:
    account = setting.dossier.account
    reasons: list[Why] = []
    if wanted.target is not None and setting.dossier.authenticator(wanted.target) is None:
        reasons.append(Why(code=Objection.NOT_ON_FILE))
    if wanted.kind is ActionKind.AUTHENTICATOR_RESET and account.password_hash is None:
        reasons.append(Why(code=Objection.NO_PASSWORD))
    nothing_to_do = {
        ActionKind.UNLOCK: account.locked_at is None,
        ActionKind.FORGET_DEVICES: setting.dossier.trusted_devices == 0,
        ActionKind.REVOKE_SESSIONS: setting.dossier.sessions == 0,
    }
    if nothing_to_do.get(wanted.kind, False):
        reasons.append(Why(code=Objection.NOTHING_TO_DO))
    if wanted in setting.running:
        reasons.append(Why(code=Objection.ALREADY_RUNNING))
    return tuple(reasons)


def _objections_of_proof(wanted: Possibility, setting: Setting) -> tuple[Why, ...]:
    requirement = requirement_of(wanted, setting)
    if is_met(requirement, evidence_for(wanted, setting)):
        return ()
    more = Why(code=Objection.NEEDS_MORE_PROOF, about=requirement.name)
    if is_met(requirement, setting.evidence):
        return (Why(code=Objection.VOUCHES_FOR_ITSELF), more)
    return (more,)


def _objections_of_handover(wanted: Possibility, setting: Setting) -> tuple[Why, ...]:
    """Somewhere safe for the link, and somebody to tell who did not just answer (N-NOT-02, N-NOT-05, AC-3)."""
    contact = handover_of(wanted, setting)
    reasons: list[Why] = []
    if wanted.kind in HANDS_OVER and contact is None:
        reasons.append(Why(code=Objection.NO_SAFE_CHANNEL))
    used = setting.used_contacts | ({contact.id} if contact else set())
    protective = setting.policy.actions[wanted.kind].protective
    if not protective and not told_elsewhere(setting.dossier, used, setting.policy, setting.now):
        reasons.append(Why(code=Objection.ONLY_CHANNEL_USED))
    return tuple(reasons)


def _objections_of_approval(rules: ActionPolicy, setting: Setting) -> tuple[Why, ...]:
    return (Why(code=Objection.NEEDS_APPROVAL),) if setting.dossier.tier in rules.approval else ()
