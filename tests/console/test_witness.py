"""The witness: it notices every way in which a log can contradict itself, and cannot be talked out of it."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.errors import GatewayError, Missing, SignedOut, Unavailable, Unreachable
from console.state.desk_state import Standing, WitnessState
from console.store import AlarmKind, MemoryStore, Seen
from console.witness import Witness, contradiction
from services.contract.audit import PROVE_CONSISTENCY, READ_CHECKPOINT, Checkpoint, ConsistencyProof
from services.contract.problems import ProblemCode
from services.contract.route import Route
from services.proofs import parse_checkpoint, parse_note
from services.vocabulary import StaffId
from tests.support.aside import InPlace
from tests.support.calls import Asked, Scripted
from tests.support.cards import NOW, problem
from tests.support.log import Log

pytestmark = pytest.mark.anyio
SERVER = "https://desk.example.com"
ANA = StaffId("staff_ana")


def kind_of(witness: Witness) -> AlarmKind | None:
    """What the witness's alarm is about; None without one."""
    return None if witness.alarm is None else witness.alarm.kind


class Scene:
    """A witness, and a service that offers whatever log stands in `log`."""

    def __init__(self, *entries: str) -> None:
        self.log = Log(*entries)
        self.note: str | None = None
        self.calls = Scripted()
        self.calls.answers = {READ_CHECKPOINT: self._checkpoint, PROVE_CONSISTENCY: self._proof}
        self.store = MemoryStore()
        self.now = NOW
        self.witness = self.another()

    def another(self) -> Witness:
        """The witness of the next run: it knows what the store knows."""
        return Witness(SERVER, self.calls, self.store, InPlace(), lambda: self.now)

    def _checkpoint(self, _: Asked) -> Checkpoint:
        note = self.note if self.note is not None else self.log.checkpoint()
        return Checkpoint(note=note, size=999)

    def _proof(self, asked: Asked) -> ConsistencyProof:
        first, second = int(asked.query["first"]), int(asked.query["second"])
        hashes = tuple(base64.b64encode(one).decode() for one in self.log.proof(first, second))
        return ConsistencyProof(first=first, second=second, hashes=hashes)

    async def began(self) -> "Scene":
        """Signed in, and the first checkpoint seen."""
        await self.witness.pin(str(self.log.key))
        assert (await self.witness.check()).standing is Standing.CONSISTENT
        return self


async def test_a_log_that_only_grows_is_consistent() -> None:
    scene = await Scene("a", "b", "c").began()
    for entry in "defghijk":
        scene.log.append(entry)
        scene.now += timedelta(minutes=1)
        assert await scene.witness.check() == WitnessState(
            standing=Standing.CONSISTENT, size=len(scene.log.leaves), checked_at=scene.now
        )


async def test_the_same_checkpoint_twice_needs_no_proof() -> None:
    scene = await Scene("a", "b", "c").began()
    assert (await scene.witness.check()).standing is Standing.CONSISTENT
    assert scene.calls.times(PROVE_CONSISTENCY) == 0


async def test_a_log_may_begin_empty() -> None:
    scene = await Scene().began()
    scene.log.append("a", "b")
    assert (await scene.witness.check()).standing is Standing.CONSISTENT


async def test_what_was_seen_outlives_the_program() -> None:
    scene = await Scene("a", "b", "c").began()
    scene.log = Log("a", "b")
    later = scene.another()
    await later.pin(str(scene.log.key))
    await later.check()
    assert kind_of(later) is AlarmKind.SHRUNK


@pytest.mark.parametrize(
    ("then", "alarm"),
    [
        (Log("a", "b"), AlarmKind.SHRUNK),
        (Log(), AlarmKind.SHRUNK),
        (Log("a", "X", "c"), AlarmKind.FORKED),
        (Log("a", "c", "b"), AlarmKind.FORKED),
        (Log("a", "X", "c", "d"), AlarmKind.NOT_CONTINUED),
        (Log("X", "b", "c", "d", "e", "f"), AlarmKind.NOT_CONTINUED),
        (Log("a", "b", "c", "d", seed=2), AlarmKind.BAD_SIGNATURE),
        (Log("a", "b", "c", "d", origin="elsewhere.example.com/log"), AlarmKind.BAD_SIGNATURE),
    ],
)
async def test_a_log_that_contradicts_itself_is_an_alarm(then: Log, alarm: AlarmKind) -> None:
    scene = await Scene("a", "b", "c").began()
    scene.log = then
    state = await scene.witness.check()
    assert (state.standing, kind_of(scene.witness), state.size) == (Standing.ALARM, alarm, 3)
    kept = scene.store.alarm(SERVER)
    assert kept is not None
    assert kept.held.note == Log("a", "b", "c").checkpoint(), "both sides are kept as evidence"
    assert kept.offered == then.checkpoint()


@pytest.mark.parametrize(
    ("note", "alarm"),
    [
        ("", AlarmKind.BAD_SIGNATURE),
        ("desk.example.com/log\n9\nAAAA\n", AlarmKind.BAD_SIGNATURE),
        (Log().signed("desk.example.com/log\nnine\nAAAA\n"), AlarmKind.BAD_CHECKPOINT),
        (
            Log().signed(parse_note(Log("a", origin="other.example.com/log").checkpoint()).text),
            AlarmKind.BAD_CHECKPOINT,
        ),
    ],
)
async def test_what_is_not_the_logs_own_checkpoint_is_an_alarm(note: str, alarm: AlarmKind) -> None:
    scene = await Scene("a", "b", "c").began()
    scene.note = note
    await scene.witness.check()
    assert kind_of(scene.witness) is alarm


