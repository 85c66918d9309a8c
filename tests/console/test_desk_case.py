"""The desk: every intent on a case, and everything that can come back."""

import asyncio
from typing import Any

import pytest

from console.errors import (
    Broken,
    GatewayError,
    Invalid,
    Missing,
    Refused,
    Stale,
    Unavailable,
    Unreachable,
    Untrusted,
)
from console.state.desk_state import Act, Connection, Tone
from services.contract.cases import (
    ANSWER_CHECK,
    CANCEL_CHECK,
    CLOSE_CASE,
    LIST_CASES,
    LOOK_UP,
    NOTE,
    READ_CASE,
    REVEAL,
    RUN_ACTION,
    START_CHECK,
    Answered,
    CaseList,
)
from services.contract.checks import CheckAnswered
from services.contract.events import Topic
from services.contract.problems import ProblemCode, Reason
from services.contract.route import Route
from services.vocabulary import CaseId, Channel, CheckId, Objection
from tests.support.cards import CASE, case_card, case_line, check_card, problem
from tests.support.desk import Scene

pytestmark = pytest.mark.anyio


def refused(*codes: Objection) -> Refused:
    return Refused(problem(ProblemCode.REFUSED, *(Reason(code=code) for code in codes)))


async def test_opening_a_case_shows_it(scene: Scene) -> None:
    await scene.signed_in()
    assert await scene.desk.open_case(Channel.PHONE, "T-1042")
    assert scene.state.case == case_card()
    assert scene.service.asked[-1].ask.reference == "T-1042"


@pytest.mark.parametrize(
    ("route", "intent", "given", "sent"),
    [
        (LOOK_UP, "look_up", ("amara@example.com",), {"query": "amara@example.com"}),
        (REVEAL, "reveal", ("name", "caller asked"), {"field": "name", "reason": "caller asked"}),
        (
            START_CHECK,
            "start_check",
            ("totp:auth_1", "unlock"),
            {"option": "totp:auth_1", "towards": "unlock"},
        ),
        (RUN_ACTION, "run_action", ("unlock", "why"), {"option": "unlock", "version": 1, "reason": "why"}),
        (NOTE, "add_note", ("called back",), {"text": "called back"}),
    ],
)
async def test_an_intent_is_one_question_and_its_answer_is_shown(
    scene: Scene, route: Route[Any, Any], intent: str, given: tuple[str, ...], sent: dict[str, Any]
) -> None:
    await scene.with_case()
    scene.service.answers[route] = case_card(version=2, lookup="matched")
    assert await getattr(scene.desk, intent)(*given)
    asked = scene.service.asked[-1]
    assert (asked.route, asked.path) == (route, {"case_id": CASE})
    assert asked.ask == route.ask(**sent)
    assert scene.state.case == case_card(version=2, lookup="matched")


async def test_a_check_can_be_called_off(scene: Scene) -> None:
    await scene.with_case(checks=(check_card(),))
    scene.service.answers[CANCEL_CHECK] = case_card(version=2)
    assert await scene.desk.cancel_check(CheckId("chk_1"))
    assert scene.service.asked[-1].path == {"case_id": CASE, "check_id": "chk_1"}


async def test_a_right_code_is_shown_as_right(scene: Scene) -> None:
    await scene.with_case()
    answer = CheckAnswered(passed=True, objection=None, attempts_left=5)
    scene.service.answers[ANSWER_CHECK] = Answered(answer=answer, case=case_card(version=2))
    assert await scene.desk.answer_check(CheckId("chk_1"), "123456")
    assert scene.state.answered is not None
    assert scene.state.answered.answer == answer
    assert scene.state.message is not None
    assert scene.state.message.tone is Tone.DONE


async def test_a_wrong_code_says_how_many_tries_are_left(scene: Scene) -> None:
    await scene.with_case()
    answer = CheckAnswered(passed=False, objection=Objection.WRONG_CODE, attempts_left=3)
    scene.service.answers[ANSWER_CHECK] = Answered(answer=answer, case=case_card(version=2))
    assert not await scene.desk.answer_check(CheckId("chk_1"), "000000")
    assert scene.state.message is not None
    assert scene.state.message.text == "Wrong code. Tries left: 3."
    assert scene.state.case == case_card(version=2)


async def test_the_last_wrong_code_says_that_it_locked(scene: Scene) -> None:
    await scene.with_case()
    answer = CheckAnswered(passed=False, objection=Objection.WRONG_CODE, attempts_left=0)
    scene.service.answers[ANSWER_CHECK] = Answered(answer=answer, case=case_card(version=2))
    assert not await scene.desk.answer_check(CheckId("chk_1"), "000000")
    assert scene.said() == "Wrong code. Too many wrong codes on this account. Locked for a while."


async def test_closing_a_case_leaves_it(scene: Scene) -> None:
    await scene.with_case()
    scene.service.answers[CLOSE_CASE] = case_card(version=2)
    assert await scene.desk.close_case("done")
    assert scene.state.case is None
    assert scene.service.asked[-1].ask.version == 1


async def test_nothing_happens_to_no_case(scene: Scene) -> None:
    await scene.signed_in()
    asked = len(scene.service.asked)
    assert not await scene.desk.look_up("x")
    assert not await scene.desk.edit_note("x")
    assert not await scene.desk.add_note("x")
    assert len(scene.service.asked) == asked


