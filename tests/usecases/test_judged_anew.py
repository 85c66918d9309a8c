"""What an action rests on is judged anew before each of its steps that gives anything: C-TA-08, invariants 3 and 4."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from services.domain.handover import Message
from services.domain.outcome import Entry, Outcome, Unavailable
from services.domain.recovery import Action
from services.storage import tables
from services.usecases import performing, timers
from services.vocabulary import SYSTEM, ActionState, Event, SignalAnswer, StepState
from tests.support.at_work import Desk
from tests.support.world import Customer, World


class DeadMessenger:
    """Takes nothing."""

    def deliver(self, message: Message) -> None:
        raise Unavailable("the gateway is down")


class ListeningMessenger:
    """Takes everything, and remembers of what kind it was."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def deliver(self, message: Message) -> None:
        self.taken.append(message.kind)


def running_reset(world: World) -> tuple[Customer, Desk, Action]:
    """The reset of a lost authenticator whose cooling-off is over, its first step done; the phone proved the caller."""
    who = world.customer(totp=True, codes=True)
    assert who.phone is not None
    assert who.authenticator is not None
    desk = Desk.with_account(world, who)
    desk.reverse_code(who.phone.id)
    desk.answer(desk.start("recovery_code"), who.codes[0].reveal())
    action = desk.run(f"authenticator_reset:{who.authenticator.id}")
    world.work()
    world.clock.turn(timedelta(minutes=16))
    timers.settle_due(world.service)
    assert performing.perform_step(world.service, action.id, f"perform/{action.id}")
    assert [step.state for step in desk.action(action).steps].count(StepState.WAITING) == 4
    return who, desk, action


def swap_sim(world: World, who: Customer) -> None:
    """The portal reports that the SIM behind the customer's phone was swapped."""
    assert who.phone is not None
    with world.storage.changing() as work:
        swapped = {"sim_swap": SignalAnswer.YES, "sim_swapped_at": world.clock()}
        phone = tables.contact_points.c.id == who.phone.id
        work.connection.execute(update(tables.contact_points).where(phone).values(swapped))
        work.record(Outcome(state=None, entry=Entry(event=Event.ACCOUNTS_IMPORTED, at=world.clock(), actor=SYSTEM)))


def test_a_sim_swapped_between_two_steps_stops_the_rest(world: World) -> None:
    who, desk, action = running_reset(world)
    swap_sim(world, who)
    world.work()
    assert desk.action(action).state is ActionState.STOPPED
    with world.storage.reading() as work:
        assert [one.disabled_at for one in work.accounts.dossier(who.account.id).authenticators] == [None]
    assert list(world.links("enrolment_link")) == []


def test_a_link_that_waits_for_the_messenger_is_judged_again_before_it_goes(world: World) -> None:
    """Hours may go by until a gateway works again: what was written meanwhile is not sent because it was written."""
    who, desk, action = running_reset(world)
    key = f"perform/{action.id}"
    dead = replace(world.service, messenger=DeadMessenger())
    assert performing.perform_step(dead, action.id, key)
    assert performing.perform_step(dead, action.id, key)
    with pytest.raises(Unavailable):
        performing.perform_step(dead, action.id, key)
    swap_sim(world, who)
    listening = ListeningMessenger()
    assert not performing.perform_step(replace(world.service, messenger=listening), action.id, key)
    assert listening.taken == []
    assert desk.action(action).state is ActionState.STOPPED
