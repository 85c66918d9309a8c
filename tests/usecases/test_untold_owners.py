"""The owner is told, in time to stop it, and of what was begun and not finished: invariant 9, N-REC-17."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services.api.cards import case_card
from services.domain.handover import Message, notice_key
from services.domain.outcome import Entry, Outcome, Unavailable
from services.domain.recovery import Action
from services.storage import tables
from services.storage.data_keys import Unreadable
from services.usecases import delivery, performing, timers
from services.usecases.service import Service
from services.vocabulary import (
    SYSTEM,
    ActionId,
    ActionState,
    ContactKind,
    Event,
    MessageKind,
    MessageState,
    Objection,
    SignalAnswer,
    StepState,
)
from services.worker.engine import Progress, Reason
from services.worker.performers import performers
from tests.support.at_work import Desk
from tests.support.world import Customer, World


class Gateways:
    """Takes what goes by a channel that is up, and nothing else."""

    def __init__(self, *up: ContactKind) -> None:
        self.up = set(up)

    def deliver(self, message: Message) -> None:
        if message.channel not in self.up:
            raise Unavailable("the gateway is down")


def over(world: World, gateways: Gateways) -> Service:
    return replace(world.service, messenger=gateways)


def cooling(world: World, who: Customer) -> tuple[Desk, Action]:
    """The reset of a lost authenticator that cools off; the phone proved the caller, and no notice has gone yet."""
    assert who.phone is not None
    assert who.authenticator is not None
    desk = Desk.with_account(world, who)
    desk.reverse_code(who.phone.id)
    desk.answer(desk.start("recovery_code"), who.codes[0].reveal())
    return desk, desk.run(f"authenticator_reset:{who.authenticator.id}")


def pump(world: World, service: Service, *, patient: bool = True) -> None:
    """One try of everything that waits; without patience, what cannot be done is given up."""
    doers = performers(service)
    for effect in world.parts.outbox.due(100):
        doer = doers[effect.kind]
        try:
            while doer.perform(effect.payload, effect.key) is Progress.MORE:
                pass
        except Unavailable:
            if patient:
                continue
            doer.give_up(effect.payload, effect.key, Reason.UNAVAILABLE)
        world.parts.outbox.handed_over(effect.key)


def fall_due(world: World, service: Service) -> None:
    world.clock.turn(timedelta(minutes=16))
    timers.settle_due(service)


def in_use(world: World, who: Customer) -> bool:
    """Whether the authenticator still works."""
    with world.storage.reading() as work:
        return work.accounts.dossier(who.account.id).authenticators[0].disabled_at is None


def notices(world: World, who: Customer, kind: MessageKind) -> list[Message]:
    with world.storage.reading() as work:
        return [one for one in work.messages.every(account_id=who.account.id) if one.kind is kind]


def why_stopped(world: World, desk: Desk) -> set[Objection]:
    """What the agent's card says."""
    (recovery,) = case_card(world.service, desk.view()).recoveries
    return {reason.code for reason in recovery.why_stopped}


def test_nothing_runs_before_the_owner_was_told_and_had_the_time_to_stop_it(world: World) -> None:
    who = world.customer(totp=True, codes=True)
    desk, action = cooling(world, who)
    gateways = Gateways(ContactKind.PHONE)
    service = over(world, gateways)
    pump(world, service)
    fall_due(world, service)
    pump(world, service)
    assert desk.action(action).state is ActionState.COOLING
    gateways.up.add(ContactKind.EMAIL)
    pump(world, service)
    timers.settle_due(service)
    assert desk.action(action).state is ActionState.COOLING
    fall_due(world, service)
    pump(world, service)
    pump(world, service)
    assert desk.action(action).state is ActionState.HANDED_OVER


def test_what_the_owner_cannot_be_told_of_is_not_done(world: World) -> None:
    who = world.customer(totp=True, codes=True)
    desk, action = cooling(world, who)
    service = over(world, Gateways(ContactKind.PHONE))
    pump(world, service, patient=False)
    fall_due(world, service)
    pump(world, service, patient=False)
    assert desk.action(action).state is ActionState.STOPPED
    assert in_use(world, who)
    assert why_stopped(world, desk) == {Objection.OWNER_NOT_TOLD}


