"""A stop link, whenever it is opened: its page says how far things went, and never that nothing happened if it did."""

import re
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.outcome import Unavailable
from services.usecases import cases, timers
from services.vocabulary import MessageKind, StepKind
from services.worker.engine import Progress, Reason
from services.worker.performers import performers
from tests.support import enrolling
from tests.support.at_work import Desk
from tests.support.http import Site
from tests.support.markup import read
from tests.support.world import Customer, World

NEW = "seven quiet otters by the lake"
CODE = re.compile(r"\b\d{6}\b")
NOTHING = "Nothing was done so far"


@pytest.fixture
def who(site: Site) -> Customer:
    """A customer with an authenticator that can be lost."""
    return site.world.customer(totp=True, codes=True)


@pytest.fixture
def desk(site: Site, who: Customer) -> Desk:
    """An agent who found that customer's account."""
    return Desk.with_account(site.world, who)


def texted(desk: Desk, who: Customer) -> str:
    """A code by text message, read out and right; the stop link that was beside it."""
    assert who.phone is not None
    check = desk.start(f"sms_code:{who.phone.id}", "reset_link")
    body = next(one.body for one in reversed(desk.world.messages()) if one.kind is MessageKind.SMS_CODE)
    found = CODE.search(body)
    assert found is not None
    desk.answer(check, found.group())
    return next(desk.world.links("sms_code"))


def reset(site: Site, desk: Desk, who: Customer) -> None:
    """Have a reset link sent, once the app proved them too: the account has a second factor (N-REC-15)."""
    assert who.authenticator is not None
    assert who.key is not None
    desk.answer(desk.start(f"totp:{who.authenticator.id}"), site.world.totp(who.key))
    desk.run("reset_link")
    site.world.work()


def set_password(site: Site) -> None:
    """Whoever holds the reset link uses it."""
    page = next(site.world.links("reset_link"))
    assert site.request("POST", page, data={"password": NEW, "repeat": NEW}).status_code == 200


def looked(site: Site, path: str) -> str:
    """What a link's page says."""
    answer = site.request("GET", path)
    assert answer.status_code == 200
    return read(answer.text).all("main")[0].text


def stopped(site: Site, path: str) -> str:
    """What is said after the tap; and the same when the link is opened again."""
    said = read(site.request("POST", path, data={"decision": "stop"}).text).all("main")[0].text
    assert "It is stopped" in said
    assert looked(site, path) == said
    return said


def test_while_somebody_calls_it_is_told_as_it_happens(site: Site, desk: Desk, who: Customer) -> None:
    assert who.phone is not None
    desk.start(f"sms_code:{who.phone.id}", "reset_link")
    link = next(site.world.links("sms_code"))
    assert "is talking to our support as you" in looked(site, link)
    said = stopped(site, link)
    assert "had been done" not in said
    assert "nothing more will happen" in said


@pytest.mark.parametrize("how", ["answered", "too late", "closed"])
def test_once_the_check_is_over_it_is_told_as_past(site: Site, desk: Desk, who: Customer, how: str) -> None:
    if how == "answered":
        link = texted(desk, who)
    else:
        assert who.phone is not None
        desk.start(f"sms_code:{who.phone.id}", "reset_link")
        link = next(site.world.links("sms_code"))
    if how == "too late":
        site.world.clock.turn(timedelta(minutes=10))
    if how == "closed":
        with site.world.storage.changing() as work:
            case = work.cases.get(desk.case.id)
            cases.close(site.world.service, work, desk.agent.staff, case.id, case.version, "")
    said = looked(site, link)
    assert "is talking" not in said
    assert NOTHING in said


def test_a_link_of_a_code_tells_that_the_password_was_changed(site: Site, desk: Desk, who: Customer) -> None:
    """The owner reads the text message two days late: the account was taken over, and the page must not calm them."""
    link = texted(desk, who)
    reset(site, desk, who)
    assert "a link to set a new password was sent" in looked(site, link)
    set_password(site)
    site.world.clock.turn(timedelta(days=2))
    before = looked(site, link)
    assert "This was done" in before
    assert "your password was changed" in before
    assert "gets nothing" not in before
    after = stopped(site, link)
    assert "This had been done before you pressed the button" in after
    assert "your password was changed" in after


