"""The law of the log (invariant 12): whatever is done to an export, a verifier with an older checkpoint sees it.

The forger may do anything to the files; with `resigned`, they hold the log's key as well and sign what they like.
"""

from dataclasses import replace
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from services.domain.audit.report import Fault
from tests.domain.audit.logs import OTHER_LOG, STRANGER, Export, canonical, export, signed

MOST = 64


@cache
def truth(number: int) -> bytes:
    return canonical(number)


@cache
def lie(number: int) -> bytes:
    return canonical(10_000 + number)


@cache
def true_note(size: int) -> str:
    return signed([truth(number) for number in range(size)])


SIZES = st.integers(2, MOST)


def entries_of(size: int) -> list[bytes]:
    return [truth(number) for number in range(size)]


@st.composite
def logs(draw: st.DrawFn) -> tuple[int, int, Export]:
    """Size, size of a remembered checkpoint from 1 to that, and a true export with some history."""
    size = draw(SIZES)
    remembered = draw(st.integers(1, size))
    history = sorted(draw(st.sets(st.integers(0, size), max_size=5)))
    log = Export(
        entries=tuple(enumerate(entries_of(size))),
        head=true_note(size),
        history=tuple(true_note(at) for at in history),
    )
    return size, remembered, log


@given(logs())
def test_a_true_log_is_never_accused(case: tuple[int, int, Export]) -> None:
    _, remembered, log = case
    assert log.verified(true_note(remembered)).is_sound


@given(logs(), st.data(), st.booleans())
def test_an_edit_is_detected(case: tuple[int, int, Export], data: st.DataObject, resigned: bool) -> None:
    size, remembered, log = case
    place = data.draw(st.integers(0, (remembered if resigned else size) - 1))
    entries = entries_of(size)
    entries[place] = lie(place)
    forged = replace(log, entries=tuple(enumerate(entries)))
    check(forged, entries, remembered, resigned, {Fault.ALTERED})


@given(logs(), st.data(), st.booleans(), st.booleans())
def test_a_deletion_is_detected(
    case: tuple[int, int, Export], data: st.DataObject, resigned: bool, renumbered: bool
) -> None:
    """With the key, deleting the last remembered entry alone makes a shorter log: rolled back, or forked."""
    size, remembered, log = case
    place = data.draw(st.integers(0, (remembered if resigned else size) - 1))
    forged = replace(log, entries=log.entries[:place] + log.entries[place + 1 :])
    forged = forged.renumbered() if renumbered or resigned else forged
    entries = [entry for _, entry in forged.entries]
    check(forged, entries, remembered, resigned, {Fault.CUT_SHORT}, {Fault.FORKED, Fault.ROLLED_BACK})


@given(logs(), st.data(), st.booleans(), st.booleans())
def test_a_reordering_is_detected(
    case: tuple[int, int, Export], data: st.DataObject, resigned: bool, renumbered: bool
) -> None:
    size, remembered, log = case
    first = data.draw(st.integers(0, (remembered if resigned else size) - 1))
    second = data.draw(st.integers(0, size - 1).filter(lambda place: place != first))
    lines = list(log.entries)
    lines[first], lines[second] = lines[second], lines[first]
    forged = replace(log, entries=tuple(lines))
    forged = forged.renumbered() if renumbered or resigned else forged
    check(forged, [entry for _, entry in lines], remembered, resigned, {Fault.ALTERED})


@given(logs(), st.data(), st.booleans())
def test_a_cut_tail_is_detected(case: tuple[int, int, Export], data: st.DataObject, resigned: bool) -> None:
    size, remembered, log = case
    left = data.draw(st.integers(0, (remembered if resigned else size) - 1))
    forged = replace(log, entries=log.entries[:left])
    check(forged, entries_of(left), remembered, resigned, {Fault.CUT_SHORT}, {Fault.ROLLED_BACK})


@given(logs(), st.data())
def test_a_fork_is_detected(case: tuple[int, int, Export], data: st.DataObject) -> None:
    """A second history that parts before the remembered checkpoint and grows to any size at least as large."""
    _, remembered, _ = case
    parts_at = data.draw(st.integers(0, remembered - 1))
    size = data.draw(st.integers(remembered, MOST))
    entries = entries_of(parts_at) + [lie(number) for number in range(parts_at, size)]
    history = sorted(data.draw(st.sets(st.integers(0, size), max_size=5)))
    assert export(entries, history).verified(true_note(remembered)).faults == {Fault.FORKED}


@given(logs(), st.data())
def test_a_swapped_checkpoint_is_detected(case: tuple[int, int, Export], data: st.DataObject) -> None:
    """For another key's, another log's, an older or a newer one, or one over other entries."""
    size, remembered, log = case
    other = data.draw(st.integers(0, MOST).filter(lambda at: at != size))
    lies = [lie(number) for number in range(size)]
    swapped = data.draw(
        st.sampled_from(
            [signed(entries_of(size), STRANGER), signed(entries_of(size), OTHER_LOG), true_note(other), signed(lies)]
        )
    )
    assert not replace(log, head=swapped).verified(true_note(remembered)).is_sound


@given(logs(), st.data(), st.binary(min_size=1, max_size=8))
def test_no_byte_of_an_export_can_be_changed(
    case: tuple[int, int, Export], data: st.DataObject, garbage: bytes
) -> None:
    """But for the newline after the last line, which nothing hangs on."""
    _, remembered, log = case
    name = data.draw(st.sampled_from(["checkpoint", "entries.jsonl"]))
    stream = log.open_file(name)
    assert stream is not None
    content = stream.read(10**6)
    place = data.draw(st.integers(0, len(content) - 2))
    forged = content[:place] + garbage + content[place + len(garbage) :]
    report = replace(log, raw={name: forged}).verified(true_note(remembered))
    assert report.is_sound is (forged in (content, content[:-1]))


def check(
    forged: Export,
    entries: list[bytes],
    remembered: int,
    resigned: bool,
    without_key: set[Fault],
    with_key: set[Fault] | None = None,
) -> None:
    """Without the key one of *without_key* is found; with it, and every trace covered, one of *with_key*."""
    if not resigned:
        assert forged.verified(true_note(remembered)).faults >= without_key
        return
    report = export(entries).verified(true_note(remembered))
    assert report.faults <= (with_key or {Fault.FORKED})
    assert not report.is_sound
