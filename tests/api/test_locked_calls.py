"""A number to read out whose telephone is locked meanwhile: the owner's page and the desk say so, both."""

from datetime import timedelta

import pytest

from services.domain.verification import Check
from services.vocabulary import CheckState
from tests.support.at_work import Desk
from tests.support.http import Site
from tests.support.world import Customer


@pytest.fixture
def who(site: Site) -> Customer:
    """A customer with a phone and a mailbox."""
    return site.world.customer()


@pytest.fixture
def called(site: Site, who: Customer) -> tuple[Desk, Check, str]:
    """A number that an agent reads out, and the page to type it on, which the caller has open."""
    assert who.phone is not None
    desk = Desk.with_account(site.world, who)
    check = desk.start(f"reverse_code:{who.phone.id}")
    page = next(site.world.links("reverse_code_link"))
    assert site.request("GET", page).status_code == 200
    return desk, check, page


def lock(desk: Desk, who: Customer) -> None:
    """Five wrong codes for the same telephone."""
    assert who.phone is not None
    guessed = desk.start(f"sms_code:{who.phone.id}")
    for _ in range(desk.world.service.policy.attempts.limit):
        desk.answer(guessed, "000000")


def seen(desk: Desk, check: Check) -> tuple[CheckState, str | None]:
    """What the desk shows of a check: its state, and the number to read out."""
    return next((one.state, one.read_out) for one in desk.view().checks if one.check.id == check.id)


@pytest.mark.parametrize("elsewhere", [False, True], ids=["in this call", "in another call"])
def test_a_telephone_that_is_locked_ends_its_other_checks(
    site: Site, who: Customer, called: tuple[Desk, Check, str], elsewhere: bool
) -> None:
    """Attempts belong to the account: nobody goes on reading out a number that cannot be typed any more."""
    desk, check, page = called
    assert seen(desk, check) == (CheckState.PENDING, check.read_out)
    lock(Desk.with_account(site.world, who) if elsewhere else desk, who)
    assert seen(desk, check) == (CheckState.FAILED, None)
    typed = site.request("POST", page, data={"decision": "confirm", "number": check.read_out or ""})
    for said in (typed, site.request("GET", page)):
        assert said.status_code == 410
        assert "Too many wrong tries" in said.text
        assert "This is not me" in said.text


def test_another_channel_goes_on(site: Site, who: Customer, called: tuple[Desk, Check, str]) -> None:
    desk, _, _ = called
    assert who.email is not None
    lock(desk, who)
    site.world.clock.turn(timedelta(seconds=1))  # of two links, the newer one is looked for
    mailed = desk.start(f"reverse_code:{who.email.id}")
    assert seen(desk, mailed) == (CheckState.PENDING, mailed.read_out)
    page = next(site.world.links("reverse_code_link"))
    said = site.request("POST", page, data={"decision": "confirm", "number": mailed.read_out or ""})
    assert "that is confirmed" in said.text


def test_that_was_not_me_works_on_a_locked_page(site: Site, who: Customer, called: tuple[Desk, Check, str]) -> None:
    desk, _, page = called
    lock(desk, who)
    assert "It is stopped" in site.request("POST", page, data={"decision": "not_me"}).text
