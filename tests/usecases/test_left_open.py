"""Invariant 2: an open case is its agent's window on the account, and one that is left alone closes itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from services.domain.case import Case
from services.domain.outcome import Entry, Outcome
from services.storage.unit_of_work import SqlStorage, Work
from services.usecases import cases, timers
from services.usecases.service import Service
from services.vocabulary import SYSTEM, ActionState, ActorId, CaseState, CheckState, Event
from tests.support.at_work import Desk
from tests.support.world import Customer, World

MOMENT = timedelta(seconds=1)
SHORT = timedelta(minutes=5)
"""Shorter than any check or cooling-off."""


def now_of(desk: Desk) -> Case:
    """The case as it is now."""
    with desk.world.storage.reading() as work:
        return work.cases.get(desk.case.id)


def note(desk: Desk) -> None:
    """The agent writes a note."""
    with desk.world.storage.changing() as work:
        cases.note(desk.world.service, work, desk.agent.staff, desk.case.id, "She calls back tonight.")


def impatient(world: World) -> Service:
    """The service under a policy that lets no case wait."""
    return replace(world.service, policy=replace(world.service.policy, case_idle=SHORT))


def test_it_closes_when_nothing_happened_for_so_long_and_not_a_second_before(world: World, desk: Desk) -> None:
    idle = world.service.policy.case_idle
    world.clock.turn(timedelta(hours=3))
    note(desk)
    world.clock.turn(idle - MOMENT)
    assert timers.settle_due(world.service) == 0
    world.clock.turn(MOMENT)
    assert timers.settle_due(world.service) == 1
    case = now_of(desk)
    assert (case.state, case.closed_at) == (CaseState.CLOSED, world.clock())
    assert timers.settle_due(world.service) == 0


def test_it_is_on_record_as_nobody_s_deed_and_the_desktops_are_told(world: World, desk: Desk) -> None:
    told: list[Entry] = []
    world.storage.committed.append(lambda entries, _effects: told.extend(entries.values()))
    world.clock.turn(world.service.policy.case_idle)
    timers.settle_due(world.service)
    assert [(one.event, one.actor, one.case) for one in told] == [(Event.CASE_EXPIRED, SYSTEM, desk.case.id)]
    assert desk.view().methods == ()
    note(desk)
    assert world.events()[-1] == Event.CASE_NOTED


def test_looks_and_refused_tries_keep_it_open_no_longer(world: World, desk: Desk) -> None:
    """Or a supervisor who only wonders, or anybody who tries what they may not, would hold the window open."""
    idle, supervisor = world.service.policy.case_idle, world.person("supervisor")
    world.clock.turn(idle - MOMENT)
    with world.storage.changing() as work:
        cases.read_case(world.service, work, desk.agent.staff, desk.case.id)
        cases.read_case(world.service, work, supervisor.staff, desk.case.id)
        tried = Entry(event=Event.REFUSED, at=world.clock(), actor=ActorId(supervisor.staff.id), case=desk.case.id)
        work.record(Outcome(state=None, entry=tried))
    assert world.events()[-2:] == [Event.CASE_READ, Event.REFUSED]
    world.clock.turn(MOMENT)
    assert timers.settle_due(world.service) == 1
    assert now_of(desk).state is CaseState.CLOSED


def test_a_clock_that_was_ahead_for_a_moment_keeps_nothing_open(world: World, desk: Desk) -> None:
    """Nor does a case that is not closed after all stand first among those that are tried, for ever."""
    world.clock.turn(timedelta(days=2))
    note(desk)
    world.clock.turn(-timedelta(days=2))
    note(desk)
    world.clock.turn(world.service.policy.case_idle - MOMENT)
    assert timers.settle_due(world.service) == 0
    world.clock.turn(MOMENT)
    assert timers.settle_due(world.service) == 1
    assert now_of(desk).state is CaseState.CLOSED


def test_a_check_that_waits_has_its_own_end_first(world: World, desk: Desk, who: Customer) -> None:
    assert who.phone is not None
    service, check = impatient(world), desk.start(f"sms_code:{who.phone.id}")
    world.clock.now = check.expires_at - MOMENT
    assert timers.settle_due(service) == 0
    world.clock.turn(MOMENT)
    assert timers.settle_due(service) == 1
    assert (now_of(desk).state, world.events()[-1]) == (CaseState.OPEN, Event.CHECK_EXPIRED)
    world.clock.turn(SHORT)
    assert timers.settle_due(service) == 1
    assert now_of(desk).state is CaseState.CLOSED


def test_an_action_that_is_not_settled_has_its_own_end_first(world: World) -> None:
    """Cooling, running or with the owner; when the owner did not follow the link, the case is left alone from then."""
    who = world.customer(totp=True, codes=True)
    assert who.phone is not None
    assert who.authenticator is not None
    service, desk = impatient(world), Desk.with_account(world, who)
    desk.reverse_code(who.phone.id)
    desk.answer(desk.start("recovery_code"), who.codes[0].reveal())
    action = desk.run(f"authenticator_reset:{who.authenticator.id}")
    world.work()
    for state in (ActionState.COOLING, ActionState.RUNNING, ActionState.HANDED_OVER):
        assert desk.action(action).state is state
        world.clock.turn(SHORT)
        assert timers.settle_due(service) == 0
        if state is ActionState.COOLING:
            world.clock.turn(timedelta(hours=1))
            timers.settle_due(service)
        elif state is ActionState.RUNNING:
            world.work()
    world.clock.turn(timedelta(days=1))
    assert (timers.settle_due(service), desk.action(action).state) == (1, ActionState.EXPIRED)
    assert now_of(desk).state is CaseState.OPEN
    world.clock.turn(SHORT)
    assert (timers.settle_due(service), now_of(desk).state) == (1, CaseState.CLOSED)


def test_what_waits_or_is_worked_on_is_not_even_asked_about(world: World, desk: Desk, who: Customer) -> None:
    """However many such cases there are, they are in nobody's way."""
    assert who.phone is not None
    acting, noted, alone = (Desk.with_account(world, world.customer(), desk.agent) for _ in range(3))
    desk.start(f"sms_code:{who.phone.id}")
    acting.run("freeze", reason="The owner asked for it.")
    world.clock.turn(SHORT)
    note(noted)
    with world.storage.reading() as work:
        assert work.cases.idle(world.clock() - SHORT, 10) == [alone.case.id]
        assert work.cases.idle(world.clock() - SHORT - MOMENT, 10) == []