def test_a_sim_swapped_during_the_cooling_off_stops_it_and_the_agent_reads_why(world: World) -> None:
    """The signal came after the proof: what the action rests on is worth nothing any more."""
    who = world.customer(totp=True, codes=True)
    assert who.phone is not None
    desk, action = cooling(world, who)
    world.work()
    with world.storage.changing() as work:
        swapped = {"sim_swap": SignalAnswer.YES, "sim_swapped_at": world.clock()}
        phone = tables.contact_points.c.id == who.phone.id
        work.connection.execute(update(tables.contact_points).where(phone).values(swapped))
        work.record(Outcome(state=None, entry=Entry(event=Event.ACCOUNTS_IMPORTED, at=world.clock(), actor=SYSTEM)))
    fall_due(world, world.service)
    world.work()
    assert desk.action(action).state is ActionState.STOPPED
    assert in_use(world, who)
    assert why_stopped(world, desk) == {Objection.NEEDS_MORE_PROOF, Objection.SIM_SWAPPED}


def test_everybody_is_told_of_what_was_done_when_the_rest_cannot_be(world: World) -> None:
    """The mail gateway fails for good after the authenticator was taken out of use; text messages work."""
    who = world.customer(totp=True, codes=True)
    desk, action = cooling(world, who)
    world.work()
    service = over(world, Gateways(ContactKind.PHONE))
    fall_due(world, service)
    pump(world, service, patient=False)
    assert desk.action(action).state is ActionState.FAILED
    assert desk.action(action).steps[-1].state is StepState.WAITING
    told = notices(world, who, MessageKind.NOTICE_UNFINISHED)
    assert {one.channel for one in told} == set(ContactKind)
    assert all("your authenticator app was switched off" in one.body for one in told)
    pump(world, service, patient=False)
    states = {one.channel: one.state for one in notices(world, who, MessageKind.NOTICE_UNFINISHED)}
    assert states == {ContactKind.PHONE: MessageState.SENT, ContactKind.EMAIL: MessageState.FAILED}


def test_everybody_is_told_of_what_was_done_before_it_was_stopped(world: World) -> None:
    """A colleague freezes the account while the link waits for the mail gateway."""
    who = world.customer(totp=True, codes=True)
    desk, action = cooling(world, who)
    world.work()
    service = over(world, Gateways(ContactKind.PHONE))
    fall_due(world, service)
    pump(world, service)
    assert not in_use(world, who)
    desk.run("freeze", reason="Something is wrong.")
    pump(world, service)
    assert desk.action(action).state is ActionState.STOPPED
    assert len(notices(world, who, MessageKind.NOTICE_UNFINISHED)) == 2
    assert len(notices(world, who, MessageKind.NOTICE_FROZEN)) == 2


def unlocking(world: World) -> tuple[Customer, Desk, Action]:
    """A locked account that is unlocked, once the worker comes to it; the phone proved the caller."""
    who = world.customer(locked=True)
    assert who.phone is not None
    desk = Desk.with_account(world, who)
    desk.reverse_code(who.phone.id)
    return who, desk, desk.run("unlock")


def steps(desk: Desk, action: Action) -> list[StepState]:
    return [step.state for step in desk.action(action).steps]


def test_it_is_not_done_before_a_notice_went_beyond_what_proved_the_caller(world: World) -> None:
    """N-REC-17, invariant 13: a notice that is only written, or that went to the caller's phone, tells no owner."""
    _, desk, action = unlocking(world)
    gateways = Gateways()
    service = over(world, gateways)
    for up in ((), (ContactKind.PHONE,)):
        gateways.up = set(up)
        pump(world, service)
        pump(world, service)
        assert steps(desk, action) == [StepState.DONE, StepState.WAITING]
        assert desk.action(action).state is ActionState.RUNNING
    gateways.up.add(ContactKind.EMAIL)
    pump(world, service)
    assert steps(desk, action) == [StepState.DONE, StepState.DONE]
    assert desk.action(action).state is ActionState.DONE


@pytest.mark.parametrize("up", [(), (ContactKind.PHONE,)], ids=["nothing went", "only to the caller"])
def test_it_failed_when_nobody_can_be_told_and_the_card_says_so(world: World, up: tuple[ContactKind, ...]) -> None:
    who, desk, action = unlocking(world)
    service = over(world, Gateways(*up))
    pump(world, service, patient=False)
    pump(world, service, patient=False)
    assert steps(desk, action) == [StepState.DONE, StepState.FAILED]
    assert desk.action(action).state is ActionState.FAILED
    assert [event for event in world.events() if event in ("action.step_failed", "action.failed")] == [
        *("action.step_failed", "action.failed"),
    ]
    assert notices(world, who, MessageKind.NOTICE_UNFINISHED) == []
    pump(world, service, patient=False)
    with world.storage.reading() as work:
        assert work.messages.queued(10) == []


