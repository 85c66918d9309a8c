"""The owner is told, in time to stop it, and of what was begun and not finished: invariant 9, N-REC-17."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from services.api.cards import case_card
from services.domain.handover import Message
from services.domain.outcome import Entry, Outcome, Unavailable
from services.domain.recovery import Action
from services.storage import tables
from services.usecases import timers
from services.usecases.service import Service
from services.vocabulary import (
    SYSTEM,
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


def test_what_was_stopped_before_anything_was_done_needs_no_such_notice(world: World) -> None:
    who = world.customer(totp=True, codes=True)
    desk, action = cooling(world, who)
    world.work()
    desk.run("freeze", reason="Something is wrong.")
    world.work()
    assert desk.action(action).state is ActionState.STOPPED
    assert notices(world, who, MessageKind.NOTICE_UNFINISHED) == []
