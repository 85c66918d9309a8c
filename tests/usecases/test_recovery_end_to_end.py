"""The main job: prove a caller, give the account back, tell everybody, and leave a record."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from services.domain.answering import Fit
from services.domain.outcome import Missing, Refused
from services.secret import Secret
from services.usecases import customer, enrolment, timers
from services.usecases.links import Opened
from services.usecases.ports import Work
from services.usecases.service import Service
from services.vocabulary import ActionState, CaseState, Event, MessageState, Objection, StepState
from tests.support.at_work import Desk
from tests.support.world import PASSWORD, Customer, World

NEW_PASSWORD = "seven purple walruses dance"


def objections(refused: pytest.ExceptionInfo[Refused]) -> set[Objection]:
    """What a refusal objects to."""
    return {why.code for why in refused.value.reasons}


def contact(who: Customer, kind: str = "phone") -> str:
    """The id of a customer's contact point."""
    point = who.phone if kind == "phone" else who.email
    assert point is not None
    return point.id


def test_the_owner_sets_a_new_password_and_the_case_closes_itself(world: World) -> None:
    who = world.customer()
    desk = Desk.with_account(world, who)
    assert desk.reverse_code(contact(who)).fit is Fit.RIGHT
    action = desk.run("reset_link")
    world.work()
    assert desk.action(action).state is ActionState.HANDED_OVER
    customer.set_password(world.service, world.token("reset_link"), Secret(NEW_PASSWORD))
    world.work()
    assert desk.action(action).state is ActionState.DONE
    with world.storage.reading() as work:
        assert work.cases.get(desk.case.id).state is CaseState.RESOLVED
        account = work.accounts.get(who.account.id)
    assert world.service.passwords.fits(Secret(NEW_PASSWORD), account.password_hash)
    assert not world.service.passwords.fits(Secret(PASSWORD), account.password_hash)
    assert all(message.state is MessageState.SENT for message in world.messages())


def test_a_new_password_signs_everybody_out(world: World) -> None:
    """C-FP-06: whoever had got in with the old one does not stay."""
    who = world.customer()
    desk = Desk.with_account(world, who)
    desk.reverse_code(contact(who))
    desk.run("reset_link")
    world.work()
    world.signed_in(who)
    customer.set_password(world.service, world.token("reset_link"), Secret(NEW_PASSWORD))
    with world.storage.reading() as work:
        assert work.accounts.dossier(who.account.id).sessions == 0


def test_the_link_goes_where_the_caller_was_not_just_proven(world: World) -> None:
    """AC-3: one stolen channel is not enough."""
    who = world.customer()
    desk = Desk.with_account(world, who)
    desk.reverse_code(contact(who, "email"))
    desk.run("reset_link")
    world.work()
    reset = next(message for message in world.messages() if message.kind == "reset_link")
    assert reset.contact_id == contact(who)


def test_every_address_is_told_with_a_link_that_stops(world: World) -> None:
    """N-REC-17, N-NOT-02, invariant 9."""
    who = world.customer()
    desk = Desk.with_account(world, who)
    desk.reverse_code(contact(who))
    desk.run("reset_link")
    world.work()
    told = {message.contact_id for message in world.messages() if message.kind == "notice_done"}
    assert told == {contact(who), contact(who, "email")}


def test_nothing_happens_before_assurance(world: World) -> None:
    """Invariant 3."""
    desk = Desk.with_account(world, world.customer())
    with pytest.raises(Refused) as refused:
        desk.run("reset_link")
    assert Objection.NEEDS_MORE_PROOF in objections(refused)
    assert world.work() == 0


def test_one_channel_alone_is_not_enough_for_anything_that_gives_back(world: World) -> None:
    """AC-3: nobody would be told who did not just answer."""
    who = world.customer(email=False)
    desk = Desk.with_account(world, who)
    desk.reverse_code(contact(who))
    with pytest.raises(Refused) as refused:
        desk.run("reset_link")
    assert Objection.ONLY_CHANNEL_USED in objections(refused)


def test_a_link_is_used_once(world: World) -> None:
    """C-FP-03."""
    who = world.customer()
    desk = Desk.with_account(world, who)
    desk.reverse_code(contact(who))
    desk.run("reset_link")
    world.work()
    token = world.token("reset_link")
    customer.set_password(world.service, token, Secret(NEW_PASSWORD))
    with pytest.raises(Refused) as refused:
        customer.set_password(world.service, token, Secret("another long password of mine"))
    assert objections(refused) == {Objection.LINK_DEAD}


