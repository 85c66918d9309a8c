"""Invariant 13: what was not sent is not called sent."""

from dataclasses import replace

import pytest

from services.domain.handover import Message
from services.domain.outcome import Unavailable
from services.usecases import performing
from services.vocabulary import ActionState, MessageState, StepState
from tests.support.at_work import Desk
from tests.support.world import World


class SilentMessenger:
    """Takes nothing."""

    def deliver(self, message: Message) -> None:
        raise Unavailable("the gateway is down")


def test_a_link_counts_as_sent_when_the_messenger_took_it(world: World) -> None:
    who = world.customer()
    assert who.phone is not None
    desk = Desk.with_account(world, who)
    desk.reverse_code(who.phone.id)
    action = desk.run("reset_link")
    silent = replace(world.service, messenger=SilentMessenger())
    for _ in range(3):
        with pytest.raises(Unavailable):
            performing.perform_step(silent, action.id, f"perform/{action.id}")
    assert desk.action(action).steps[0].state is StepState.WAITING
    assert "action.step_done" not in world.events()
    assert world.events().count("link.made") == 1
    performing.give_up_step(silent, action.id, f"perform/{action.id}")
    given_up = desk.action(action)
    assert (given_up.state, given_up.steps[0].state) == (ActionState.FAILED, StepState.FAILED)
    with world.storage.reading() as work:
        message = work.messages.by_dedupe(f"new_password/{action.id}")
    assert message is not None
    assert message.state is MessageState.FAILED


def test_a_link_is_sent_once_however_often_its_step_is_tried(world: World) -> None:
    who = world.customer()
    assert who.phone is not None
    desk = Desk.with_account(world, who)
    desk.reverse_code(who.phone.id)
    action = desk.run("reset_link")
    world.work()
    assert not performing.perform_step(world.service, action.id, f"perform/{action.id}")
    assert len([message for message in world.messages() if message.kind == "reset_link"]) == 1
