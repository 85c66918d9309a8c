"""Setting up a new authenticator: who sees a key, which key can be bound, and for how long (N-BND-01, N-BND-03)."""

from collections.abc import Callable

import pytest

from services.domain import enrolment as rules
from services.domain.outcome import Missing, Refused
from services.secret import Secret
from services.usecases import customer, enrolment
from services.usecases.enrolment import Started
from services.vocabulary import Event, Objection
from tests.support import enrolling
from tests.support.at_work import Desk
from tests.support.world import PASSWORD, Customer, World


@pytest.fixture
def who(world: World) -> Customer:
    """Somebody who was just sent an enrolment link."""
    return enrolling.sent(world)


@pytest.fixture
def token(world: World, who: Customer) -> Secret[str]:
    """The link's token."""
    return world.token("enrolment_link")


def start(world: World, token: Secret[str], password: str = PASSWORD) -> Started:
    return enrolment.start(world.service, token, Secret(password))


def bind(world: World, token: Secret[str], started: Started, sealed: str = "") -> enrolment.Enrolled:
    """The owner's app shows a right code."""
    carried = Secret(sealed) if sealed else started.sealed
    return enrolment.bind(world.service, token, carried, world.totp(started.key))


def why_not(doing: Callable[[], object]) -> list[Objection]:
    with pytest.raises(Refused) as refused:
        doing()
    return [why.code for why in refused.value.reasons]


def authenticators(world: World, who: Customer) -> int:
    """How many can be used."""
    with world.storage.reading() as work:
        known = work.accounts.dossier(who.account.id).authenticators
    return len([one for one in known if one.disabled_at is None])


def test_every_start_draws_a_key_of_its_own_and_is_on_record(world: World, token: Secret[str]) -> None:
    """N-RND-01: what somebody else was shown is not what the owner binds."""
    first, second = start(world, token), start(world, token)
    assert first.key.secret != second.key.secret
    assert first.sealed != second.sealed
    assert world.events().count(Event.ENROLMENT_STARTED) == 2


def test_a_wrong_password_draws_nothing_and_counts(world: World, token: Secret[str]) -> None:
    """N-THR-01: guesses count on the account, and a right password is no use once they are used up."""
    limit = world.service.policy.attempts.limit
    guesses = [why_not(lambda: start(world, token, "not the password at all")) for _ in range(limit)]
    assert guesses == [[Objection.WRONG_PASSWORD]] * limit
    assert why_not(lambda: start(world, token)) == [Objection.ATTEMPTS_USED_UP]
    assert world.events().count(Event.ENROLMENT_REFUSED) == limit
    assert Event.ENROLMENT_STARTED not in world.events()


def test_only_what_the_newest_start_drew_can_be_bound(world: World, who: Customer, token: Secret[str]) -> None:
    older, newest = start(world, token), start(world, token)
    assert why_not(lambda: bind(world, token, older)) == [Objection.ENROLMENT_OVER]
    bind(world, token, newest)
    with world.storage.reading() as work:
        (bound,) = work.accounts.dossier(who.account.id).authenticators
    assert bound.secret == newest.key.secret.reveal()


def test_a_key_that_was_shown_too_long_ago_is_not_bound(world: World, token: Secret[str]) -> None:
    started = start(world, token)
    world.clock.turn(rules.LIFE)
    assert why_not(lambda: bind(world, token, started)) == [Objection.ENROLMENT_OVER]


def test_a_key_is_bound_through_the_link_that_it_was_drawn_for(world: World, token: Secret[str]) -> None:
    """Whoever has a link of their own cannot have their key bound to somebody else's account."""
    enrolling.sent(world)
    other = world.token("enrolment_link")
    own, _ = start(world, token), start(world, other)
    assert why_not(lambda: bind(world, other, own)) == [Objection.ENROLMENT_OVER]


def test_a_link_for_something_else_starts_nothing(world: World, who: Customer) -> None:
    with pytest.raises(Missing):
        start(world, world.token("reverse_code_link"))


def test_what_a_replaced_password_started_is_over(world: World, who: Customer, token: Secret[str]) -> None:
    """C-FP-06: a thief who knew the old password has nothing of it."""
    started = start(world, token)
    assert who.phone is not None
    desk = Desk.with_account(world, who)
    desk.reverse_code(who.phone.id)
    desk.answer(desk.start("recovery_code"), who.codes[1].reveal())
    desk.run("reset_link")
    world.work()
    customer.set_password(world.service, world.token("reset_link"), Secret("seven quiet otters by the lake"))
    assert why_not(lambda: bind(world, token, started)) == [Objection.ENROLMENT_OVER]


@pytest.mark.parametrize("made_up", ["", "0", "00" * 61, "é", "01c0ffee"])
def test_what_was_made_up_is_not_bound(world: World, token: Secret[str], made_up: str) -> None:
    started = start(world, token)
    code = world.totp(started.key)
    assert why_not(lambda: enrolment.bind(world.service, token, Secret(made_up), code)) == [Objection.ENROLMENT_OVER]


def test_what_was_altered_is_not_bound(world: World, token: Secret[str]) -> None:
    started = start(world, token)
    sealed = started.sealed.reveal()
    altered = sealed[:-1] + ("0" if sealed[-1] != "0" else "1")
    assert why_not(lambda: bind(world, token, started, altered)) == [Objection.ENROLMENT_OVER]


def test_a_wrong_code_binds_nothing_and_may_be_corrected(world: World, who: Customer, token: Secret[str]) -> None:
    started = start(world, token)
    right = world.totp(started.key)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    assert why_not(lambda: enrolment.bind(world.service, token, started.sealed, wrong)) == [Objection.WRONG_CODE]
    assert authenticators(world, who) == 0
    bind(world, token, started)
    assert authenticators(world, who) == 1


def test_the_key_stands_in_no_file_before_it_is_bound(world: World, token: Secret[str]) -> None:
    """Nothing of a start is stored but that it was."""
    started = start(world, token)
    secret = started.key.secret.reveal()
    for file in world.settings.data_dir.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert secret not in content
            assert started.sealed.reveal().encode() not in content
            assert bytes.fromhex(started.sealed.reveal()) not in content


def test_a_frozen_account_starts_and_binds_nothing(world: World, who: Customer, token: Secret[str]) -> None:
    """Invariant 9: the owner's stop comes between the two forms."""
    started = start(world, token)
    with world.storage.changing() as work:
        customer.repudiate(world.service, work, world.token("reverse_code_link"))
    for deed in (lambda: start(world, token), lambda: bind(world, token, started)):
        assert why_not(deed) == [Objection.ACCOUNT_FROZEN]
