"""One case has several links that stop it: whichever its owner taps, each is taken, and says so in the log."""

from collections.abc import Callable

import pytest

from services.secret import Secret
from services.usecases import customer
from services.usecases.links import Opened
from services.usecases.ports import Work
from services.usecases.service import Service
from services.vocabulary import CaseState, Event
from tests.support.at_work import Desk
from tests.support.world import Customer, World

Tap = Callable[[Service, Work, Secret[str]], Opened]


def notices(world: World, who: Customer) -> str:
    """Links that stop a recovery, one on each address; the kind of message that they are in."""
    assert who.email is not None
    desk = Desk.with_account(world, who)
    desk.reverse_code(who.email.id)
    desk.run("reset_link")
    world.work()
    return "notice_done"


def questions(world: World, who: Customer) -> str:
    """Links of two reverse codes of one case; the kind of message that they are in."""
    assert who.phone is not None
    assert who.email is not None
    desk = Desk.with_account(world, who)
    desk.start(f"reverse_code:{who.phone.id}")
    desk.start(f"reverse_code:{who.email.id}")
    return "reverse_code_link"


@pytest.mark.parametrize(
    ("send", "tap"), [(notices, customer.stop), (questions, customer.repudiate)], ids=["stop", "not me"]
)
def test_every_tap_is_taken_and_on_record(world: World, send: Callable[[World, Customer], str], tap: Tap) -> None:
    """Invariant 11: using a link up is a decision of its own, also when there is nothing left to freeze."""
    kind = send(world, world.customer())
    paths = list(world.links(kind))
    before = world.events().count(Event.LINK_USED)
    assert len(paths) == 2
    cases = set()
    for path in paths:
        with world.storage.changing() as work:
            cases.add(tap(world.service, work, Secret(path.removeprefix("/c/"))).case.id)
    assert world.events().count(Event.LINK_USED) - before == 2
    with world.storage.reading() as work:
        assert [work.cases.get(one).state for one in cases] == [CaseState.FROZEN]
    assert world.events().count(Event.CASE_FROZEN) == world.events().count(Event.REVIEW_OPENED) == 1
