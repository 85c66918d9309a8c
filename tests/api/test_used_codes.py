"""The page after a new password that a saved code was used for: its new codes, once, and for its owner alone."""

import re
from datetime import timedelta

import pytest

from services.domain.one_time import read_recovery_code
from services.vocabulary import Event
from tests.support.at_work import Desk
from tests.support.http import Site
from tests.support.markup import read
from tests.support.world import Customer

NEW = "seven quiet otters by the lake"
FORM = {"password": NEW, "repeat": NEW}
CODE = re.compile(r"<li>([0-9A-Z-]{20,})</li>")


@pytest.fixture
def who(site: Site) -> Customer:
    """A customer with saved codes, and no authenticator."""
    return site.world.customer(codes=True)


@pytest.fixture
def desk(site: Site, who: Customer) -> Desk:
    """An agent to whom that customer read a saved code, and who had a reset link sent."""
    assert who.phone is not None
    desk = Desk.with_account(site.world, who)
    desk.reverse_code(who.phone.id)
    desk.answer(desk.start("recovery_code"), who.codes[0].reveal())
    desk.run("reset_link")
    site.world.work()
    return desk


@pytest.fixture
def page(site: Site, desk: Desk) -> str:
    """The path of the page for a new password."""
    return next(site.world.links("reset_link"))


def heading(text: str) -> str:
    """What a page is called."""
    return read(text).all("h1")[0].text


def test_the_owner_is_shown_a_new_set_and_why(site: Site, page: str) -> None:
    answer = site.request("POST", page, data=FORM)
    assert answer.status_code == 200
    assert heading(answer.text) == "Save your new recovery codes"
    assert "Your new password is set" in answer.text
    assert "The ones you had before no longer work." in answer.text
    shown = CODE.findall(answer.text)
    assert len(shown) == len({read_recovery_code(code) for code in shown}) == 10
    done = site.request("POST", page, data={"saved": "yes"})
    assert (done.status_code, heading(done.text)) == (200, "Your new password is set")
    assert not CODE.findall(done.text)


def test_no_second_tap_shows_a_code_and_each_says_what_was_done(site: Site, page: str) -> None:
    site.request("POST", page, data=FORM)
    site.world.clock.turn(timedelta(minutes=4))
    for again in (site.request("POST", page, data=FORM), site.request("GET", page)):
        assert again.status_code == 410
        (time,) = read(again.text).all("time")
        assert time.text == "21 November 2026, 09:00 UTC"
        assert "and new recovery codes were made" in again.text
        assert "If you did not get to save your recovery codes, call us." in again.text
        assert not CODE.findall(again.text)
    assert site.world.events().count(Event.RECOVERY_CODES_REPLACED) == 1


def test_a_form_sent_twice_at_once_shows_one_set(site: Site, page: str) -> None:
    answers = site.all_at_once(("POST", page, {"data": FORM}), ("POST", page, {"data": FORM}))
    assert sorted(answer.status_code for answer in answers) == [200, 410]
    assert sorted(len(CODE.findall(answer.text)) for answer in answers) == [0, 10]
    assert site.world.events().count(Event.RECOVERY_CODES_REPLACED) == 1


def test_a_password_that_will_not_do_shows_no_code(site: Site, page: str) -> None:
    for form in ({"password": "short", "repeat": "short"}, {"password": NEW, "repeat": "another"}):
        answer = site.request("POST", page, data=form)
        assert (answer.status_code, CODE.findall(answer.text)) == (422, [])
    assert len(CODE.findall(site.request("POST", page, data=FORM).text)) == 10


def test_no_agent_and_no_message_gets_a_code(site: Site, page: str, desk: Desk) -> None:
    """Invariant 7."""
    caller = site.sign_in(desk.agent)
    shown = CODE.findall(site.request("POST", page, data=FORM).text)
    site.world.work()
    case = caller.get(f"/cases/{desk.case.id}")
    assert Event.RECOVERY_CODES_REPLACED in [item["event"] for item in case.json()["timeline"]]
    read_by_others = case.text + "".join(one.subject + one.body for one in site.world.messages())
    for code in shown:
        assert code not in read_by_others
        assert (read_recovery_code(code) or "?") not in read_by_others


def test_ticking_codes_off_that_never_were_says_what_the_link_was_used_for(site: Site, who: Customer) -> None:
    """A reset that rests on no code ends as ever."""
    assert who.phone is not None
    desk = Desk.with_account(site.world, who)
    desk.reverse_code(who.phone.id)
    desk.run("reset_link")
    site.world.work()
    page = next(site.world.links("reset_link"))
    early = site.request("POST", page, data={"saved": "yes"})
    assert early.status_code == 422
    assert heading(site.request("POST", page, data=FORM).text) == "Your new password is set"
    late = site.request("POST", page, data={"saved": "yes"})
    assert late.status_code == 410
    assert "recovery codes" not in late.text


def test_of_two_links_only_the_one_that_brought_the_codes_speaks_of_them(site: Site, page: str, who: Customer) -> None:
    site.request("POST", page, data=FORM)
    site.world.clock.turn(timedelta(days=1))
    assert who.phone is not None
    desk = Desk.with_account(site.world, who)
    desk.reverse_code(who.phone.id)
    desk.run("reset_link")
    site.world.work()
    later = next(site.world.links("reset_link"))
    assert heading(site.request("POST", later, data=FORM).text) == "Your new password is set"
    assert "recovery codes" not in site.request("GET", later).text
