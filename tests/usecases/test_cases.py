"""Invariant 2: an account is read inside a case of one's own, found once, exactly, and not often (A-05)."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services.domain.budget import BUDGET_WINDOW
from services.domain.outcome import Missing, Refused, Why
from services.storage import tables
from services.usecases import cases
from services.vocabulary import Objection
from tests.support.at_work import Desk
from tests.support.world import World

NOBODY = "nobody@postbox.example"


def refusals(refused: pytest.ExceptionInfo[Refused]) -> list[Objection]:
    """The codes of every reason."""
    return [reason.code for reason in refused.value.reasons]


def reveal(desk: Desk, field: str, reason: str = "The caller asks which one") -> None:
    """Show one field in clear."""
    with desk.world.storage.changing() as work:
        cases.reveal(desk.world.service, work, desk.agent.staff, desk.case.id, field, reason)


def test_without_a_reference_there_is_no_case(world: World) -> None:
    agent = world.person()
    for reference in ("", "  ", "T"):
        with pytest.raises(Refused):
            Desk.open(world, agent, reference)


def test_a_case_finds_one_account_and_no_other(world: World) -> None:
    """An agent who found somebody cannot go on to the next one on the same call."""
    first, second = world.customer(), world.customer()
    desk = Desk.with_account(world, first)
    with pytest.raises(Refused) as refused:
        desk.look_up(second.account.customer_number)
    assert refusals(refused) == [Objection.ACCOUNT_ALREADY_FOUND]
    with world.storage.reading() as work:
        assert work.cases.get(desk.case.id).account_id == first.account.id


def test_a_case_has_so_many_tries(world: World) -> None:
    desk = Desk.open(world)
    most = world.service.policy.lookups_per_case
    for nth in range(most):
        case = desk.look_up(NOBODY)
        assert case.lookups == nth + 1
        assert case.account_id is None
    with pytest.raises(Refused) as refused:
        desk.look_up(world.customer().account.customer_number)
    assert refusals(refused) == [Objection.LOOKUPS_USED_UP]
    assert Desk.open(world, desk.agent, "T-1043").look_up(NOBODY).lookups == 1


def test_an_agent_has_so_many_in_an_hour_whatever_the_case(world: World) -> None:
    """A hit costs as much as a miss; the next hour starts afresh, and a colleague has tries of their own."""
    who = world.customer()
    policy, agent = world.service.policy, world.person()
    for nth in range(policy.lookups_per_agent_hour):
        Desk.open(world, agent, f"T-{nth:04}").look_up(who.account.customer_number if nth % 2 else NOBODY)
    tired = Desk.open(world, agent, "T-9000")
    with pytest.raises(Refused) as refused:
        tired.look_up(who.account.customer_number)
    assert refusals(refused) == [Objection.LOOKUPS_USED_UP]
    assert Desk.open(world, world.person()).look_up(who.account.customer_number).account_id == who.account.id
    world.clock.turn(BUDGET_WINDOW)
    assert tired.look_up(who.account.customer_number).account_id == who.account.id


def test_what_cannot_be_read_costs_nothing(world: World) -> None:
    desk = Desk.open(world)
    for query in ("", "  ", "\u200b"):
        with pytest.raises(Refused) as refused:
            desk.look_up(query)
        assert refusals(refused) == [Objection.UNREADABLE_QUERY]
    assert desk.look_up(NOBODY).lookups == 1


def test_a_part_of_what_is_on_file_matches_nobody(world: World) -> None:
    """Exact match: no browsing, and no guessing letter by letter."""
    who = world.customer()
    assert who.email is not None
    assert who.phone is not None
    for query in (who.email.value[1:], who.email.value.split("@")[0] + "@postbox.exampl", who.phone.value[:-1]):
        assert Desk.open(world, world.person()).look_up(query).account_id is None


def test_what_two_accounts_share_finds_neither(world: World) -> None:
    """One telephone for two people: what else the caller says tells them apart, and nobody is shown a choice."""
    first, second = world.customer(), world.customer()
    assert first.phone is not None
    assert second.phone is not None
    points = tables.contact_points
    with world.storage.changing() as work:
        shared = work.connection.scalar(select(points.c.value_index).where(points.c.id == first.phone.id))
        work.connection.execute(update(points).where(points.c.id == second.phone.id).values(value_index=shared))
    desk = Desk.open(world)
    assert desk.look_up(first.phone.value).account_id is None
    assert desk.look_up(second.account.customer_number).account_id == second.account.id


def test_a_colleagues_case_is_not_there(world: World) -> None:
    desk = Desk.open(world)
    other = Desk(world, world.person(), desk.case)
    with pytest.raises(Missing):
        other.look_up(NOBODY)


def test_an_ended_case_reads_nothing(world: World) -> None:
    desk = Desk.open(world)
    with world.storage.changing() as work:
        case = work.cases.get(desk.case.id)
        cases.close(world.service, work, desk.agent.staff, case.id, case.version, "")
    with pytest.raises(Refused):
        desk.look_up(world.customer().account.customer_number)


class TestReveal:
    """Each field shown in clear has a reason, and an agent has so many in an hour."""

    def test_a_field_that_is_not_this_customers_is_not_shown(self, world: World, desk: Desk) -> None:
        other = world.customer()
        assert other.phone is not None
        with pytest.raises(Refused) as refused:
            reveal(desk, other.phone.id)
        assert refusals(refused) == [Objection.NO_SUCH_FIELD]

    def test_without_a_reason_nothing_is_shown(self, desk: Desk) -> None:
        with pytest.raises(Refused) as refused:
            reveal(desk, "name", "  ")
        assert refusals(refused) == [Objection.REASON_MISSING]

    def test_an_hour_has_so_many(self, world: World, desk: Desk) -> None:
        for _ in range(world.service.policy.reveals_per_agent_hour):
            reveal(desk, "name")
        with pytest.raises(Refused) as refused:
            reveal(desk, "name")
        assert refusals(refused) == [Objection.REVEALS_USED_UP]
        afresh = Why(code=Objection.REVEALS_USED_UP, at=world.clock() + BUDGET_WINDOW)
        assert desk.view().reveal_why_not == refused.value.reasons == (afresh,)
        world.clock.turn(timedelta(hours=1))
        reveal(desk, "name")

    def test_each_is_on_record(self, world: World, desk: Desk) -> None:
        reveal(desk, "name")
        assert world.events().count("account.revealed") == 1


@pytest.mark.parametrize("option", ["reset_link", "unlock", "freeze"])
def test_without_an_account_nothing_can_be_done(world: World, option: str) -> None:
    """Invariants 2 and 3."""
    with pytest.raises(Refused) as refused:
        Desk.open(world).run(option, reason="The caller is in a hurry.")
    assert refusals(refused) == [Objection.NO_ACCOUNT_YET]


def test_what_the_card_does_not_offer_cannot_be_asked_for(world: World) -> None:
    """Nor what another customer's card does."""
    other = world.customer(totp=True)
    assert other.authenticator is not None
    desk = Desk.with_account(world, world.customer())
    for option in ("", "give_me_everything", f"authenticator_reset:{other.authenticator.id}"):
        with pytest.raises(Refused) as refused:
            desk.run(option)
        assert refusals(refused) == [Objection.NOTHING_TO_DO]
