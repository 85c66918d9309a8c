"""The log tells by which policy things were decided: once for each policy that was loaded (invariant 3)."""

from dataclasses import replace

import pytest

from services.domain.audit.entry import parse_entry
from services.domain.policy import SUBJECT
from services.usecases import policy
from services.vocabulary import SYSTEM, Event
from tests.support.world import World


def loaded(world: World) -> list[tuple[object, object]]:
    """Edition and digest of each policy that was put on record, oldest first."""
    said = [parse_entry(text.encode()) for text in world.entries(Event.POLICY_LOADED)]
    assert {(one.actor, one.subject) for one in said} <= {(SYSTEM, SUBJECT)}
    assert all(list(one.details) == ["digest", "edition"] for one in said)
    return [(one.details["edition"], one.details["digest"]) for one in said]


def test_starting_again_with_the_same_policy_says_nothing_new(world: World) -> None:
    policy.put_on_record(world.service)
    policy.put_on_record(world.service)
    assert loaded(world) == [(world.service.policy.edition, world.service.policy_digest)]


@pytest.mark.parametrize("changed", ["edition", "digest"])
def test_another_policy_is_put_on_record(world: World, changed: str) -> None:
    """Under the same edition too: what was read tells."""
    now = world.service
    other = (
        replace(now, policy=replace(now.policy, edition="2027-01"))
        if changed == "edition"
        else replace(now, policy_digest="0" * 64)
    )
    for each in (now, other, other, now):
        policy.put_on_record(each)
    assert loaded(world) == [(one.policy.edition, one.policy_digest) for one in (now, other, now)]