def test_an_owner_with_one_address_is_told_there(world: World) -> None:
    """Whoever asks may freeze; the only phone there is is told, and no matter that it proved the caller."""
    who = world.customer(email=False)
    assert who.phone is not None
    desk = Desk.with_account(world, who)
    desk.reverse_code(who.phone.id)
    action = desk.run("freeze", reason="The owner wants it shut.")
    assert desk.action(action).evidence
    pump(world, over(world, Gateways()))
    assert desk.action(action).state is ActionState.RUNNING
    world.work()
    assert desk.action(action).state is ActionState.DONE
    assert steps(desk, action)[-1] is StepState.DONE


def test_an_account_with_nobody_to_tell_needs_no_notice(world: World) -> None:
    desk = Desk.with_account(world, world.customer(phone=False, email=False))
    action = desk.run("freeze", reason="The caller says that it is not theirs.")
    world.work()
    assert desk.action(action).state is ActionState.DONE
    assert steps(desk, action)[-1] is StepState.NOT_NEEDED


def test_a_step_that_was_begun_before_a_crash_begins_no_second_time(world: World) -> None:
    """The engine may perform again what it did not note down as done: nothing is written, told or failed twice."""
    _, desk, action = unlocking(world)
    service = over(world, Gateways())
    pump(world, service)
    before = world.events()
    assert not performing.perform_step(service, action.id, f"perform/{action.id}")
    assert world.events() == before
    assert desk.action(action).state is ActionState.RUNNING


@pytest.mark.logs_warning("judging act_")
def test_a_notice_that_went_stays_sent_when_what_hangs_on_it_cannot_be_settled(world: World) -> None:
    """Invariant 13: it is on record by itself, and not sent again with each try of the rest."""
    _, desk, action = unlocking(world)
    pump(world, over(world, Gateways()))
    (effect, *_) = [one for one in world.parts.outbox.due(10) if one.kind == "deliver_message"]
    with world.storage.changing() as work:
        row = update(tables.actions).where(tables.actions.c.id == action.id)
        whole = work.connection.scalar(select(tables.actions.c.steps).where(tables.actions.c.id == action.id))
        work.connection.execute(row.values(steps=b"\0" * 40))
    with pytest.raises(Unreadable):
        delivery.deliver(world.service, effect.payload["message_id"], effect.key)
    with world.storage.reading() as work:
        assert work.messages.get(effect.payload["message_id"]).state is MessageState.SENT
    with world.storage.changing() as work:
        work.connection.execute(row.values(steps=whole))
    delivery.deliver(over(world, Gateways()), effect.payload["message_id"], effect.key)
    assert world.events().count("message.sent") == 2  # the caller's link is the other
    world.work()
    assert desk.action(action).state is ActionState.DONE


def test_what_waits_for_a_notice_keeps_nobody_else_waiting(world: World) -> None:
    """However many wait: those whose owners were told run when they are due."""
    desk, action = cooling(world, world.customer(totp=True, codes=True))
    phone_only = over(world, Gateways(ContactKind.PHONE))
    pump(world, phone_only)
    with world.storage.changing() as work:
        (waiting,) = [one for one in work.messages.queued(10) if one.kind is MessageKind.NOTICE_SCHEDULED]
        for nth in range(timers.AT_ONCE + 1):
            other = ActionId(f"act_0{nth:03}")
            work.actions.put(replace(desk.action(action), id=other, version=0))
            dedupe = notice_key(waiting.kind, other, waiting.contact_id)
            work.messages.put(replace(waiting, id=f"msg_0{nth:03}", dedupe=dedupe, version=0))
        work.record(Outcome(state=None, entry=Entry(event=Event.ACTION_COOLING, at=world.clock(), actor=SYSTEM)))
    pump(world, world.service)
    world.clock.turn(timedelta(minutes=16))
    for _ in range(20):  # which of them are looked at is chance: one in a thousand million million is not, by now
        timers.settle_due(world.service)
    assert desk.action(action).state is ActionState.RUNNING


def test_what_was_stopped_before_anything_was_done_needs_no_such_notice(world: World) -> None:
    who = world.customer(totp=True, codes=True)
    desk, action = cooling(world, who)
    world.work()
    desk.run("freeze", reason="Something is wrong.")
    world.work()
    assert desk.action(action).state is ActionState.STOPPED
    assert notices(world, who, MessageKind.NOTICE_UNFINISHED) == []
