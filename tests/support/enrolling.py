"""An owner whose lost authenticator was removed, and the link to set up another."""

from datetime import timedelta

from services.usecases import timers
from tests.support.at_work import Desk
from tests.support.world import Customer, World


def sent(world: World) -> Customer:
    """Somebody who was just sent an enrolment link."""
    who = world.customer(totp=True, codes=True)
    assert who.phone is not None
    assert who.authenticator is not None
    desk = Desk.with_account(world, who)
    desk.reverse_code(who.phone.id)
    desk.answer(desk.start("recovery_code"), who.codes[0].reveal())
    desk.run(f"authenticator_reset:{who.authenticator.id}")
    world.work()  # the owner is told, and the cooling-off begins
    world.clock.turn(timedelta(minutes=16))
    timers.settle_due(world.service)
    world.work()
    return who
