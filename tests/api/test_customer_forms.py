"""What is sent to a customer's page: one kind of form, and for everything else a page in words."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.api.pages.form import LARGEST_FORM, MOST_FIELDS, read_form
from services.domain.outcome import Entry, Outcome
from services.vocabulary import SYSTEM, Event
from tests.support.at_work import Desk
from tests.support.http import Site
from tests.support.markup import read
from tests.support.world import Customer

FORM = "application/x-www-form-urlencoded"
PART = b'--B\r\nContent-Disposition: form-data; name="password"\r\n\r\n%s\r\n--B--\r\n'
NEW = "seven quiet otters by the lake"


@pytest.fixture
def page(site: Site) -> str:
    """The path of somebody's page for a new password."""
    who: Customer = site.world.customer()
    assert who.phone is not None
    desk = Desk.with_account(site.world, who)
    desk.reverse_code(who.phone.id)
    desk.run("reset_link")
    site.world.work()
    return next(site.world.links("reset_link"))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=B; charset=undefined", PART % b"a"),
        ("multipart/form-data; boundary=B; charset=punycode", PART % b"xn--a-\xff."),
        ("multipart/form-data; boundary=B; charset=unicode_escape", PART % b"\\ud800"),
        ("multipart/form-data; boundary=B", b"broken"),
        (f"{FORM}; charset=undefined", b"password=a"),
        (f"{FORM}; charset=utf-8; charset=utf-7", b"password=a"),
        ("application/json", b"{}"),
        ("", b"password=a"),
        (FORM, b"password=%ff&repeat=%ff"),
        (FORM, b"password=%ED%A0%80"),
        (FORM, "password=é".encode()),
        (FORM, b"password"),
        (FORM, b"&".join(b"f%d=1" % nth for nth in range(MOST_FIELDS + 1))),
        (FORM, b"password=" + b"x" * LARGEST_FORM),
        (FORM, b"password=" + b"x" * 70_000),
    ],
)
def test_what_is_no_form_of_ours_is_answered_in_words(site: Site, page: str, kind: str, body: bytes) -> None:
    """On a live link and on one that was never made: nothing breaks, nothing is done, and no owner gets JSON."""
    events = site.world.events()
    for path in (page, "/c/never-made"):
        answer = site.request("POST", path, content=body, headers={"Content-Type": kind})
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "We could not read that" in answer.text
    assert site.world.events() == events


def test_a_form_that_comes_in_pieces_is_answered_in_words(site: Site, page: str) -> None:
    """Its length is not known beforehand."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"password=a"

    answer = site.request("POST", page, content=pieces(), headers={"Content-Type": FORM})
    assert answer.status_code == 400
    assert "We could not read that" in answer.text


@pytest.mark.parametrize(("is_out_of_use", "minimum"), [(False, 8), (True, 15)])
def test_the_page_asks_for_as_many_characters_as_the_password_needs(
    site: Site, is_out_of_use: bool, minimum: int
) -> None:
    """N-PWD-01: few beside a second factor; many while the only one is out of use and waits to be replaced."""
    who = site.world.customer(totp=True, codes=True)
    assert who.phone is not None
    assert who.authenticator is not None
    desk = Desk.with_account(site.world, who)
    desk.reverse_code(who.phone.id)
    desk.answer(desk.start("recovery_code"), who.codes[0].reveal())
    desk.run("reset_link")
    site.world.work()
    if is_out_of_use:
        with site.world.storage.changing() as work:
            work.directory.disable_authenticator(who.account.id, who.authenticator.id, site.world.clock())
            entry = Entry(event=Event.STEP_DONE, at=site.world.clock(), actor=SYSTEM)
            work.record(Outcome(state=None, entry=entry))
    answer = site.request("GET", next(site.world.links("reset_link")))
    assert f"at least {minimum} characters" in read(answer.text).text


@pytest.mark.parametrize("kind", [FORM, f"{FORM}; charset=UTF-8", f'{FORM.upper()};charset="utf-8"'])
def test_a_form_as_browsers_send_it_is_read(site: Site, page: str, kind: str) -> None:
    body = f"password={NEW}&repeat={NEW}".replace(" ", "+")
    answer = site.request("POST", page, content=body, headers={"Content-Type": kind})
    assert answer.status_code == 200
    assert "Your new password is set" in answer.text


def test_a_password_that_is_saved_twice_was_set_once_and_says_when(site: Site, page: str) -> None:
    """A second tap on "Save", or a reload: the owner is not sent to the fraud line for it."""
    form = {"password": NEW, "repeat": NEW}
    assert site.request("POST", page, data=form).status_code == 200
    site.world.clock.turn(timedelta(minutes=4))
    for again in (site.request("POST", page, data=form), site.request("GET", page)):
        assert again.status_code == 410
        (time,) = read(again.text).all("time")
        assert time.text == "21 November 2026, 09:00 UTC"
        assert "A new password was set here on" in again.text
        assert "If that was you, it is done" in again.text
    assert site.world.events().count(Event.PASSWORD_SET) == 1


def test_what_was_typed_arrives_as_it_was_typed() -> None:
    assert read_form(FORM, b"password=+%C3%A9+%26%3D%F0%9F%94%91+&repeat=") == {
        "password": " é &=\N{KEY} ",
        "repeat": "",
    }
    assert read_form(FORM, b"") == {}