async def test_pressing_twice_asks_once(scene: Scene) -> None:
    await scene.with_case()
    scene.service.answers[START_CHECK] = case_card(version=2)
    scene.service.held.clear()
    first = asyncio.create_task(scene.desk.start_check("totp:auth_1", "reset_link"))
    await scene.pass_time()
    assert scene.state.is_busy(Act.START_CHECK, "totp:auth_1")
    assert not scene.state.is_busy(Act.START_CHECK, "sms_code:cp_1")
    assert not await scene.desk.start_check("totp:auth_1", "reset_link")
    scene.service.held.set()
    assert await first
    assert scene.service.times(START_CHECK) == 1
    assert scene.state.busy == frozenset()


async def test_an_intent_can_be_cancelled_and_leaves_no_marker(scene: Scene) -> None:
    await scene.with_case()
    scene.service.held.clear()
    pending = asyncio.create_task(scene.desk.look_up("x"))
    await scene.pass_time()
    pending.cancel()
    await scene.pass_time()
    assert scene.state.busy == scene.state.slow == frozenset()


async def test_what_takes_long_is_called_slow_until_it_is_answered(scene: Scene) -> None:
    await scene.with_case()
    scene.announce(Topic.HELLO)
    await scene.pass_time(1)
    scene.service.answers[LOOK_UP] = case_card(version=2)
    scene.service.held.clear()
    pending = asyncio.create_task(scene.desk.look_up("x"))
    await scene.pass_time(1.4)
    assert scene.connection() is Connection.ONLINE
    await scene.pass_time(0.2)
    assert scene.connection() is Connection.SLOW
    scene.service.held.set()
    assert await pending
    assert scene.connection() is Connection.ONLINE


@pytest.mark.parametrize(
    ("error", "tone", "said"),
    [
        (refused(Objection.METHOD_OFF, Objection.NOT_VERIFIED), Tone.REFUSED, "switched off by policy. It was never"),
        (Unavailable(problem(ProblemCode.UNAVAILABLE)), Tone.TROUBLE, "cannot do this just now"),
        (Unreachable("x"), Tone.TROUBLE, "cannot be reached"),
        (Untrusted("x"), Tone.TROUBLE, "certificate is not trusted"),
    ],
)
async def test_what_did_not_work_is_told(scene: Scene, error: GatewayError, tone: Tone, said: str) -> None:
    await scene.with_case()
    scene.service.answers[LOOK_UP] = error
    assert not await scene.desk.look_up("x")
    message = scene.state.message
    assert message is not None
    assert (message.tone, message.intent and message.intent.act) == (tone, Act.LOOK_UP)
    assert said in message.text
    assert scene.state.case == case_card()
    await scene.desk.dismiss_message()
    assert scene.state.message is None


@pytest.mark.logs_warning("look_up: 500 broken", "look_up: 422 invalid")
async def test_a_fault_is_told_with_its_number_and_logged(scene: Scene) -> None:
    await scene.with_case()
    scene.service.answers[LOOK_UP] = Broken(problem(ProblemCode.BROKEN, status=500, reference="ref-7"))
    assert not await scene.desk.look_up("x")
    assert scene.state.message is not None
    assert scene.state.message.tone is Tone.FAULT
    assert "ref-7" in scene.state.message.text
    scene.service.answers[LOOK_UP] = Invalid(problem(ProblemCode.INVALID, status=422))
    assert not await scene.desk.look_up("x")
    assert scene.state.message.tone is Tone.FAULT


@pytest.mark.parametrize("error", [Stale(problem(ProblemCode.STALE)), Missing(problem(ProblemCode.MISSING))])
async def test_someone_was_faster_shows_the_new_state(scene: Scene, error: GatewayError) -> None:
    await scene.with_case()
    scene.service.answers[RUN_ACTION] = error
    scene.service.answers[READ_CASE] = case_card(version=2)
    assert not await scene.desk.run_action("unlock")
    await scene.pass_time()
    assert scene.state.case == case_card(version=2)
    assert scene.state.message is not None


async def test_a_new_intent_takes_the_old_message_away(scene: Scene) -> None:
    await scene.with_case()
    scene.service.answers[LOOK_UP] = Unreachable("x")
    await scene.desk.look_up("x")
    scene.service.answers[LOOK_UP] = case_card(version=2)
    await scene.desk.look_up("x")
    assert scene.state.message is None


async def test_my_cases_are_read_page_by_page(scene: Scene) -> None:
    lines = tuple(case_line(case_card(id=f"case_{n}")) for n in range(3))
    scene.service.answers[LIST_CASES] = CaseList(cases=lines[:2], after="p2")
    await scene.signed_in()
    assert await scene.desk.list_cases()
    scene.service.answers[LIST_CASES] = CaseList(cases=lines[2:], after=None)
    assert await scene.desk.list_cases(more=True)
    assert (scene.state.cases, scene.service.asked[-1].query) == (lines, {"after": "p2"})
    assert not await scene.desk.list_cases(more=True), "that was the end"


async def test_showing_another_case_and_leaving_it(scene: Scene) -> None:
    await scene.with_case()
    scene.service.answers[READ_CASE] = case_card(id="case_2", version=1)
    assert await scene.desk.show_case(CaseId("case_2"))
    assert scene.state.case is not None
    assert scene.state.case.id == "case_2"
    await scene.desk.leave_case()
    assert scene.state.case is None
