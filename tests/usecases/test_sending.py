"""Invariant 13: what was not sent is not called sent; and what is of no use any more is not sent."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.handover import Message
from services.domain.outcome import Unavailable
from services.secret import Secret
from services.usecases import checks, customer, delivery, performing
from services.vocabulary import ActionState, MessageKind, MessageState, StepState
from tests.support.at_work import Desk
from tests.support.world import World


class SilentMessenger:
    """Takes nothing."""

    def deliver(self, message: Message) -> None:
        raise Unavailable("the gateway is down")


class CountingMessenger:
    """Takes everything, and remembers what."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def deliver(self, message: Message) -> None:
        self.taken.append(message.id)


def test_a_message_that_was_sent_is_not_sent_again(world: World) -> None:
    """A worker that died between the record and the engine's own note of it tries again."""
    who = world.customer()
    assert who.phone is not None
    Desk.with_account(world, who).start(f"sms_code:{who.phone.id}")
    (sent,) = world.messages()
    counting = CountingMessenger()
    delivery.deliver(replace(world.service, messenger=counting), sent.id, f"deliver/{sent.id}")
    assert counting.taken == []
    assert world.events().count("message.sent") == 1


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


def waiting_for_the_messenger(world: World) -> str:
    """Id of an action whose reset link was written, and not taken by the messenger."""
    who = world.customer()
    assert who.phone is not None
    desk = Desk.with_account(world, who)
    desk.reverse_code(who.phone.id)
    action = desk.run("reset_link")
    with pytest.raises(Unavailable):
        performing.perform_step(replace(world.service, messenger=SilentMessenger()), action.id, f"perform/{action.id}")
    return action.id


def test_a_link_lives_from_when_it_is_sent(world: World) -> None:
    """However long it waited for the messenger; the card says until when, and that is the link's own end."""
    action_id = waiting_for_the_messenger(world)
    world.clock.turn(timedelta(hours=2))
    world.work()
    life = timedelta(hours=1)
    with world.storage.reading() as work:
        action = work.actions.get(action_id)
        link = work.links.by_token(world.token("reset_link"))
    assert link is not None
    assert action.state is ActionState.HANDED_OVER
    assert action.link_expires_at == link.expires_at == world.clock() + life
    world.clock.turn(life - timedelta(seconds=1))
    customer.set_password(world.service, world.token("reset_link"), Secret("four quiet herons at dusk"))
    with world.storage.reading() as work:
        assert work.actions.get(action_id).state is ActionState.DONE


def test_the_card_s_time_is_the_link_s_when_the_rest_comes_later(world: World) -> None:
    """The last step may come long after the link went: the link does not live longer for it."""
    who = world.customer()
    assert who.phone is not None
    desk = Desk.with_account(world, who)
    desk.reverse_code(who.phone.id)
    action = desk.run("reset_link")
    assert performing.perform_step(world.service, action.id, f"perform/{action.id}")
    sent_at = world.clock()
    world.clock.turn(timedelta(minutes=20))
    world.work()
    assert desk.action(action).link_expires_at == sent_at + timedelta(hours=1)


def test_the_link_of_what_was_stopped_is_not_sent(world: World) -> None:
    """It does not wait for ever either, with an address and a way in: it is settled."""
    action_id = waiting_for_the_messenger(world)
    with world.storage.changing() as work:
        customer.repudiate(world.service, work, world.token("reverse_code_link"))
    world.work()
    with world.storage.reading() as work:
        message = work.messages.by_dedupe(f"new_password/{action_id}")
    assert message is not None
    assert message.state is MessageState.FAILED
    assert "message.failed" in world.events()


@pytest.mark.parametrize("kind", [MessageKind.SMS_CODE, MessageKind.EMAIL_CODE, MessageKind.REVERSE_CODE_LINK])
@pytest.mark.parametrize("cancelled", [True, False])
def test_a_code_that_nobody_waits_for_is_not_sent(world: World, kind: MessageKind, cancelled: bool) -> None:
    """Its check was called off, or its time is up."""
    who = world.customer()
    assert who.phone is not None
    assert who.email is not None
    desk = Desk.with_account(world, who)
    target = who.email if kind is MessageKind.EMAIL_CODE else who.phone
    with world.storage.changing() as work:
        option = f"{kind.removesuffix('_link')}:{target.id}"
        check = checks.start(world.service, work, desk.agent.staff, desk.case.id, option)
    if cancelled:
        with world.storage.changing() as work:
            checks.cancel(world.service, work, desk.agent.staff, desk.case.id, check.id)
    else:
        world.clock.turn(check.expires_at - world.clock())
    world.work()
    assert world.messages() == []
    with world.storage.reading() as work:
        message = work.messages.by_dedupe(f"{kind}/{check.id}")
    assert message is not None
    assert message.state is MessageState.FAILED
