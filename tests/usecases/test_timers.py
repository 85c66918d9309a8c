"""What falls due by itself."""

from datetime import timedelta

from services.usecases import timers
from services.vocabulary import CheckState
from tests.support.at_work import Desk
from tests.support.world import World


def test_an_answer_is_forgotten_after_a_day_and_not_before(world: World) -> None:
    with world.storage.changing() as work:
        work.keep_answer("stf_1/key-12345678", b"request", b"answer")
    world.clock.turn(timedelta(hours=23))
    assert timers.forget_answers(world.service) == 0
    world.clock.turn(timedelta(hours=2))
    assert timers.forget_answers(world.service) == 1


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