def test_many_are_closed_in_rounds_and_the_oldest_first(world: World, desk: Desk) -> None:
    others = []
    for _ in range(timers.AT_ONCE):
        world.clock.turn(MOMENT)
        others.append(Desk.open(world, desk.agent))
    service = impatient(world)
    world.clock.turn(SHORT)
    assert timers.settle_due(service) == timers.AT_ONCE
    states = [now_of(one).state for one in (desk, others[-2], others[-1])]
    assert states == [CaseState.CLOSED, CaseState.CLOSED, CaseState.OPEN]
    assert timers.settle_due(service) == 1


@dataclass
class Interrupted:
    """Storage in which somebody comes between what is read and what is changed."""

    storage: SqlStorage
    between: Callable[[], object]

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """What is read, and then somebody acts."""
        with self.storage.reading() as work:
            yield work
        self.between()

    @contextmanager
    def changing(self) -> Iterator[Work]:
        """As it is."""
        with self.storage.changing() as work:
            yield work


@pytest.mark.parametrize("deed", ["note", "check", "action"])
def test_whoever_comes_back_in_the_last_moment_finds_it_open(
    world: World, desk: Desk, who: Customer, deed: str
) -> None:
    """Also when the round then takes so long that it would be time again: what began waits."""
    assert who.phone is not None
    phone, service = who.phone, impatient(world)
    if deed == "action":
        desk.reverse_code(phone.id)
    world.clock.turn(SHORT)

    def comes_back() -> None:
        if deed == "note":
            note(desk)
            return
        desk.start(f"sms_code:{phone.id}") if deed == "check" else desk.run("reset_link")
        world.clock.turn(SHORT)

    assert timers.settle_due(replace(service, storage=Interrupted(world.storage, comes_back))) == 0
    assert now_of(desk).state is CaseState.OPEN


def test_it_ends_nothing_that_was_checked(world: World, desk: Desk, who: Customer) -> None:
    """The record stays as it was."""
    assert who.phone is not None
    desk.reverse_code(who.phone.id)
    world.clock.turn(world.service.policy.case_idle)
    assert timers.settle_due(world.service) == 1
    assert [one.state for one in desk.view().checks] == [CheckState.PASSED]