def test_that_was_not_me_tells_it_too(site: Site, desk: Desk, who: Customer) -> None:
    """An owner who was talked into typing the number, and finds out afterwards."""
    assert who.phone is not None
    desk.reverse_code(who.phone.id)
    link = next(site.world.links("reverse_code_link"))
    reset(site, desk, who)
    set_password(site)
    said = site.request("POST", link, data={"decision": "not_me"}).text
    for text in (said, site.request("GET", link).text):
        assert "your password was changed" in text
        assert "This had been done before you pressed the button" in text


def test_the_notice_of_a_completion_opens_a_page_that_says_the_same(site: Site, desk: Desk, who: Customer) -> None:
    texted(desk, who)
    reset(site, desk, who)
    handed_over = next(site.world.links("notice_done"))
    assert "a link to set a new password was sent" in looked(site, handed_over)
    set_password(site)
    site.world.work()
    for link in (next(site.world.links("notice_completed")), handed_over):
        assert "your password was changed" in looked(site, link)
    assert "your password was changed" in stopped(site, handed_over)


def test_a_link_that_nobody_followed_was_sent_all_the_same(site: Site, desk: Desk, who: Customer) -> None:
    link = texted(desk, who)
    reset(site, desk, who)
    site.world.clock.turn(timedelta(hours=3))
    timers.settle_due(site.world.service)
    assert "a link to set a new password was sent" in looked(site, link)
    assert "a link to set a new password was sent" in stopped(site, link)


def test_an_authenticator_that_is_gone_is_not_called_stopped(site: Site) -> None:
    enrolling.sent(site.world)
    link = next(site.world.links("notice_done"))
    assert "your authenticator app was removed" in looked(site, link)
    assert "your authenticator app was removed" in stopped(site, link)


def test_what_cools_off_is_still_to_come(site: Site, desk: Desk, who: Customer) -> None:
    """On the notice's own page, and on that of the code that led to it."""
    assert who.authenticator is not None
    link = texted(desk, who)
    desk.answer(desk.start("recovery_code"), who.codes[0].reveal())
    desk.run(f"authenticator_reset:{who.authenticator.id}")
    site.world.work()
    for one in (link, next(site.world.links("notice_scheduled"))):
        said = looked(site, one)
        assert "unless you stop it" in said
        assert "Remove your authenticator app" in said
    assert "had been done" not in stopped(site, link)


def broken_off(world: World) -> None:
    """The reset of an authenticator runs until its link cannot be sent, and is given up."""

    class Down:
        def deliver(self, message: object) -> None:
            raise Unavailable("the gateway is down")

    world.clock.turn(timedelta(minutes=16))
    timers.settle_due(world.service)
    from_now_on = performers(replace(world.service, messenger=Down()))
    for effect in world.parts.outbox.due(100):
        doer = from_now_on[effect.kind]
        with suppress(Unavailable):
            while doer.perform(effect.payload, effect.key) is Progress.MORE:
                pass
        doer.give_up(effect.payload, effect.key, Reason.UNAVAILABLE)
        world.parts.outbox.handed_over(effect.key)
    world.work()


def test_what_was_done_in_part_is_told_in_part(site: Site, desk: Desk, who: Customer) -> None:
    """N-REC-17."""
    assert who.authenticator is not None
    link = texted(desk, who)
    desk.answer(desk.start("recovery_code"), who.codes[0].reveal())
    action = desk.run(f"authenticator_reset:{who.authenticator.id}")
    site.world.work()
    broken_off(site.world)
    assert StepKind.REMOVE_AUTHENTICATOR in desk.action(action).done
    for one in (link, next(site.world.links("notice_unfinished"))):
        said = looked(site, one)
        assert "your authenticator app was switched off" in said
        assert "a link to set up a new app was sent" not in said
