"""Dead links: each for its own reason, and nothing happens through one."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from services.domain.outcome import Missing, Refused
from services.secret import Secret
from services.storage import tables
from services.storage.unit_of_work import Work
from services.usecases import cases, customer
from services.vocabulary import CheckState, Objection
from tests.support.at_work import Desk
from tests.support.world import START, Customer, World

NEVER_MADE = Secret("A" * 43)


def sent(desk: Desk, contact_id: str) -> tuple[str, Secret[str]]:
    """A reverse code under way: the number that the agent reads out, and the owner's link."""
    desk.world.clock.turn(timedelta(seconds=1))  # of two links, the newer one is looked for
    check = desk.start(f"reverse_code:{contact_id}")
    return check.read_out or "", desk.world.token("reverse_code_link")


def refused_for(world: World, deed: Callable[[Work], object]) -> list[Objection]:
    """Why something is refused."""
    with pytest.raises(Refused) as refused, world.storage.changing() as work:
        deed(work)
    return [reason.code for reason in refused.value.reasons]


def test_a_link_that_was_never_made_opens_nothing(world: World) -> None:
    """One answer for all: it says nothing of whether it ever was one."""
    for deed in (
        lambda work: customer.type_number(world.service, work, NEVER_MADE, "123456"),
        lambda work: customer.note_opened(world.service, work, NEVER_MADE),
        lambda work: customer.repudiate(world.service, work, NEVER_MADE),
        lambda work: customer.stop(world.service, work, NEVER_MADE),
    ):
        with pytest.raises(Missing), world.storage.changing() as work:
            deed(work)
    with pytest.raises(Missing):
        customer.set_password(world.service, NEVER_MADE, Secret("correct horse battery staple"))


def test_a_number_typed_too_late_proves_nothing(world: World, who: Customer, desk: Desk) -> None:
    assert who.phone is not None
    number, token = sent(desk, who.phone.id)
    world.clock.turn(timedelta(minutes=10))
    reasons = refused_for(world, lambda work: customer.type_number(world.service, work, token, number))
    assert reasons == [Objection.LINK_DEAD]


def test_a_number_is_typed_once(world: World, who: Customer, desk: Desk) -> None:
    assert who.phone is not None
    number, token = sent(desk, who.phone.id)
    with world.storage.changing() as work:
        assert customer.type_number(world.service, work, token, number).check.state is CheckState.PASSED
    reasons = refused_for(world, lambda work: customer.type_number(world.service, work, token, number))
    assert reasons == [Objection.LINK_DEAD]


def test_after_that_was_not_me_no_other_link_of_the_account_does_anything(
    world: World, who: Customer, desk: Desk
) -> None:
    """Invariant 9: whoever reads the owner's mailbox cannot type on."""
    assert who.phone is not None
    assert who.email is not None
    _, texted = sent(desk, who.phone.id)
    number, mailed = sent(desk, who.email.id)
    with world.storage.changing() as work:
        customer.repudiate(world.service, work, texted)
    reasons = refused_for(world, lambda work: customer.type_number(world.service, work, mailed, number))
    assert reasons == [Objection.ACCOUNT_FROZEN]


def test_when_the_agent_closed_the_case_the_number_counts_no_more(world: World, who: Customer, desk: Desk) -> None:
    assert who.phone is not None
    number, token = sent(desk, who.phone.id)
    with world.storage.changing() as work:
        case = work.cases.get(desk.case.id)
        cases.close(world.service, work, desk.agent.staff, case.id, case.version, "")
    reasons = refused_for(world, lambda work: customer.type_number(world.service, work, token, number))
    assert reasons == [Objection.CASE_NOT_OPEN]


def test_an_old_notice_stops_nothing_any_more(world: World, who: Customer, desk: Desk) -> None:
    """A mailbox that is broken into a year later freezes no account."""
    assert who.phone is not None
    number, token = sent(desk, who.phone.id)
    with world.storage.changing() as work:
        customer.type_number(world.service, work, token, number)
    desk.run("reset_link")
    world.work()
    kind = next(message.kind for message in reversed(world.messages()) if message.kind.startswith("notice_"))
    notice = world.token(kind)
    world.clock.turn(timedelta(days=365))
    assert refused_for(world, lambda work: customer.stop(world.service, work, notice)) == [Objection.LINK_DEAD]
    with world.storage.reading() as work:
        assert work.accounts.get(who.account.id).frozen_at is None


@pytest.mark.parametrize(
    "happened",
    [{"sim_swap": "yes", "sim_swapped_at": START + timedelta(minutes=4)}, {"retired_at": START + timedelta(minutes=4)}],
    ids=["its SIM was swapped", "it was replaced"],
)
def test_a_link_is_no_use_at_an_address_that_is_safe_no_more(
    world: World, who: Customer, desk: Desk, happened: dict[str, object]
) -> None:
    """Invariants 4 and 5, at the last step too: it is the one that gives the account."""
    assert who.phone is not None
    assert who.email is not None
    number, mailed = sent(desk, who.email.id)
    with world.storage.changing() as work:
        customer.type_number(world.service, work, mailed, number)
    desk.run("reset_link")
    world.work()
    token = world.token("reset_link")
    world.clock.turn(timedelta(minutes=5))
    points = tables.contact_points
    with world.storage.changing() as work:
        work.connection.execute(update(points).where(points.c.id == who.phone.id).values(**happened))
    with pytest.raises(Refused) as refused:
        customer.set_password(world.service, token, Secret("correct horse battery staple"))
    assert [reason.code for reason in refused.value.reasons] == [Objection.LINK_DEAD]
