"""What comes up between a decision and its deed, and after it: C-TA-08, invariants 9 and 11, N-THR-01."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from services.domain import attempts as limits
from services.domain.account import ContactPoint
from services.domain.methods import RECOVERY_CODES
from services.domain.outcome import Entry, Outcome
from services.domain.recovery import Action
from services.secret import Secret
from services.storage import tables
from services.usecases import customer, enrolment, timers
from services.usecases.links import ENROLMENT_BUCKET
from services.vocabulary import SYSTEM, ActionState, CheckState, Event, StepState
from tests.support.at_work import Desk
from tests.support.world import PASSWORD, Customer, World


def contact(who: Customer, kind: str = "phone") -> ContactPoint:
    point = who.phone if kind == "phone" else who.email
    assert point is not None
    return point


def cooling_reset(world: World) -> tuple[Customer, Desk, Action]:
    """Somebody whose lost authenticator is about to be removed, after the cooling-off."""
    who = world.customer(totp=True, codes=True)
    desk = Desk.with_account(world, who)
    desk.reverse_code(contact(who).id)
    desk.answer(desk.start("recovery_code"), who.codes[0].reveal())
    assert who.authenticator is not None
    action = desk.run(f"authenticator_reset:{who.authenticator.id}")
    assert action.state is ActionState.COOLING
    world.work()
    return who, desk, action


def due(world: World) -> None:
    """The cooling-off is over, and whatever falls due falls due."""
    world.clock.turn(timedelta(hours=1))
    timers.settle_due(world.service)
    world.work()


def authenticators(world: World, who: Customer) -> int:
    """How many are in use."""
    with world.storage.reading() as work:
        return sum(one.disabled_at is None for one in work.accounts.dossier(who.account.id).authenticators)


def test_freezing_stops_what_cools_off_and_nothing_of_it_ever_runs(world: World) -> None:
    who, _, action = cooling_reset(world)
    other = Desk.with_account(world, who)
    other.run("freeze", reason="The owner called from another number.")
    world.work()
    assert other.action(action).state is ActionState.STOPPED
    due(world)
    assert authenticators(world, who) == 1


def test_what_runs_already_stops_before_its_next_step(world: World) -> None:
    """Invariants 9 and 13: the effect was queued, and the owner was faster than the worker."""
    who = world.customer()
    desk = Desk.with_account(world, who)
    desk.reverse_code(contact(who).id)
    action = desk.run("reset_link")
    assert action.state is ActionState.RUNNING
    with world.storage.changing() as work:
        customer.repudiate(world.service, work, world.token("reverse_code_link"))
    assert desk.action(action).state is ActionState.STOPPED
    world.work()
    stopped = desk.action(action)
    assert stopped.state is ActionState.STOPPED
    assert {step.state for step in stopped.steps} == {StepState.WAITING}
    assert [message for message in world.messages() if message.kind == "reset_link"] == []


def test_an_address_that_changes_meanwhile_gets_no_link(world: World) -> None:
    """The link would go where it was decided to go, and that is no longer the owner's for certain."""
    who, desk, action = cooling_reset(world)
    with world.storage.changing() as work:
        mail = tables.contact_points.c.id == contact(who, "email").id
        work.connection.execute(update(tables.contact_points).where(mail).values(changed_at=world.clock()))
    due(world)
    assert desk.action(action).state is ActionState.STOPPED
    assert authenticators(world, who) == 1
    assert [message for message in world.messages() if message.kind == "enrolment_link"] == []


def test_an_owner_who_typed_the_number_can_still_say_that_it_was_not_them(world: World) -> None:
    who = world.customer()
    desk = Desk.with_account(world, who)
    check = desk.reverse_code(contact(who).id).check
    assert check.state is CheckState.PASSED
    with world.storage.changing() as work:
        customer.repudiate(world.service, work, world.token("reverse_code_link"))
    with world.storage.reading() as work:
        assert work.checks.get(check.id).state is CheckState.REPUDIATED
    assert not any(one.counts for one in desk.view().checks)


def test_every_review_that_opens_is_on_record(world: World) -> None:
    """Invariant 11: also the second, when the account is frozen already."""
    who, desk, _ = cooling_reset(world)
    world.work()
    desk.run("freeze", reason="Something is wrong.")
    world.work()
    with world.storage.changing() as work:
        customer.stop(world.service, work, world.token("notice_scheduled"))
    with world.storage.reading() as work:
        reviews = work.accounts.dossier(who.account.id).open_reviews
    assert reviews == 2
    assert world.events().count(Event.REVIEW_OPENED) == reviews


def test_what_is_bound_anew_is_no_longer_held_against_its_owner(world: World) -> None:
    """N-THR-01: the old codes were guessed at until they were shut; the new ones can be used."""
    who, _, _ = cooling_reset(world)
    due(world)
    with world.storage.changing() as work:
        for bucket in (RECOVERY_CODES, ENROLMENT_BUCKET):
            counters = work.accounts.dossier(who.account.id).attempts
            before = counters.get(bucket) or limits.none_yet(who.account.id, bucket, world.clock())
            work.attempts.put(replace(before, in_a_row=49))
        work.record(Outcome(state=None, entry=Entry(event=Event.CHECK_FAILED, at=world.clock(), actor=SYSTEM)))
    token = world.token("enrolment_link")
    started = enrolment.start(world.service, token, Secret(PASSWORD))
    enrolment.bind(world.service, token, started.sealed, world.totp(started.key))
    with world.storage.reading() as work:
        after = work.accounts.dossier(who.account.id).attempts
    assert {after[bucket].in_a_row for bucket in (RECOVERY_CODES, ENROLMENT_BUCKET)} == {0}
