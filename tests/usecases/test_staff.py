"""Who administers staff, and what nobody may: the bribed agent, and the administrator alone at night."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from services.domain.outcome import Missing, Refused, Why
from services.domain.staff import Staff
from services.storage.unit_of_work import Work
from services.usecases import staff as usecase
from services.vocabulary import SYSTEM, Event, Objection, Permission, StaffId
from tests.support.world import World

Deed = Callable[[World, Work, Staff, str], object]
DEEDS: dict[str, Deed] = {
    "end sessions": lambda world, work, actor, who: usecase.end_sessions(world.service, work, actor, who),
    "change role": lambda world, work, actor, who: usecase.change_role(world.service, work, actor, who, "auditor"),
    "disable": lambda world, work, actor, who: usecase.disable(world.service, work, actor, who),
    "enable": lambda world, work, actor, who: usecase.enable(world.service, work, actor, who),
    "renew": lambda world, work, actor, who: usecase.renew(world.service, work, actor, who, "hash", b"secret"),
}


def refused_for(world: World, deed: Callable[[Work], object]) -> list[Why]:
    """Why something is refused; nothing of it is on record."""
    before = world.events()
    with pytest.raises(Refused) as refused, world.storage.changing() as work:
        deed(work)
    assert world.events() == before
    return list(refused.value.reasons)


@pytest.mark.parametrize("role", ["agent", "outsourced_agent", "supervisor", "auditor"])
@pytest.mark.parametrize("name", DEEDS)
def test_only_an_administrator_administers(world: World, role: str, name: str) -> None:
    actor, subject = world.person(role).staff, world.person(name="Otto Demo").staff
    reasons = refused_for(world, lambda work: DEEDS[name](world, work, actor, subject.id))
    assert reasons == [Why(code=Objection.MAY_NOT, about=Permission.ADMINISTER_STAFF)]


@pytest.mark.parametrize("name", DEEDS)
def test_nobody_administers_themselves(world: World, name: str) -> None:
    world.person("administrator", name="Otto Demo")
    actor = world.person("administrator").staff
    reasons = refused_for(world, lambda work: DEEDS[name](world, work, actor, actor.id))
    assert [reason.code for reason in reasons] == [Objection.OWN_ACCOUNT]


@pytest.mark.parametrize("name", DEEDS)
def test_who_is_not_there_cannot_be_administered(world: World, name: str) -> None:
    actor = world.person("administrator").staff
    with pytest.raises(Missing), world.storage.changing() as work:
        DEEDS[name](world, work, actor, "stf_nobody")


def test_who_may_not_administer_does_not_learn_who_there_is(world: World) -> None:
    actor = world.person().staff
    for who in ("stf_nobody", world.person("administrator").staff.id):
        reasons = refused_for(world, partial(_end_sessions_of, world, actor, who))
        assert [reason.code for reason in reasons] == [Objection.MAY_NOT]
    reasons = refused_for(world, lambda work: usecase.everybody(world.service, work, actor))
    assert [reason.code for reason in reasons] == [Objection.MAY_NOT]


def _end_sessions_of(world: World, actor: Staff, who: str, work: Work) -> None:
    usecase.end_sessions(world.service, work, actor, who)


def test_a_role_that_there_is_not_is_given_to_nobody(world: World) -> None:
    actor, subject = world.person("administrator").staff, world.person().staff
    reasons = refused_for(world, lambda work: usecase.change_role(world.service, work, actor, subject.id, "owner"))
    assert reasons == [Why(code=Objection.UNKNOWN_ROLE, about="owner")]
    newcomer = replace(subject, id=StaffId(f"{subject.id}2"), version=0, login="newcomer", role="owner")
    reasons = refused_for(world, lambda work: usecase.add(world.service, work, SYSTEM, newcomer))
    assert reasons == [Why(code=Objection.UNKNOWN_ROLE, about="owner")]


@pytest.mark.parametrize("name", ["change role", "disable"])
def test_somebody_is_left_to_administer(world: World, name: str) -> None:
    """Whoever takes the last administrator's place is not there yet: the one who acts was disabled a moment ago."""
    last = world.person("administrator").staff
    actor = replace(world.person("administrator", name="Otto Demo").staff)
    with world.storage.changing() as work:
        usecase.disable(world.service, work, last, actor.id)
    reasons = refused_for(world, lambda work: DEEDS[name](world, work, actor, last.id))
    assert [reason.code for reason in reasons] == [Objection.LAST_ADMINISTRATOR]


def test_who_was_disabled_is_let_in_again_on_record_and_with_what_they_had(world: World) -> None:
    actor, subject = world.person("administrator").staff, world.person().staff
    with world.storage.changing() as work:
        usecase.disable(world.service, work, actor, subject.id)
    reasons = refused_for(world, lambda work: DEEDS["renew"](world, work, actor, subject.id))
    assert [reason.code for reason in reasons] == [Objection.STAFF_DISABLED]
    with world.storage.changing() as work:
        enabled = usecase.enable(world.service, work, actor, subject.id)
    assert enabled.enabled
    assert (enabled.password_hash, enabled.totp_secret) == (subject.password_hash, subject.totp_secret)
    assert world.events()[-1] == Event.STAFF_ENABLED
