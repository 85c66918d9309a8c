"""The page of an enrolment link over HTTP: no key before the password, a key once, and each end in its own words."""

import base64
import html
import re
from datetime import timedelta

import pytest

from services.domain.one_time import TotpKey
from services.secret import Secret
from services.vocabulary import Event
from tests.support import enrolling
from tests.support.http import Site
from tests.support.markup import read
from tests.support.world import PASSWORD

KEY = re.compile(r"otpauth://totp/[^\"]*[?&]secret=([A-Z2-7]+)")
SEALED = re.compile(r'name="enrolment" value="([0-9a-f]+)"')
CODE = re.compile(r"<li>([0-9A-Z-]{20,})</li>")
WRONG = "not the password at all"


@pytest.fixture
def page(site: Site) -> str:
    """The path of somebody's enrolment page."""
    enrolling.sent(site.world)
    return next(site.world.links("enrolment_link"))


def shown(text: str) -> TotpKey | None:
    """The key on a page."""
    found = KEY.search(html.unescape(text))
    return TotpKey(Secret(base64.b32decode(found[1] + "=" * (-len(found[1]) % 8)))) if found else None


def begun(site: Site, page: str) -> tuple[TotpKey, dict[str, str]]:
    """Give the password: the key that is shown, and the form that binds it."""
    answer = site.request("POST", page, data={"password": PASSWORD})
    assert answer.status_code == 200
    key, sealed = shown(answer.text), SEALED.search(answer.text)
    assert key is not None
    assert sealed is not None
    return key, {"enrolment": sealed[1], "number": site.world.totp(key)}


def test_whoever_only_looks_sees_no_key_and_does_nothing(site: Site, page: str) -> None:
    """Mail gateways follow links, and mail thieves do: before and after the owner's start there is nothing to see."""
    before = site.world.events()
    first = site.request("GET", page)
    assert site.world.events() == before
    _, form = begun(site, page)
    later = site.request("GET", page)
    for look in (first, later):
        assert look.status_code == 200
        assert shown(look.text) is None
        assert "enrolment" not in look.text
        assert form["enrolment"] not in look.text
    assert first.text == later.text


def test_a_wrong_password_shows_no_key(site: Site, page: str) -> None:
    answer = site.request("POST", page, data={"password": WRONG})
    assert (answer.status_code, shown(answer.text)) == (422, None)
    assert "That is not your password." in answer.text
    assert not SEALED.search(answer.text)


def test_the_password_once_and_then_the_code(site: Site, page: str) -> None:
    """The second form asks for no password, and a slip on it neither costs the start nor shows the key again."""
    key, form = begun(site, page)
    for number, words in (("12", "Type all six digits."), ("000000", "That is not the code.")):
        if number != site.world.totp(key):
            slip = site.request("POST", page, data={**form, "number": number})
            assert (slip.status_code, shown(slip.text)) == (422, None)
            assert words in slip.text
            assert SEALED.findall(slip.text) == [form["enrolment"]]
    done = site.request("POST", page, data=form)
    assert done.status_code == 200
    assert "Save your recovery codes" in done.text
    assert site.world.events().count(Event.ENROLMENT_STARTED) == 1
    assert "You are all set" in site.request("POST", page, data={"saved": "yes"}).text


def test_a_start_that_a_newer_one_replaced_begins_anew(site: Site, page: str) -> None:
    _, older = begun(site, page)
    begun(site, page)
    answer = site.request("POST", page, data=older)
    assert answer.status_code == 410
    assert "Please start again" in answer.text
    assert 'type="password"' in answer.text


def test_a_form_sent_twice_at_once_binds_once_and_says_that_the_link_was_used(site: Site, page: str) -> None:
    _, form = begun(site, page)
    answers = site.all_at_once(("POST", page, {"data": form}), ("POST", page, {"data": form}))
    assert sorted(answer.status_code for answer in answers) == [200, 410]
    told = {answer.status_code: answer.text for answer in answers}
    assert "Save your recovery codes" in told[200]
    assert "This link was used already" in told[410]
    assert "If you did not get to save your recovery codes, call us." in told[410]
    assert site.world.events().count(Event.AUTHENTICATOR_BOUND) == 1


def test_a_link_that_was_used_says_what_for_and_when_and_shows_no_code_again(site: Site, page: str) -> None:
    """A second tap on "Finish", a reload, an answer that was lost: the codes were shown once, and that was it."""
    _, form = begun(site, page)
    codes = CODE.findall(site.request("POST", page, data=form).text)
    assert codes
    site.world.clock.turn(timedelta(minutes=4))
    for again in (site.request("POST", page, data=form), site.request("GET", page)):
        assert again.status_code == 410
        (time,) = read(again.text).all("time")
        assert time.text == "21 November 2026, 09:16 UTC"
        assert "An authenticator app was set up here on" in again.text
        assert "save your recovery codes, call us" in again.text
        assert not CODE.findall(again.text)


def test_when_the_guesses_are_used_up_the_page_says_so(site: Site, page: str) -> None:
    """At once, and however it is opened: nobody types a password for nothing."""
    limit = site.world.service.policy.attempts.limit
    *earlier, last = (site.request("POST", page, data={"password": WRONG}) for _ in range(limit))
    assert {answer.status_code for answer in earlier} == {422}
    for answer in (last, site.request("GET", page), site.request("POST", page, data={"password": PASSWORD})):
        assert answer.status_code == 410
        assert "Too many wrong tries" in answer.text
        assert 'type="password"' not in answer.text