def test_a_weak_password_leaves_the_link_good(world: World) -> None:
    """N-PWD-05: the reason is said, nothing is lost."""
    who = world.customer()
    desk = Desk.with_account(world, who)
    desk.reverse_code(contact(who))
    desk.run("reset_link")
    world.work()
    token = world.token("reset_link")
    with pytest.raises(Refused) as refused:
        customer.set_password(world.service, token, Secret("short"))
    assert objections(refused) == {Objection.PASSWORD_TOO_SHORT}
    customer.set_password(world.service, token, Secret(NEW_PASSWORD))


def test_the_link_dies_in_time(world: World) -> None:
    who = world.customer()
    desk = Desk.with_account(world, who)
    desk.reverse_code(contact(who))
    action = desk.run("reset_link")
    world.work()
    world.clock.turn(timedelta(minutes=61))
    with pytest.raises(Refused):
        customer.set_password(world.service, world.token("reset_link"), Secret(NEW_PASSWORD))
    assert timers.settle_due(world.service) == 1
    assert desk.action(action).state is ActionState.EXPIRED


@pytest.mark.parametrize(("through", "life"), [("phone", timedelta(minutes=60)), ("email", timedelta(minutes=10))])
@pytest.mark.parametrize("late", [-1, 1])
def test_a_link_lives_as_long_as_its_channel_allows(world: World, through: str, life: timedelta, late: int) -> None:
    """N-REC-08: ten minutes by text message, whatever the policy says; by e-mail as the policy says, a day at most."""
    who = world.customer()
    desk = Desk.with_account(world, who)
    desk.reverse_code(contact(who, through))
    action = desk.run("reset_link")
    world.work()
    sent = next(message for message in world.messages() if message.kind == "reset_link")
    assert sent.contact_id == contact(who, "email" if through == "phone" else "phone")
    assert f" {int(life.total_seconds() // 60)} min" in sent.body
    world.clock.turn(life + timedelta(seconds=late))
    if late < 0:
        customer.set_password(world.service, world.token("reset_link"), Secret(NEW_PASSWORD))
        assert desk.action(action).state is ActionState.DONE
    else:
        with pytest.raises(Refused):
            customer.set_password(world.service, world.token("reset_link"), Secret(NEW_PASSWORD))


def test_that_is_not_me_freezes_everything(world: World) -> None:
    """Invariant 9: the case, the account, and whatever another agent would try."""
    who = world.customer()
    desk = Desk.with_account(world, who)
    desk.start(f"reverse_code:{contact(who)}")
    with world.storage.changing() as work:
        customer.repudiate(world.service, work, world.token("reverse_code_link"))
    world.work()
    with world.storage.reading() as work:
        assert work.cases.get(desk.case.id).state is CaseState.FROZEN
        assert work.accounts.get(who.account.id).frozen_at is not None
        assert work.accounts.dossier(who.account.id).open_reviews == 1
    assert {"check.repudiated", "case.frozen", "account.frozen", "review.opened"} <= set(world.events())
    other = Desk.with_account(world, who)
    with pytest.raises(Refused) as refused:
        other.start(f"reverse_code:{contact(who, 'email')}")
    assert Objection.ACCOUNT_FROZEN in objections(refused)


def through_a_link(world: World, who: Customer) -> str:
    """A thief at the owner's phone gets a reset link and sets a password; the message that stops it all."""
    desk = Desk.with_account(world, who)
    desk.reverse_code(contact(who))
    desk.run("reset_link")
    world.work()
    customer.set_password(world.service, world.token("reset_link"), Secret(NEW_PASSWORD))
    world.work()
    return "notice_completed"


def by_talking(world: World, who: Customer) -> str:
    """A thief has the desk ask the owner; the message that says that it is not them."""
    Desk.with_account(world, who).start(f"reverse_code:{contact(who)}")
    return "reverse_code_link"


