"""What the evidence of a case adds up to, what is still missing, and the cheapest next step."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from services.domain.account import Dossier, is_fresh, sim_swap
from services.domain.outcome import Why
from services.domain.policy import Policy, RequirementPolicy
from services.vocabulary import ContactKind, EvidenceClass, Objection, Risk, SignalAnswer

MOST_STEPS = 3
"""Longest plan that is looked for: no requirement asks for more proofs than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A proof, done or possible: what it is worth and what it stands on."""

    evidence: EvidenceClass
    depends_on: frozenset[str]
    """Things it stands on (`contact:...`, `authenticator:...`, `recovery_codes`): two proofs on one thing are one."""
    exposed: bool
    confirmed: bool
    """False for a phone whose SIM history is unknown: an unknown is never a pass (invariant 5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A proof that could be had now, and what it takes."""

    option: str
    proof: Evidence
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskView:
    """How suspicious the circumstances are, and why."""

    risk: Risk
    reasons: tuple[Why, ...]


def is_met(requirement: RequirementPolicy, evidence: Sequence[Evidence]) -> bool:
    """Whether independent proofs among *evidence* meet one alternative (N-REC-15, AC-1)."""
    usable = [proof for proof in evidence if proof.confirmed or not requirement.confirmed]
    return any(
        _cover(alternative, usable, frozenset(), requirement.unexposed_at_least) for alternative in requirement.any_of
    )


def missing(requirement: RequirementPolicy, evidence: Sequence[Evidence]) -> tuple[EvidenceClass, ...]:
    """The fewest classes still missing for one alternative; empty only when the requirement is met.

    When every class is there but one had to be unexposed, or two stand on one thing, the whole first alternative's
    last class is named: another proof of it is needed.
    """
    if is_met(requirement, evidence):
        return ()
    usable = [proof for proof in evidence if proof.confirmed or not requirement.confirmed]
    gaps = [_gap(alternative, usable) for alternative in requirement.any_of]
    fewest = min(gaps, key=len)
    return fewest or requirement.any_of[0][-1:]


def cheapest(
    requirement: RequirementPolicy, evidence: Sequence[Evidence], steps: Sequence[Step]
) -> tuple[Step, ...] | None:
    """The quickest set of steps that would meet the requirement; empty when it is met, None when none would."""
    if is_met(requirement, evidence):
        return ()
    longest = min(max((len(alternative) for alternative in requirement.any_of), default=0), MOST_STEPS)
    for size in range(1, longest + 1):
        plans = sorted(combinations(steps, size), key=_takes)
        for plan in plans:
            if is_met(requirement, [*evidence, *(step.proof for step in plan)]):
                return tuple(sorted(plan, key=lambda step: step.seconds))
    return None


def without(evidence: Iterable[Evidence], touched: frozenset[str]) -> tuple[Evidence, ...]:
    """The evidence that does not stand on what an action changes: a factor never vouches for its own reset."""
    return tuple(proof for proof in evidence if not proof.depends_on & touched)


def risk_of(dossier: Dossier, policy: Policy, now: datetime) -> RiskView:
    """What raises the requirements. Nothing here ever lowers them (N-AAL-04)."""
    reasons: list[Why] = []
    for contact in dossier.current_contacts:
        if is_fresh(contact.changed_at, policy, now):
            reasons.append(Why(code=Objection.CHANGED_RECENTLY, at=contact.changed_at, about=contact.kind))
        if contact.kind is ContactKind.PHONE and sim_swap(contact, policy, now) is SignalAnswer.YES:
            reasons.append(Why(code=Objection.SIM_SWAPPED, at=contact.sim_swapped_at))
    if dossier.open_reviews:
        reasons.append(Why(code=Objection.ACCOUNT_FROZEN))
    return RiskView(risk=Risk.ELEVATED if reasons else Risk.STANDARD, reasons=tuple(reasons))


def _cover(
    wanted: tuple[EvidenceClass, ...], evidence: Sequence[Evidence], used: frozenset[str], unexposed: int
) -> bool:
    """Whether every wanted class gets a proof of its own, no two standing on one thing, enough of them unexposed."""
    if not wanted:
        return unexposed <= 0
    head, rest = wanted[0], wanted[1:]
    return any(
        _cover(rest, evidence, used | proof.depends_on, unexposed - (not proof.exposed))
        for proof in evidence
        if proof.evidence is head and not proof.depends_on & used
    )


def _gap(alternative: tuple[EvidenceClass, ...], evidence: Sequence[Evidence]) -> tuple[EvidenceClass, ...]:
    held = {proof.evidence for proof in evidence}
    return tuple(word for word in alternative if word not in held)


def _takes(plan: tuple[Step, ...]) -> int:
    return sum(step.seconds for step in plan)
