"""What the evidence of a case adds up to, and the cheapest way to what is still missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf

from services.domain.account import Dossier, is_fresh, is_swapped
from services.domain.outcome import Why
from services.domain.policy import Policy, RequirementPolicy
from services.vocabulary import CheckId, EvidenceClass, Objection, Risk

MOST_STEPS = 3
"""No requirement asks for more proofs than this."""
CONTACT = "contact:"
"""How a thing that proofs stand on begins, when it is a contact point; its id follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A proof, done or possible: what it is worth and what it stands on."""

    evidence: EvidenceClass
    depends_on: frozenset[str]
    """Things it stands on (`contact:...`, `authenticator:...`, `recovery_codes`): two proofs on one thing are one."""
    exposed: bool
    confirmed: bool
    """False for a phone whose SIM history is unknown: an unknown is never a pass (invariant 5)."""
    check: CheckId | None = None
    """The check that it came from; None while it is only possible."""

    @property
    def contacts(self) -> frozenset[str]:
        """Ids of the contact points that it came through."""
        return frozenset(thing.removeprefix(CONTACT) for thing in self.depends_on if thing.startswith(CONTACT))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A proof that could be had, and what it takes."""

    option: str
    proof: Evidence
    seconds: int
    rests_until: datetime | None = None
    """While its method is refused for now only: when it can be started again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How what is still missing can be had."""

    steps: tuple[Step, ...]
    """Quickest first; empty when nothing is missing, or when nothing on file leads there."""
    why_not: tuple[Why, ...] = ()
    """Why it cannot be gone now: what it needs rests, or there is no such way at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskView:
    """How suspicious the circumstances are, and why."""

    risk: Risk
    reasons: tuple[Why, ...]


def is_met(requirement: RequirementPolicy, evidence: Sequence[Evidence]) -> bool:
    """Whether independent proofs among *evidence* meet one alternative (N-REC-15, AC-1)."""
    return cheapest(requirement, evidence, ()) is not None


def cheapest(
    requirement: RequirementPolicy, evidence: Sequence[Evidence], steps: Sequence[Step]
) -> tuple[Step, ...] | None:
    """The steps that would meet the requirement in the least time, quickest first.

    Empty when it is met already, None when nothing meets it. What is proven takes no time, and stands in a plan like
    any step: a better proof of the same thing may take its place.
    """
    proven = [Step(option="", proof=proof, seconds=0) for proof in evidence]
    usable = [step for step in (*proven, *steps) if step.proof.confirmed or not requirement.confirmed]
    usable.sort(key=lambda step: step.seconds)
    best, seconds = None, inf
    for alternative in requirement.any_of:
        plan = _cover(alternative, usable, frozenset(), requirement.unexposed_at_least, seconds)
        if plan is not None:
            best, seconds = plan, _takes(plan)
    if best is None:
        return None
    return tuple(sorted((step for step in best if step.option), key=lambda step: step.seconds))


def way_to(requirement: RequirementPolicy, evidence: Sequence[Evidence], steps: Sequence[Step]) -> Way:
    """The cheapest way to meet the requirement: now, or else as soon as enough of what rests can be started again."""
    for moment in (None, *sorted({step.rests_until for step in steps if step.rests_until is not None})):
        awake = [step for step in steps if step.rests_until is None or (moment and step.rests_until <= moment)]
        plan = cheapest(requirement, evidence, awake)
        if plan is not None:
            return Way(steps=plan, why_not=() if moment is None else (Why(code=Objection.PROOF_RESTS, at=moment),))
    return Way(steps=(), why_not=(Why(code=Objection.CANNOT_BE_PROVEN),))


def without(evidence: Iterable[Evidence], touched: frozenset[str]) -> tuple[Evidence, ...]:
    """The evidence that does not stand on what an action changes: a factor never vouches for its own reset."""
    return tuple(proof for proof in evidence if not proof.depends_on & touched)


def adds_nothing(proof: Evidence, evidence: Iterable[Evidence]) -> bool:
    """Whether what is proven already is worth as much as *proof*, and stands on the same."""
    return any(
        one.evidence is proof.evidence
        and one.depends_on <= proof.depends_on
        and one.exposed <= proof.exposed
        and one.confirmed >= proof.confirmed
        for one in evidence
    )


def risk_of(dossier: Dossier, policy: Policy, now: datetime) -> RiskView:
    """What raises the requirements. Nothing here ever lowers them (N-AAL-04)."""
    changed = [(contact.retired_at or contact.changed_at, contact.kind) for contact in dossier.contacts]
    reasons = [
        Why(code=Objection.CHANGED_RECENTLY, at=at, about=kind) for at, kind in changed if is_fresh(at, policy, now)
    ]
    reasons += [
        Why(code=Objection.SIM_SWAPPED, at=contact.sim_swapped_at)
        for contact in dossier.current_contacts
        if is_swapped(contact, policy, now)
    ]
    if dossier.open_reviews:
        reasons.append(Why(code=Objection.UNDER_REVIEW))
    return RiskView(risk=Risk.ELEVATED if reasons else Risk.STANDARD, reasons=tuple(reasons))


def _cover(
    wanted: tuple[EvidenceClass, ...], steps: Sequence[Step], used: frozenset[str], unexposed: int, below: float
) -> tuple[Step, ...] | None:
    """The quickest way to give every wanted class a proof of its own, no two standing on one thing.

    *steps* are sorted, the quickest first; *unexposed* of those taken must not be exposed; the whole must take less
    than *below* seconds, which cuts off what cannot be the quickest.
    """
    if unexposed > len(wanted):
        return None
    if not wanted:
        return ()
    best = None
    for step in steps:
        if step.seconds >= below:
            break
        if step.proof.evidence is wanted[0] and not step.proof.depends_on & used:
            left = unexposed - (not step.proof.exposed)
            rest = _cover(wanted[1:], steps, used | step.proof.depends_on, left, below - step.seconds)
            if rest is not None:
                best = (step, *rest)
                below = _takes(best)
    return best


def _takes(plan: Iterable[Step]) -> int:
    return sum(step.seconds for step in plan)
