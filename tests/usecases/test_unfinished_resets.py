"""A reset of an authenticator that its owner does not finish: what was lost is out of use, and is not forgotten."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.outcome import Entry, Outcome, Refused
from services.domain.recovery import Action
from services.secret import Secret
from services.usecases import customer, enrolment, timers
from services.vocabulary import SYSTEM, ActionState, Event, Objection, StepState, Tier
from tests.support.at_work import Desk
from tests.support.world import PASSWORD, Customer, World

SHORT = "mjk7wx2z"
"""Eight characters: enough for a password beside a second factor, and for no other."""


def proven(world: World, who: Customer, code: int = 0) -> Desk:
    """An agent who has proof enough for a reset."""
    assert who.phone is not None
    desk = Desk.with_account(world, who)
    desk.reverse_code(who.phone.id)
    desk.answer(desk.start("recovery_code"), who.codes[code].reveal())
    return desk


def reset(world: World, who: Customer, desk: Desk) -> Action:
    """A reset that has come as far as its owner."""
    assert who.authenticator is not None
    action = desk.run(f"authenticator_reset:{who.authenticator.id}")
    world.work()
    world.clock.turn(timedelta(minutes=16))
    timers.settle_due(world.service)
    world.work()
    assert desk.action(action).state is ActionState.HANDED_OVER
    return action


def enrol(world: World) -> None:
    """The owner binds a new app."""
    token = world.token("enrolment_link")
    started = enrolment.start(world.service, token, Secret(PASSWORD))
    enrolment.bind(world.service, token, started.sealed, world.totp(started.key))


def without_password(world: World, who: Customer) -> None:
    """As an import leaves an account whose password is kept elsewhere."""
    with world.storage.changing() as work:
        work.accounts.put(replace(work.accounts.get(who.account.id), password_hash=None))
        work.record(Outcome(state=None, entry=Entry(event=Event.ACCOUNTS_IMPORTED, at=world.clock(), actor=SYSTEM)))


def test_what_was_lost_stops_working_and_stays_on_file(world: World) -> None:
    """Its secret is erased; nothing is proven with it; tier and requirement are those of an account that has it."""
    who = world.customer(totp=True, codes=True)
    desk = proven(world, who)
    reset(world, who, desk)
    with world.storage.reading() as work:
        (lost,) = work.accounts.dossier(who.account.id).authenticators
    assert (lost.secret, lost.disabled_at) == (None, world.clock())
    assert desk.view().tier is Tier.PROTECTED
    with pytest.raises(Refused) as refused:
        desk.start(f"totp:{lost.id}")
    assert [why.code for why in refused.value.reasons] == [Objection.OUT_OF_USE]


def test_a_link_that_nobody_followed_is_sent_again(world: World) -> None:
    """The same reset is offered as before, takes the same proof, and brings another link."""
    who = world.customer(totp=True, codes=True)
    first = reset(world, who, proven(world, who))
    world.clock.turn(timedelta(hours=2))
    timers.settle_due(world.service)
    desk = proven(world, who, code=1)
    assert desk.action(first).state is ActionState.EXPIRED
    again = reset(world, who, desk)
    assert desk.action(again).steps[1].state is StepState.NOT_NEEDED
    assert len(list(world.links("enrolment_link"))) == 2
    enrol(world)
    assert desk.action(again).state is ActionState.DONE


def test_what_was_lost_goes_when_another_is_bound_in_its_place(world: World) -> None:
    who = world.customer(totp=True, codes=True)
    assert who.authenticator is not None
    reset(world, who, proven(world, who))
    enrol(world)
    with world.storage.reading() as work:
        (bound,) = work.accounts.dossier(who.account.id).authenticators
    assert bound.id != who.authenticator.id
    assert (bound.secret is not None, bound.disabled_at) == (True, None)


def test_a_reset_that_nobody_could_finish_does_not_begin(world: World) -> None:
    """Its last page asks for the password: an account without one gets a reset link first."""
    who = world.customer(totp=True, codes=True)
    assert who.authenticator is not None
    without_password(world, who)
    desk = proven(world, who)
    with pytest.raises(Refused) as refused:
        desk.run(f"authenticator_reset:{who.authenticator.id}")
    assert [why.code for why in refused.value.reasons] == [Objection.NO_PASSWORD]
    first = Desk.with_account(world, who)  # while the app is at hand: that uses up no saved code
    assert who.phone is not None
    assert who.key is not None
    first.reverse_code(who.phone.id)
    first.answer(first.start(f"totp:{who.authenticator.id}"), world.totp(who.key))
    first.run("reset_link")
    world.work()
    customer.set_password(world.service, world.token("reset_link"), Secret("four quiet herons at dusk"))
    world.clock.turn(timedelta(minutes=1))
    reset(world, who, proven(world, who, code=1))


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_short_password_is_for_those_who_have_a_second_factor_to_use(world: World, is_lost: bool) -> None:
    """N-PWD-01: one that waits to be replaced is asked for at no sign-in, and the password then stands alone."""
    who = world.customer(totp=True, codes=True)
    desk = proven(world, who)
    if is_lost:
        reset(world, who, desk)
    desk.run("reset_link")
    world.work()
    if not is_lost:
        customer.set_password(world.service, world.token("reset_link"), Secret(SHORT))
        return
    with pytest.raises(Refused) as refused:
        customer.set_password(world.service, world.token("reset_link"), Secret(SHORT))
    assert [why.code for why in refused.value.reasons] == [Objection.PASSWORD_TOO_SHORT]
