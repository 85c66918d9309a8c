"""Invariant 1: what the card says of a method and an action, why not yet, and what would be enough."""

from datetime import timedelta

import pytest

from services.domain.budget import BUDGET_WINDOW
from services.domain.outcome import Refused, Why
from services.domain.verification import Check
from services.usecases import cases
from services.usecases.view import ActionView
from services.vocabulary import ActionKind, Objection, SignalAnswer
from tests.support.at_work import Desk
from tests.support.world import World

NOBODY = "nobody@postbox.example"


def shown(desk: Desk, kind: ActionKind) -> ActionView:
    """An action as the agent sees it."""
    return next(one for one in desk.view().actions if one.wanted.kind is kind)


def codes_of(reasons: tuple[Why, ...]) -> list[Objection]:
    """What they object."""
    return [why.code for why in reasons]


def guess_wrongly(desk: Desk, check: Check) -> None:
    """Give a code that cannot be right until the factor is locked."""
    while True:
        try:
            desk.answer(check, "000000")
        except Refused:
            return


def test_a_lock_says_until_when_and_what_is_missing_then(world: World) -> None:
    """An hour's wait is not the end of the road."""
    who = world.customer(email=False, totp=True, codes=True)
    assert who.phone is not None
    desk = Desk.with_account(world, who)
    before = shown(desk, ActionKind.AUTHENTICATOR_RESET)
    assert Objection.NEEDS_MORE_PROOF in codes_of(before.why_not)
    assert before.missing == ("issued_code", "saved_code")
    assert len(before.next_options) == 2

    guess_wrongly(desk, desk.start(f"sms_code:{who.phone.id}"))
    reset = shown(desk, ActionKind.AUTHENTICATOR_RESET)
    rests = Why(code=Objection.PROOF_RESTS, at=world.clock() + timedelta(hours=1))
    assert reset.why_not == (*before.why_not, rests)
    assert (reset.missing, reset.next_options) == (before.missing, ())
    assert shown(desk, ActionKind.RESET_LINK).next_options, "another method is there at once"

    world.clock.turn(timedelta(hours=1))
    assert shown(desk, ActionKind.AUTHENTICATOR_RESET).why_not == before.why_not


def test_what_the_account_cannot_give_is_not_called_missing(world: World) -> None:
    """No agent asks a caller for a saved code that they never got."""
    reset = shown(Desk.with_account(world, world.customer(totp=True)), ActionKind.AUTHENTICATOR_RESET)
    assert codes_of(reset.why_not) == [Objection.NEEDS_MORE_PROOF, Objection.CANNOT_BE_PROVEN]
    assert (reset.met, reset.missing, reset.next_options) == (False, (), ())


def test_nobody_is_sent_into_a_check_that_cannot_count(world: World) -> None:
    """Invariants 1 and 5: a phone of unknown SIM history says so on its rows, and no plan leads over it."""
    who = world.customer(sim_swap=SignalAnswer.UNKNOWN, totp=True)
    assert who.phone is not None
    assert who.email is not None
    desk = Desk.with_account(world, who)
    why_not = {one.offer.option: codes_of(one.why_not) for one in desk.view().methods}
    phone = {f"{method}:{who.phone.id}" for method in ("sms_code", "voice_code", "reverse_code")}
    assert {option for option, reasons in why_not.items() if reasons} == phone
    assert {reason for option in phone for reason in why_not[option]} == {Objection.SIM_UNKNOWN}
    assert {option for one in desk.view().actions for option in one.next_options}.isdisjoint(phone)
    assert shown(desk, ActionKind.RESET_LINK).next_options
    assert Objection.CANNOT_BE_PROVEN in codes_of(shown(desk, ActionKind.AUTHENTICATOR_RESET).why_not)
    with pytest.raises(Refused) as refused:
        desk.start(f"sms_code:{who.phone.id}")
    assert codes_of(refused.value.reasons) == [Objection.SIM_UNKNOWN]


def test_on_a_frozen_account_nothing_else_is_said(world: World, desk: Desk) -> None:
    desk.run("freeze", reason="The caller is not the owner.")
    world.work()
    for action in desk.view().actions:
        assert codes_of(action.why_not) == [Objection.ACCOUNT_FROZEN]
        assert (action.missing, action.next_options) == ((), ())
    assert not shown(desk, ActionKind.RESET_LINK).met


def test_where_there_is_nothing_to_do_nothing_is_to_be_proven(desk: Desk) -> None:
    ended = shown(desk, ActionKind.REVOKE_SESSIONS)
    assert codes_of(ended.why_not) == [Objection.NOTHING_TO_DO]
    assert (ended.missing, ended.next_options) == ((), ())


def test_an_ended_case_says_so_alone_and_takes_notes(world: World, desk: Desk) -> None:
    """What came up after the caller hung up belongs on record too; a colleague's notes belong in their own cases."""
    with world.storage.changing() as work:
        case = work.cases.get(desk.case.id)
        cases.close(world.service, work, desk.agent.staff, case.id, case.version, "")
    seen = desk.view()
    assert seen.actions == ()
    assert codes_of(seen.lookup_why_not) == codes_of(seen.why_not) == [Objection.CASE_NOT_OPEN]
    assert seen.note_why_not == ()
    with world.storage.changing() as work:
        cases.note(world.service, work, desk.agent.staff, desk.case.id, "The caller rang again.")
    supervisor = Desk(world, world.person("supervisor"), desk.case)
    assert codes_of(supervisor.view().note_why_not) == [Objection.NOT_YOUR_CASE]


def test_a_case_without_look_ups_left_says_so_and_waiting_does_not_help(world: World) -> None:
    desk = Desk.open(world)
    assert desk.view().lookup_why_not == ()
    for _ in range(world.service.policy.lookups_per_case):
        desk.look_up(NOBODY)
    assert desk.view().lookup_why_not == (Why(code=Objection.LOOKUPS_USED_UP),)
    world.clock.turn(BUDGET_WINDOW)
    assert desk.view().lookup_why_not == (Why(code=Objection.LOOKUPS_USED_UP),)


def test_an_agent_whose_hour_is_used_up_reads_when_it_ends(world: World) -> None:
    began, policy, agent = world.clock(), world.service.policy, world.person()
    for nth in range(policy.lookups_per_agent_hour):
        Desk.open(world, agent, f"T-{nth:04}").look_up(NOBODY)
    tired = Desk.open(world, agent, "T-9000")
    assert tired.view().lookup_why_not == (Why(code=Objection.LOOKUPS_USED_UP, at=began + BUDGET_WINDOW),)
    assert tired.view().lookups_left == 0
    world.clock.turn(BUDGET_WINDOW)
    assert tired.view().lookup_why_not == ()
