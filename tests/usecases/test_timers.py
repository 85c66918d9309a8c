"""What falls due by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from services.storage import tables
from services.usecases import customer, timers
from services.vocabulary import ActionState, CheckState, MessageKind, MessageState
from tests.support.at_work import Desk
from tests.support.world import World


def test_an_answer_is_forgotten_after_a_day_and_not_before(world: World) -> None:
    with world.storage.changing() as work:
        work.keep_answer("stf_1/key-12345678", b"request", b"answer")
    world.clock.turn(timedelta(hours=23))
    assert timers.forget_answers(world.service) == 0
    world.clock.turn(timedelta(hours=2))
    assert timers.forget_answers(world.service) == 1


def test_what_is_over_for_good_is_forgotten_after_a_month_and_the_log_is_not(world: World) -> None:
    """Personal data is kept no longer than it serves: sealed addresses and texts of messages, links, sessions."""
    desk = Desk.with_account(world, who := world.customer())
    assert who.phone is not None
    desk.reverse_code(who.phone.id)
    desk.run("reset_link")
    world.work()
    sent, token, told = len(world.messages()), world.token("reset_link"), world.events()
    assert sent > 2
    world.clock.turn(timedelta(days=30) - timedelta(seconds=1))
    assert timers.forget_spent(world.service) == 0
    world.clock.turn(timedelta(seconds=2))
    assert timers.forget_spent(world.service) >= sent
    assert world.messages() == []
    assert world.events() == told
    world.clock.turn(timedelta(days=30))
    timers.forget_spent(world.service)
    with world.storage.reading() as work:
        assert work.links.by_token(token) is None


def test_what_is_still_of_use_is_not_forgotten(world: World) -> None:
    """A message that was not sent yet waits, however long; a link that lives is not killed by tidying."""
    desk = Desk.with_account(world, who := world.customer())
    assert who.phone is not None
    desk.start(f"reverse_code:{who.phone.id}")
    with world.storage.changing() as work:
        customer.repudiate(world.service, work, world.token("reverse_code_link"))
    world.clock.turn(timedelta(days=40))
    timers.forget_spent(world.service)
    world.work()
    told = [(message.kind, message.state) for message in world.messages()]
    assert told == [(MessageKind.NOTICE_FROZEN, MessageState.SENT)] * 2


def test_a_check_that_nobody_answers_expires_by_itself(world: World) -> None:
    """N-REC-08: a code by telephone lives ten minutes, to the second."""
    who = world.customer()
    assert who.phone is not None
    desk = Desk.with_account(world, who)
    check = desk.start(f"sms_code:{who.phone.id}")
    world.clock.turn(timedelta(minutes=10) - timedelta(seconds=1))
    assert timers.settle_due(world.service) == 0
    world.clock.turn(timedelta(seconds=1))
    assert timers.settle_due(world.service) == 1
    with world.storage.reading() as work:
        assert work.checks.get(check.id).state is CheckState.EXPIRED


@pytest.mark.logs_warning("settling chk_")
def test_what_cannot_be_read_keeps_nobody_else_waiting(world: World) -> None:
    """A row that was damaged, or sealed under a key that is gone: another customer's cooling-off ends all the same."""
    who, other = world.customer(totp=True, codes=True), world.customer()
    assert who.phone is not None
    assert who.authenticator is not None
    assert other.phone is not None
    damaged = Desk.with_account(world, other).start(f"sms_code:{other.phone.id}")
    desk = Desk.with_account(world, who)
    desk.reverse_code(who.phone.id)
    desk.answer(desk.start("recovery_code"), who.codes[0].reveal())
    action = desk.run(f"authenticator_reset:{who.authenticator.id}")
    world.work()
    with world.storage.changing() as work:
        row = update(tables.checks).where(tables.checks.c.id == damaged.id)
        work.connection.execute(row.values(read_out=b"\0" * 40))
    world.clock.turn(timedelta(hours=1))
    assert timers.settle_due(world.service) == 1
    assert desk.action(action).state is ActionState.RUNNING
