"""What a backup says is under way is stopped before anything runs: the database forgot what happened since."""

from datetime import timedelta

import pytest

from services.domain.outcome import Refused
from services.usecases import checks, customer, restoring, timers
from services.usecases.links import live_link
from services.usecases.restoring import Stopped
from services.vocabulary import ActionState, ActorId, CheckState, Event, LinkPurpose, Objection
from tests.support.at_work import Desk
from tests.support.world import Customer, World

OPERATOR = ActorId("service:command-line")


@pytest.fixture
def owner(world: World) -> Customer:
    return world.customer(totp=True, codes=True)


@pytest.fixture
def proven(world: World, owner: Customer) -> Desk:
    """An agent whose caller has proven enough for a reset of the authenticator."""
    desk = Desk.with_account(world, owner)
    assert owner.phone is not None
    desk.reverse_code(owner.phone.id)
    desk.answer(desk.start("recovery_code"), owner.codes[0].reveal())
    return desk


def reset_of(owner: Customer) -> str:
    assert owner.authenticator is not None
    return f"authenticator_reset:{owner.authenticator.id}"


def test_what_cools_off_is_stopped_and_never_falls_due(world: World, proven: Desk, owner: Customer) -> None:
    action = proven.run(reset_of(owner))
    world.work()
    assert restoring.stop_what_was_under_way(world.service, OPERATOR) == Stopped(actions=1, checks=0, messages=0)
    world.clock.turn(timedelta(days=30))
    assert timers.settle_due(world.service) == 1
    assert world.events()[-1] == Event.CASE_EXPIRED
    world.work()
    assert proven.action(action).state is ActionState.STOPPED
    with world.storage.reading() as work:
        assert work.accounts.dossier(owner.account.id).authenticators != ()


def test_what_runs_performs_no_further_step(world: World, proven: Desk) -> None:
    action = proven.run("reset_link")
    assert action.state is ActionState.RUNNING
    restoring.stop_what_was_under_way(world.service, OPERATOR)
    world.work()
    assert {step.state for step in proven.action(action).steps} == {"waiting"}
    assert world.parts.outbox.due(10) == []


def test_a_link_that_was_handed_over_opens_nothing_any_more(world: World, proven: Desk) -> None:
    action = proven.run("reset_link")
    world.work()
    assert proven.action(action).state is ActionState.HANDED_OVER
    token = world.token("reset_link")
    with world.storage.reading() as work:
        live_link(world.service, work, token, LinkPurpose.NEW_PASSWORD)
    assert restoring.stop_what_was_under_way(world.service, OPERATOR).actions == 1
    with world.storage.reading() as work, pytest.raises(Refused) as refused:
        live_link(world.service, work, token, LinkPurpose.NEW_PASSWORD)
    assert refused.value.reasons[0].code is Objection.LINK_DEAD


def test_a_check_that_waits_is_cancelled_and_its_link_proves_nothing(world: World, who: Customer, desk: Desk) -> None:
    assert who.phone is not None
    check = desk.start(f"reverse_code:{who.phone.id}")
    token = world.token("reverse_code_link")
    assert restoring.stop_what_was_under_way(world.service, OPERATOR).checks == 1
    with world.storage.changing() as work, pytest.raises(Refused):
        customer.type_number(world.service, work, token, check.read_out or "")
    with world.storage.reading() as work:
        assert work.checks.get(check.id).state is CheckState.CANCELLED


def test_a_message_that_may_have_gone_is_not_sent_again(world: World, who: Customer, desk: Desk) -> None:
    assert who.phone is not None
    with world.storage.changing() as work:
        checks.start(world.service, work, desk.agent.staff, desk.case.id, f"sms_code:{who.phone.id}")
    assert restoring.stop_what_was_under_way(world.service, OPERATOR).messages == 1
    world.work()
    assert world.messages() == []
    with world.storage.reading() as work:
        assert work.messages.queued(10) == []
    assert Event.MESSAGE_FAILED in world.events()


def test_each_and_all_together_is_on_record(world: World, proven: Desk, owner: Customer) -> None:
    proven.run(reset_of(owner))
    proven.run("reset_link")
    world.work()
    before = len(world.events())
    assert restoring.stop_what_was_under_way(world.service, OPERATOR).actions == 2
    assert world.events()[before:] == [Event.ACTION_STOPPED, Event.ACTION_STOPPED, Event.RESTORE_ACCEPTED]
    with world.storage.reading() as work:
        stopped = list(work.timeline(proven.case.id))[-1]
    assert (stopped.actor, stopped.details["reasons"]) == (OPERATOR, [Objection.RESTORED])
    assert restoring.stop_what_was_under_way(world.service, OPERATOR) == Stopped(actions=0, checks=0, messages=0)


def test_more_than_fit_one_transaction_are_all_stopped(world: World) -> None:
    for _ in range(3):
        who = world.customer()
        desk = Desk.with_account(world, who)
        assert who.phone is not None
        desk.start(f"sms_code:{who.phone.id}")
    with world.storage.reading() as work:
        assert len(work.checks.pending(2)) == 2
    assert restoring.stop_what_was_under_way(world.service, OPERATOR).checks == 3
