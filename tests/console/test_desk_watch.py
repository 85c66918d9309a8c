"""The desk while somebody is signed in: live events, deadlines, the witness."""

from datetime import timedelta

import pytest

from console.errors import Missing, Unavailable, Unreachable
from console.state.desk_state import Connection, Standing, Tone
from services.contract.audit import READ_CHECKPOINT
from services.contract.cases import (
    LIST_CASES,
    LOOK_UP,
    READ_CASE,
    CaseList,
)
from services.contract.events import Topic
from services.contract.problems import ProblemCode
from services.vocabulary import CheckState
from tests.support.cards import CASE, NOW, case_card, case_line, check_card, problem
from tests.support.desk import Scene
from tests.support.log import Log

pytestmark = pytest.mark.anyio


async def test_hello_reads_everything_again(scene: Scene) -> None:
    await scene.with_case()
    scene.service.answers[READ_CASE] = case_card(version=5)
    line = case_line(case_card())
    scene.service.answers[LIST_CASES] = CaseList(cases=(line,), after=None)
    scene.announce(Topic.HELLO)
    await scene.pass_time()
    assert scene.state.case == case_card(version=5)
    assert scene.state.cases == (line,)
    assert scene.standing() is Standing.CONSISTENT
    assert scene.connection() is Connection.ONLINE


async def test_a_burst_of_events_is_two_readings(scene: Scene) -> None:
    await scene.with_case()
    for _ in range(40):
        scene.announce(Topic.CASE, CASE)
    await scene.pass_time(10)
    assert 1 <= scene.service.times(READ_CASE) <= 2
    before = scene.service.times(READ_CASE)
    scene.announce(Topic.CASE, CASE)
    await scene.pass_time(1)
    assert scene.service.times(READ_CASE) == before + 1


async def test_what_nobody_asked_for_keeps_no_idle_session_alive(scene: Scene) -> None:
    """N-SES-01: an unattended desktop with a busy stream signs itself out all the same."""
    await scene.with_case()
    asked_for = len(scene.service.asked)
    assert not any(asked.in_background for asked in scene.service.asked)
    for _ in range(20):
        scene.announce(Topic.HELLO)
        scene.announce(Topic.CASE, CASE)
        scene.announce(Topic.CHECKPOINT, "2")
        await scene.pass_time(60)
    assert len(scene.service.asked) > asked_for + 20
    assert all(asked.in_background for asked in scene.service.asked[asked_for:])


async def test_another_case_is_no_reason_to_read_this_one(scene: Scene) -> None:
    await scene.with_case()
    scene.announce(Topic.CASE, "case_2")
    await scene.pass_time(1)
    assert scene.service.times(READ_CASE) == 0


async def test_an_interruption_shows_as_offline_and_ends_with_everything_read_again(scene: Scene) -> None:
    await scene.with_case()
    scene.announce(Topic.HELLO)
    await scene.pass_time()
    scene.service.events.put_nowait(Unreachable("gone"))
    scene.service.answers[LOOK_UP] = Unreachable("gone")
    await scene.desk.look_up("x")
    await scene.pass_time(0.5)
    assert scene.connection() is Connection.OFFLINE
    assert scene.state.message is not None
    scene.service.answers[READ_CASE] = case_card(version=9)
    scene.announce(Topic.HELLO)
    await scene.pass_time(2)
    assert scene.connection() is Connection.ONLINE
    assert scene.said() == ""
    assert scene.state.case == case_card(version=9)


async def test_a_case_that_is_gone_is_left(scene: Scene) -> None:
    await scene.with_case()
    scene.service.answers[READ_CASE] = Missing(problem(ProblemCode.MISSING))
    scene.announce(Topic.CASE, CASE)
    await scene.pass_time()
    assert scene.state.case is None
    assert scene.state.message is not None


async def test_a_reading_that_fails_is_tried_again(scene: Scene) -> None:
    await scene.with_case()
    scene.service.answers[READ_CASE] = Unavailable(problem(ProblemCode.UNAVAILABLE))
    scene.announce(Topic.CASE, CASE)
    await scene.pass_time()
    scene.service.answers[READ_CASE] = case_card(version=2)
    await scene.pass_time(6)
    assert scene.state.case == case_card(version=2)
    assert scene.state.message is None


async def test_a_deadline_reads_the_case_again_without_an_event(scene: Scene) -> None:
    await scene.with_case(checks=(check_card(expires_at=NOW + timedelta(minutes=5)),))
    scene.service.answers[READ_CASE] = case_card(version=2, checks=(check_card(state=CheckState.EXPIRED),))
    await scene.pass_time(299)
    assert scene.service.times(READ_CASE) == 0
    await scene.pass_time(2)
    assert scene.service.times(READ_CASE) == 1
    await scene.pass_time(1000)
    assert scene.service.times(READ_CASE) == 1, "what is over is over"


async def test_refreshing_by_hand(scene: Scene) -> None:
    await scene.with_case()
    assert await scene.desk.refresh()
    await scene.pass_time()
    assert scene.service.times(READ_CASE) == 1


async def test_nothing_is_watched_after_signing_out(scene: Scene) -> None:
    await scene.with_case(checks=(check_card(),))
    await scene.desk.sign_out()
    asked = len(scene.service.asked)
    scene.announce(Topic.HELLO)
    await scene.pass_time(10_000)
    assert len(scene.service.asked) == asked


@pytest.mark.logs_warning("The desk stopped watching.")
async def test_a_fault_in_the_watch_is_told_and_logged(scene: Scene) -> None:
    await scene.with_case()
    scene.service.answers[READ_CASE] = ZeroDivisionError("a bug")
    scene.announce(Topic.CASE, CASE)
    await scene.pass_time()
    assert scene.state.message is not None
    assert scene.state.message.tone is Tone.FAULT


async def test_a_log_that_shrank_is_an_alarm_in_words_and_stays(scene: Scene) -> None:
    await scene.signed_in()
    scene.announce(Topic.HELLO)
    await scene.pass_time()
    scene.log = Log("a")
    scene.announce(Topic.CHECKPOINT, "1")
    await scene.pass_time(11)
    assert scene.standing() is Standing.ALARM
    assert "it had 2, and now has 1" in scene.state.witness.sentence
    await scene.desk.sign_out()
    assert scene.standing() is Standing.ALARM
    await scene.signed_in()
    assert scene.standing() is Standing.ALARM
    await scene.desk.acknowledge_alarm()
    await scene.pass_time(11)
    assert scene.standing() is Standing.CONSISTENT


async def test_a_checkpoint_that_cannot_be_had_is_asked_for_again(scene: Scene) -> None:
    await scene.signed_in()
    answer, scene.service.answers[READ_CHECKPOINT] = scene.service.answers[READ_CHECKPOINT], Unreachable("x")
    scene.announce(Topic.HELLO)
    await scene.pass_time()
    assert scene.standing() is Standing.UNPROVEN
    scene.service.answers[READ_CHECKPOINT] = answer
    await scene.pass_time(30)
    assert scene.standing() is Standing.CONSISTENT
