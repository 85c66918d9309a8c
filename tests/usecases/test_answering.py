"""When an answer counts no more, though it is the right one (N-OOB-03, N-THR-01, invariant 10)."""

import re
from datetime import timedelta

import pytest

from services.domain.answering import Fit
from services.domain.one_time import read_digits
from services.domain.outcome import Refused
from services.domain.verification import Check
from services.usecases import customer
from services.usecases.links import open_link
from services.vocabulary import ActionKind, Event, Objection
from tests.support.at_work import Desk
from tests.support.world import Customer, World

CODE = re.compile(r"\b(?:\d[. ]*){6}\b")


def texted(desk: Desk, who: Customer) -> tuple[Check, str]:
    """A check by text message, and the code that arrived."""
    assert who.phone is not None
    check = desk.start(f"sms_code:{who.phone.id}")
    found = CODE.search(desk.world.messages()[-1].body)
    assert found is not None
    return check, read_digits(found.group()) or ""


def wrong(code: str) -> str:
    """Another code than this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def refused_for(desk: Desk, check: Check, code: str) -> list[Objection]:
    """Why an answer is refused."""
    with pytest.raises(Refused) as refused:
        desk.answer(check, code)
    return [reason.code for reason in refused.value.reasons]


def test_the_right_code_counts_once(desk: Desk, who: Customer) -> None:
    check, code = texted(desk, who)
    assert desk.answer(check, code).fit is Fit.RIGHT
    assert Objection.CHECK_NOT_PENDING in refused_for(desk, check, code)


def test_the_owner_reads_what_it_is_for(world: World, desk: Desk, who: Customer) -> None:
    """A caller who passes the question on cannot say that it is for something else; and it is on record."""
    assert who.phone is not None
    desk.start(f"reverse_code:{who.phone.id}", towards="forget_devices")
    with world.storage.reading() as work:
        assert open_link(work, world.token("reverse_code_link")).wanted is ActionKind.FORGET_DEVICES
        (started,) = [entry for entry in work.timeline(desk.case.id) if entry.event is Event.CHECK_STARTED]
    assert started.details["wanted"] == "forget_devices"


def test_it_is_for_nothing_that_the_account_does_not_offer(desk: Desk, who: Customer) -> None:
    assert who.phone is not None
    with pytest.raises(Refused) as refused:
        desk.start(f"reverse_code:{who.phone.id}", towards="unlock")
    assert [reason.code for reason in refused.value.reasons] == [Objection.NOT_ON_FILE]


def test_after_its_time_it_counts_no_more(world: World, desk: Desk, who: Customer) -> None:
    check, code = texted(desk, who)
    world.clock.turn(timedelta(minutes=10))
    assert refused_for(desk, check, code) == [Objection.CHECK_EXPIRED]


def test_after_the_last_try_it_counts_no_more_in_any_case(world: World, desk: Desk, who: Customer) -> None:
    """Hanging up and calling again buys nothing (AC-4)."""
    check, code = texted(desk, who)
    for _ in range(world.service.policy.attempts.limit):
        desk.answer(check, wrong(code))
    assert refused_for(desk, check, code)
    again = Desk.with_account(world, who, world.person())
    assert who.phone is not None
    with pytest.raises(Refused) as refused:
        again.start(f"sms_code:{who.phone.id}")
    assert Objection.ATTEMPTS_USED_UP in [reason.code for reason in refused.value.reasons]


@pytest.mark.parametrize("method", ["sms_code", "totp", "recovery_code"])
@pytest.mark.parametrize("typed", ["", "abc", "12345", "1234567", "7a0a4a8a1a2"])
def test_what_cannot_be_the_code_is_not_counted(world: World, method: str, typed: str) -> None:
    """A slip of the tongue locks nobody out, and no letters between digits make a right code of a wrong one."""
    who = world.customer(totp=True, codes=True)
    desk = Desk.with_account(world, who)
    option = next(one.offer.option for one in desk.view().methods if one.offer.method == method)
    check = desk.start(option)
    before = desk.view().checks[0].attempts_left
    assert refused_for(desk, check, typed) == [Objection.UNREADABLE_CODE]
    assert desk.view().checks[0].attempts_left == before


def test_letters_between_the_right_digits_are_not_the_code(desk: Desk, who: Customer) -> None:
    check, code = texted(desk, who)
    assert refused_for(desk, check, "a".join(code)) == [Objection.UNREADABLE_CODE]
    assert desk.answer(check, f"{code[:3]} {code[3:]}").fit is Fit.RIGHT


def test_a_newer_code_ends_the_older(desk: Desk, who: Customer) -> None:
    """C-MFA-01."""
    older, code = texted(desk, who)
    texted(desk, who)
    assert Objection.CHECK_NOT_PENDING in refused_for(desk, older, code)


def test_once_the_owner_said_that_it_was_not_them_nothing_counts(world: World, desk: Desk, who: Customer) -> None:
    check, code = texted(desk, who)
    assert who.email is not None
    desk.start(f"reverse_code:{who.email.id}")
    with world.storage.changing() as work:
        customer.repudiate(world.service, work, world.token("reverse_code_link"))
    assert refused_for(desk, check, code)