@pytest.mark.parametrize("hashes", [(), ("!!",), ("AAAA",)])
async def test_a_proof_that_proves_nothing_is_an_alarm(hashes: tuple[str, ...]) -> None:
    scene = await Scene("a", "b", "c").began()
    scene.log.append("d")
    scene.calls.answers[PROVE_CONSISTENCY] = ConsistencyProof(first=3, second=4, hashes=hashes)
    await scene.witness.check()
    assert kind_of(scene.witness) is AlarmKind.NOT_CONTINUED


@pytest.mark.parametrize("route", [READ_CHECKPOINT, PROVE_CONSISTENCY])
@pytest.mark.parametrize(
    "error", [Unreachable("x"), Unavailable(problem(ProblemCode.UNAVAILABLE)), Missing(problem(ProblemCode.MISSING))]
)
async def test_what_could_not_be_compared_is_neither_an_alarm_nor_a_pass(
    route: Route[Any, Any], error: GatewayError
) -> None:
    scene = await Scene("a", "b", "c").began()
    scene.log.append("d")
    answer, scene.calls.answers[route] = scene.calls.answers[route], error
    state = await scene.witness.check()
    assert (state.standing, state.size, state.checked_at) == (Standing.UNPROVEN, 3, NOW)
    scene.calls.answers[route] = answer
    assert (await scene.witness.check()).size == 4, "nothing was taken on trust meanwhile"
    assert scene.calls.asked[-1].query == {"first": "3", "second": "4"}


async def test_a_session_that_ended_is_told_upwards() -> None:
    scene = await Scene("a").began()
    scene.calls.answers[READ_CHECKPOINT] = SignedOut(problem(ProblemCode.SIGNED_OUT))
    with pytest.raises(SignedOut):
        await scene.witness.check()


async def test_an_alarm_is_never_covered_by_anything_later() -> None:
    scene = await Scene("a", "b", "c").began()
    scene.log = Log("a", "b")
    first, alarm = await scene.witness.check(), scene.witness.alarm
    asked = len(scene.calls.asked)
    scene.log = Log("a", "b", "c", "d")
    assert await scene.witness.check() == first
    assert len(scene.calls.asked) == asked
    assert await scene.witness.pin(str(Log(seed=2).key)) == first
    later = scene.another()
    assert await later.pin(str(scene.log.key)) == first, "it is still there after a restart"
    assert scene.witness.alarm == later.alarm == alarm


async def test_another_key_is_an_alarm_and_the_pinned_one_stays() -> None:
    scene = await Scene("a", "b", "c").began()
    later = scene.another()
    assert (await later.pin(str(Log(seed=2).key))).standing is Standing.ALARM
    assert kind_of(later) is AlarmKind.KEY_CHANGED
    assert scene.store.seen(SERVER) == Seen(vkey=str(scene.log.key), note=scene.log.checkpoint(), size=3)


async def test_no_key_at_all_after_one_was_pinned_is_an_alarm_too() -> None:
    scene = await Scene("a").began()
    await scene.witness.pin("")
    assert kind_of(scene.witness) is AlarmKind.KEY_CHANGED


async def test_a_service_that_names_no_key_is_not_proven() -> None:
    scene = Scene("a")
    await scene.witness.pin("not a key")
    assert (await scene.witness.check()).standing is Standing.UNPROVEN
    assert scene.store.seen(SERVER) is None


@pytest.mark.parametrize("then", [Log("a", "b"), Log("a", "X", "c"), Log("a", "X", "c", "d")])
async def test_once_acknowledged_the_log_is_held_to_what_it_offered(then: Log) -> None:
    scene = await Scene("a", "b", "c").began()
    scene.log = then
    await scene.witness.check()
    assert (await scene.witness.acknowledge(ANA)).standing is Standing.UNKNOWN
    assert (await scene.witness.check()).standing is Standing.CONSISTENT
    scene.log = Log("Y", *"bcdefg")
    assert (await scene.witness.check()).standing is Standing.ALARM, "the next contradiction is noticed"


async def test_an_acknowledged_new_key_is_pinned() -> None:
    scene = await Scene("a").began()
    scene.log = Log("a", seed=2)
    await scene.witness.pin(str(scene.log.key))
    await scene.witness.acknowledge(ANA)
    assert (await scene.witness.check()).standing is Standing.CONSISTENT


async def test_a_bad_signature_is_never_adopted() -> None:
    scene = await Scene("a", "b").began()
    scene.log = Log("a", "b", "c", seed=2)
    await scene.witness.check()
    await scene.witness.acknowledge(ANA)
    await scene.witness.check()
    assert kind_of(scene.witness) is AlarmKind.BAD_SIGNATURE
    assert scene.store.seen(SERVER) == Seen(vkey=str(Log().key), note=Log("a", "b").checkpoint(), size=2)


async def test_there_is_nothing_to_acknowledge_without_an_alarm() -> None:
    scene = await Scene("a").began()
    assert (await scene.witness.acknowledge(ANA)).standing is Standing.CONSISTENT


async def test_a_damaged_memory_is_no_alarm() -> None:
    scene = Scene("a", "b", "c")
    scene.store.remember(SERVER, Seen(vkey=str(scene.log.key), note="scribbled over", size=9))
    assert (await scene.began()).witness.alarm is None


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_two_views_agree_exactly_when_one_is_the_beginning_of_the_other(first: int, second: int, differs: int) -> None:
    entries = [str(n) for n in range(40)]
    log, other = Log(*entries), Log(*[*entries[:differs], *("X" + entry for entry in entries[differs:])])
    held = Seen(vkey=str(log.key), note=log.checkpoint(first), size=first)
    offered = parse_checkpoint(parse_note(other.checkpoint(second)).text)
    proof = other.proof(first, second)
    assert (contradiction(held, offered, proof) is None) == (first <= second and first <= differs)
