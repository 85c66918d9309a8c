"""Laws of assurance, for any evidence: order, independence, monotonicity, and the cheapest plan."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, permutations
from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.assurance import Evidence, Step, adds_nothing, cheapest, is_met, without
from services.domain.policy import RequirementPolicy
from tests.domain.strategies import evidence_sets, plans, proofs, requirements, things
from tests.support.facts import BOUND, ISSUED, POLICY, SAVED, proof, requirement


def by_definition(requirement: RequirementPolicy, evidence: Sequence[Evidence]) -> bool:
    """The rule as the standard words it, tried on every selection: slow, and too plain to be wrong."""
    usable = [one for one in evidence if one.confirmed or not requirement.confirmed]
    return any(
        tuple(one.evidence for one in chosen) == alternative
        and all(not one.depends_on & other.depends_on for one, other in combinations(chosen, 2))
        and sum(not one.exposed for one in chosen) >= requirement.unexposed_at_least
        for alternative in requirement.any_of
        for chosen in permutations(usable, len(alternative))
    )


@given(requirements, evidence_sets)
def test_met_is_met_as_the_rule_is_worded(requirement: RequirementPolicy, evidence: list[Evidence]) -> None:
    assert is_met(requirement, evidence) is by_definition(requirement, evidence)


@given(requirements, evidence_sets.flatmap(lambda evidence: st.tuples(st.just(evidence), st.permutations(evidence))))
def test_order_decides_nothing(requirement: RequirementPolicy, orders: tuple[list[Evidence], list[Evidence]]) -> None:
    assert is_met(requirement, orders[0]) is is_met(requirement, orders[1])


@given(requirements, evidence_sets, proofs)
def test_more_evidence_never_makes_a_met_requirement_unmet(
    requirement: RequirementPolicy, evidence: list[Evidence], more: Evidence
) -> None:
    if is_met(requirement, evidence):
        assert is_met(requirement, [*evidence, more])


@given(requirements, evidence_sets, proofs)
def test_a_proof_less_exposed_or_better_confirmed_is_never_worse(
    requirement: RequirementPolicy, evidence: list[Evidence], one: Evidence
) -> None:
    better = replace(one, exposed=False, confirmed=True)
    if is_met(requirement, [*evidence, one]):
        assert is_met(requirement, [*evidence, better])


@given(requirements, st.lists(proofs, min_size=1, max_size=4), st.integers(1, 4))
def test_a_check_done_again_counts_once(requirement: RequirementPolicy, evidence: list[Evidence], times: int) -> None:
    """Invariant 4, for any multiset."""
    assert is_met(requirement, evidence * times) is is_met(requirement, evidence)


@given(st.lists(proofs, max_size=5), things)
def test_whatever_stands_on_one_thing_is_at_most_one_proof(evidence: list[Evidence], thing: str) -> None:
    """Invariant 4: no two proofs, of any classes, from any number of checks on one thing."""
    on_one_thing = [replace(one, depends_on=frozenset({thing})) for one in evidence]
    several = [one for one in POLICY.requirements.values() if all(len(alternative) > 1 for alternative in one.any_of)]
    assert several
    assert not any(is_met(one, on_one_thing) for one in several)


@given(requirements, evidence_sets, st.frozensets(things, max_size=3))
def test_what_an_action_changes_never_vouches_for_it(
    requirement: RequirementPolicy, evidence: list[Evidence], touched: frozenset[str]
) -> None:
    """Invariant 4, for any evidence: proofs on the changed thing make no difference."""
    kept = without(evidence, touched)
    assert all(not one.depends_on & touched for one in kept)
    more = [replace(one, depends_on=one.depends_on | touched) for one in evidence] if touched else []
    assert without([*kept, *more], touched) == kept


def quickest(requirement: RequirementPolicy, evidence: list[Evidence], steps: list[Step]) -> int | None:
    """The time of the best plan, by trying every selection of steps."""
    times = [
        sum(step.seconds for step in chosen)
        for size in range(len(steps) + 1)
        for chosen in combinations(steps, size)
        if by_definition(requirement, [*evidence, *(step.proof for step in chosen)])
    ]
    return min(times, default=None)


@settings(max_examples=300)
@given(requirements, st.lists(proofs, max_size=3), plans(most=5))
def test_the_cheapest_plan_is_the_quickest_of_all(
    requirement: RequirementPolicy, evidence: list[Evidence], steps: list[Step]
) -> None:
    plan = cheapest(requirement, evidence, steps)
    assert (None if plan is None else sum(step.seconds for step in plan)) == quickest(requirement, evidence, steps)
    if plan is not None:
        assert is_met(requirement, [*evidence, *(step.proof for step in plan)])
        assert set(plan) <= set(steps)
        assert list(plan) == sorted(plan, key=lambda step: step.seconds)


@given(requirements, evidence_sets, proofs)
def test_what_adds_nothing_changes_nothing(
    requirement: RequirementPolicy, evidence: list[Evidence], again: Evidence
) -> None:
    """So that refusing to prove it again costs nobody anything."""
    if adds_nothing(again, evidence):
        assert is_met(requirement, [*evidence, again]) is is_met(requirement, evidence)


def test_a_plan_among_twelve_methods_is_found_at_once() -> None:
    """At most 2 ms each, for a card that shows several: measured over many, of the processor's time alone."""
    contacts = [proof(ISSUED, f"contact:{nth}", exposed=nth % 2 == 0) for nth in range(9)]
    others = [proof(BOUND, "authenticator:1"), proof(BOUND, "authenticator:2"), proof(SAVED, "recovery_codes")]
    steps = [Step(option=str(nth), proof=one, seconds=40 + nth) for nth, one in enumerate([*contacts, *others])]
    hardest = requirement((ISSUED, ISSUED, ISSUED), (ISSUED, ISSUED, BOUND), (SAVED, BOUND, BOUND), unexposed=3)
    rounds = 50
    began = process_time()
    for _ in range(rounds):
        cheapest(hardest, [], steps)
        cheapest(POLICY.requirements["two_proofs_unexposed"], [], steps)
    assert (process_time() - began) / (2 * rounds) < 0.002
