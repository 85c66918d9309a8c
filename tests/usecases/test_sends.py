"""N-OOB-04: how many codes and links an owner is sent, whoever asks for them and however many are answered."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.answering import Fit
from services.domain.attempts import SENDS, SENDS_DAILY
from services.domain.outcome import Refused, Why
from services.usecases import checks
from services.vocabulary import CheckState, Objection
from tests.support.at_work import Desk
from tests.support.world import Customer, World

DAY = timedelta(days=1)


def counted(world: World, who: Customer) -> dict[str, int]:
    """What is counted of the messages to somebody."""
    with world.storage.reading() as work:
        attempts = work.accounts.dossier(who.account.id).attempts
        return {name: attempts[name].failures for name in (SENDS, SENDS_DAILY) if name in attempts}


def test_an_answered_code_begins_the_run_afresh_and_not_the_day(world: World, who: Customer) -> None:
    assert who.phone is not None
    assert who.email is not None
    desk = Desk.with_account(world, who)
    desk.start(f"sms_code:{who.phone.id}")
    assert counted(world, who) == {SENDS: 1, SENDS_DAILY: 1}
    desk.reverse_code(who.phone.id)
    assert counted(world, who) == {SENDS: 0, SENDS_DAILY: 2}
    desk.start(f"email_code:{who.email.id}")
    assert counted(world, who) == {SENDS: 1, SENDS_DAILY: 3}


def test_a_day_holds_so_many_whoever_asks_and_then_it_says_until_when(world: World, who: Customer) -> None:
    """In a case of its own each, by other agents, to another address, and each of them answered."""
    assert who.phone is not None
    assert who.email is not None
    limit, agents = world.service.policy.sends_daily.limit, [world.person(), world.person()]
    for nth in range(limit):
        contact = who.phone if nth % 2 else who.email
        assert Desk.with_account(world, who, agents[nth % 2]).reverse_code(contact.id).fit is Fit.RIGHT
        world.clock.turn(timedelta(minutes=1))
    sent = [one for one in world.messages() if one.kind == "reverse_code_link"]
    assert len(sent) == limit
    until = world.clock() - timedelta(minutes=1) + DAY
    last = Desk.with_account(world, who, agents[0])
    for option in (f"sms_code:{who.phone.id}", f"voice_code:{who.phone.id}", f"email_code:{who.email.id}"):
        with pytest.raises(Refused) as refused:
            last.start(option)
        assert refused.value.reasons == (Why(code=Objection.SENDS_USED_UP, at=until),)
    world.clock.now = until
    assert Desk.with_account(world, who, agents[1]).start(f"sms_code:{who.phone.id}").state is CheckState.PENDING
    assert counted(world, who) == {SENDS: 1, SENDS_DAILY: 1}


def test_what_sends_nothing_and_another_account_are_not_held_up(world: World) -> None:
    who, other = world.customer(codes=True), world.customer()
    assert who.phone is not None
    assert other.phone is not None
    for _ in range(world.service.policy.sends_daily.limit):
        Desk.with_account(world, who).reverse_code(who.phone.id)
        world.clock.turn(timedelta(minutes=1))
    desk = Desk.with_account(world, who)
    assert desk.answer(desk.start("recovery_code"), who.codes[0].reveal()).fit is Fit.RIGHT
    assert Desk.with_account(world, other).start(f"sms_code:{other.phone.id}").state is CheckState.PENDING


def test_all_at_once_are_no_more_than_one_after_another(world: World, who: Customer) -> None:
    """Invariant 10."""
    assert who.phone is not None
    phone, policy = who.phone, world.service.policy
    often = replace(world.service, policy=replace(policy, sends=replace(policy.sends, limit=100)))
    desks = [Desk.with_account(world, who) for _ in range(policy.sends_daily.limit + 4)]

    def begun(desk: Desk) -> bool:
        with world.storage.changing() as work:
            try:
                checks.start(often, work, desk.agent.staff, desk.case.id, f"sms_code:{phone.id}")
            except Refused:
                return False
            return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(begun, desks)) == policy.sends_daily.limit
    assert counted(world, who)[SENDS_DAILY] == policy.sends_daily.limit