@pytest.mark.parametrize(
    ("come", "press"), [(through_a_link, customer.stop), (by_talking, customer.repudiate)], ids=["stop", "not me"]
)
def test_a_thief_who_is_in_is_out_when_the_owner_stops_it(
    world: World, come: Callable[[World, Customer], str], press: Callable[[Service, Work, Secret[str]], Opened]
) -> None:
    """Invariant 9: a frozen account is no use to its owner while somebody else is signed in to it."""
    who = world.customer()
    tokens = [Secret(path.removeprefix("/c/")) for path in world.links(come(world, who))]
    for token, ended in zip(tokens, (1, 2), strict=False):  # a second tap finds whoever came in again
        world.signed_in(who)
        with world.storage.changing() as work:
            press(world.service, work, token)
        with world.storage.reading() as work:
            dossier = work.accounts.dossier(who.account.id)
        assert dossier.account.frozen_at is not None
        assert (dossier.sessions, dossier.trusted_devices) == (0, 0)
        assert len(entries := world.entries(Event.ACCOUNT_SIGNED_OUT)) == ended
        assert '"actor":"customer"' in entries[-1]
        assert '"sessions":1' in entries[-1]
        assert '"devices":1' in entries[-1]


def test_the_owner_stops_what_cools_off(world: World) -> None:
    """Invariant 9: the steps never run."""
    who = world.customer(totp=True, codes=True)
    desk = Desk.with_account(world, who)
    desk.reverse_code(contact(who))
    check = desk.start("recovery_code")
    assert desk.answer(check, who.codes[0].reveal()).fit is Fit.RIGHT
    assert who.authenticator is not None
    action = desk.run(f"authenticator_reset:{who.authenticator.id}")
    assert action.state is ActionState.COOLING
    world.work()
    with world.storage.changing() as work:
        customer.stop(world.service, work, world.token("notice_scheduled"))
    world.clock.turn(timedelta(hours=1))
    timers.settle_due(world.service)
    world.work()
    assert desk.action(action).state is ActionState.STOPPED
    with world.storage.reading() as work:
        assert [one.disabled_at for one in work.accounts.dossier(who.account.id).authenticators] == [None]


def test_a_lost_authenticator_is_replaced_and_the_link_alone_binds_nothing(world: World) -> None:
    """N-BND-01, N-REC-15: two proofs, a cooling-off, and the owner's password before anything is bound."""
    who = world.customer(totp=True, codes=True)
    desk = Desk.with_account(world, who)
    desk.reverse_code(contact(who))
    desk.answer(desk.start("recovery_code"), who.codes[3].reveal())
    assert who.authenticator is not None
    action = desk.run(f"authenticator_reset:{who.authenticator.id}")
    world.work()
    world.clock.turn(timedelta(minutes=16))
    timers.settle_due(world.service)
    world.work()
    after = desk.action(action)
    assert after.state is ActionState.HANDED_OVER
    assert all(step.state in (StepState.DONE, StepState.NOT_NEEDED) for step in after.steps)
    token = world.token("enrolment_link")
    with world.storage.reading() as work:
        assert [one.secret for one in work.accounts.dossier(who.account.id).authenticators] == [None]
    with pytest.raises(Refused) as refused:
        enrolment.start(world.service, token, Secret("not the password at all"))
    assert objections(refused) == {Objection.WRONG_PASSWORD}
    started = enrolment.start(world.service, token, Secret(PASSWORD))
    enrolled = enrolment.bind(world.service, token, started.sealed, world.totp(started.key))
    assert len(enrolled.codes) == 10
    assert desk.action(action).state is ActionState.DONE


def test_a_token_of_one_purpose_opens_nothing_else(world: World) -> None:
    who = world.customer()
    desk = Desk.with_account(world, who)
    desk.start(f"reverse_code:{contact(who)}")
    with pytest.raises(Missing):
        customer.set_password(world.service, world.token("reverse_code_link"), Secret(NEW_PASSWORD))


def test_unlocking_leaves_a_step_by_step_record(world: World) -> None:
    who = world.customer(locked=True)
    desk = Desk.with_account(world, who)
    desk.reverse_code(contact(who))
    action = desk.run("unlock")
    world.work()
    done = desk.action(action)
    assert done.state is ActionState.DONE
    assert [step.state for step in done.steps] == [StepState.DONE, StepState.DONE]
    with world.storage.reading() as work:
        assert work.accounts.get(who.account.id).locked_at is None


def test_an_agent_can_freeze_without_proof_but_not_without_a_reason(world: World) -> None:
    """N-REC-19, N-IDP-09."""
    who = world.customer()
    desk = Desk.with_account(world, who)
    with pytest.raises(Refused) as refused:
        desk.run("freeze")
    assert objections(refused) == {Objection.REASON_MISSING}
    desk.run("freeze", reason="The caller says somebody has their phone.")
    world.work()
    with world.storage.reading() as work:
        assert work.accounts.get(who.account.id).frozen_at is not None
