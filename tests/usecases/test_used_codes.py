"""A saved code that helped its owner to a new password is replaced, with all of its set: N-REC-05, N-REC-06."""

from datetime import timedelta

import pytest

from services.domain.account import RecoveryCodes
from services.domain.answering import Fit
from services.domain.methods import RECOVERY_CODES
from services.domain.outcome import Refused
from services.secret import Secret
from services.usecases import customer, enrolment, timers
from services.vocabulary import ActionState, CaseState, Event, Objection
from tests.support.at_work import Desk
from tests.support.world import PASSWORD, Customer, World

NEW = Secret("four quiet herons at dusk")


@pytest.fixture
def who(world: World) -> Customer:
    """Somebody with saved codes, and an authenticator that can be lost."""
    return world.customer(totp=True, codes=True)


def proven(world: World, who: Customer) -> Desk:
    """An agent to whom the caller proved themselves with their phone and a saved code."""
    assert who.phone is not None
    desk = Desk.with_account(world, who)
    desk.reverse_code(who.phone.id)
    assert desk.answer(desk.start("recovery_code"), who.codes[0].reveal()).fit is Fit.RIGHT
    return desk


def reset(world: World, desk: Desk) -> tuple[Secret[str], ...]:
    """The owner gets a reset link and sets a new password; the codes that they are shown."""
    desk.run("reset_link")
    world.work()
    return customer.set_password(world.service, world.token("reset_link"), NEW)


def on_file(world: World, who: Customer) -> RecoveryCodes:
    with world.storage.reading() as work:
        return work.recovery_codes.get(who.account.id)


def told(world: World) -> list[str]:
    """What everybody is told at the end."""
    world.work()
    return [message.body for message in world.messages() if message.kind == "notice_completed"]


def test_a_used_code_is_replaced_with_all_of_its_set(world: World, who: Customer) -> None:
    desk = proven(world, who)
    before = on_file(world, who)
    shown = reset(world, desk)
    after = on_file(world, who)
    assert (len(before.digests), len(after.digests), len({code.reveal() for code in shown})) == (9, 10, 10)
    assert after.salt != before.salt
    hashing = world.service.passwords
    assert {hashing.code_digest(after.salt, code) for code in shown} == set(after.digests)
    assert not {hashing.code_digest(after.salt, code) for code in who.codes} & set(after.digests)
    assert after.issued_at == world.clock()


def test_it_is_on_record_beside_the_password_and_told_everywhere(world: World, who: Customer) -> None:
    desk = proven(world, who)
    reset(world, desk)
    events = world.events()
    assert events.count(Event.RECOVERY_CODES_REPLACED) == 1
    assert events.index(Event.RECOVERY_CODES_REPLACED) == events.index(Event.PASSWORD_SET) + 1
    with world.storage.reading() as work:
        assert work.cases.get(desk.case.id).state is CaseState.RESOLVED
    assert len(told(world)) == 2
    assert all("your password and your recovery codes were replaced" in body for body in told(world))


def test_the_old_codes_prove_nothing_and_each_new_one_proves_once(world: World, who: Customer) -> None:
    """Invariants 4 and 10: like everything new they wait for the quarantine; then each works once."""
    shown = reset(world, proven(world, who))
    with pytest.raises(Refused) as refused:
        Desk.with_account(world, who).start("recovery_code")
    assert [why.code for why in refused.value.reasons] == [Objection.CHANGED_RECENTLY]
    world.clock.turn(world.service.policy.quarantine)
    fits = []
    for code in (who.codes[1], shown[0], shown[0], shown[9]):
        desk = Desk.with_account(world, who)
        fits.append(desk.answer(desk.start("recovery_code"), code.reveal()).fit)
    assert fits == [Fit.WRONG, Fit.RIGHT, Fit.WRONG, Fit.RIGHT]


def test_guesses_at_the_old_codes_are_not_held_against_the_new_ones(world: World, who: Customer) -> None:
    """N-THR-01."""
    desk = proven(world, who)
    desk.run("reset_link")
    other = Desk.with_account(world, who)
    assert other.answer(other.start("recovery_code"), who.codes[0].reveal()).fit is Fit.WRONG
    world.work()
    customer.set_password(world.service, world.token("reset_link"), NEW)
    with world.storage.reading() as work:
        assert work.accounts.dossier(who.account.id).attempts[RECOVERY_CODES].in_a_row == 0


def test_a_reset_that_rests_on_no_code_changes_none(world: World, who: Customer) -> None:
    """Not even where another case of the account used one."""
    proven(world, who)
    before = on_file(world, who)
    assert who.phone is not None
    assert who.authenticator is not None
    assert who.key is not None
    desk = Desk.with_account(world, who)
    desk.reverse_code(who.phone.id)
    desk.answer(desk.start(f"totp:{who.authenticator.id}"), world.totp(who.key))
    assert reset(world, desk) == ()
    assert on_file(world, who) == before
    assert Event.RECOVERY_CODES_REPLACED not in world.events()
    assert all("your password was changed" in body for body in told(world))


def test_a_password_that_will_not_do_replaces_nothing(world: World, who: Customer) -> None:
    desk = proven(world, who)
    before = on_file(world, who)
    desk.run("reset_link")
    world.work()
    with pytest.raises(Refused):
        customer.set_password(world.service, world.token("reset_link"), Secret("short"))
    assert on_file(world, who) == before
    assert len(customer.set_password(world.service, world.token("reset_link"), NEW)) == 10


def test_a_lost_authenticator_and_a_forgotten_password_are_one_call(world: World, who: Customer) -> None:
    """What rests on the same code goes on: its new codes come at its end, and only then."""
    assert who.authenticator is not None
    desk = proven(world, who)
    before = on_file(world, who)
    app = desk.run(f"authenticator_reset:{who.authenticator.id}")
    assert reset(world, desk) == ()
    assert on_file(world, who) == before
    world.work()
    world.clock.turn(timedelta(minutes=16))
    timers.settle_due(world.service)
    world.work()
    assert desk.action(app).state is ActionState.HANDED_OVER
    token = world.token("enrolment_link")
    started = enrolment.start(world.service, token, NEW)
    assert len(enrolment.bind(world.service, token, started.sealed, world.totp(started.key)).codes) == 10
    assert world.events().count(Event.RECOVERY_CODES_REPLACED) == 1


def test_codes_that_came_with_a_new_authenticator_meanwhile_stay(world: World, who: Customer) -> None:
    """The owner of both links sets the app up first: what they saved then is not dead a minute later."""
    assert who.authenticator is not None
    desk = proven(world, who)
    desk.run(f"authenticator_reset:{who.authenticator.id}")
    world.work()
    world.clock.turn(timedelta(minutes=16))
    timers.settle_due(world.service)
    desk.run("reset_link")
    world.work()
    token = world.token("enrolment_link")
    started = enrolment.start(world.service, token, Secret(PASSWORD))
    enrolment.bind(world.service, token, started.sealed, world.totp(started.key))
    saved = on_file(world, who)
    assert customer.set_password(world.service, world.token("reset_link"), NEW) == ()
    assert on_file(world, who) == saved
