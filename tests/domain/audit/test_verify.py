"""L-11: what the offline verifier says of a true log, and how it names each kind of forgery."""

from dataclasses import replace
from io import BytesIO

import pytest

from services.domain.audit.entry import Prose
from services.domain.audit.export import (
    MAX_LINE_BYTES,
    entry_line,
    parse_entry_line,
    parse_prose_line,
    prose_line,
    read_lines,
)
from services.domain.audit.report import MAX_FINDINGS, Fault
from services.proofs import EMPTY_ROOT
from tests.domain.audit.logs import OTHER_LOG, STRANGER, Export, canonical, checkpoint_over, export, salt, signed

ENTRIES = [canonical(number) for number in range(40)]
LOG = export(ENTRIES, history=(0, 10, 20, 30))
OLDER = signed(ENTRIES[:25])


def said(log: Export, fault: Fault, *remembered: str) -> str:
    """The one sentence about a fault."""
    [sentence] = [finding.sentence for finding in log.verified(*remembered).findings if finding.fault is fault]
    return sentence


def edited(place: int) -> list[bytes]:
    return [*ENTRIES[:place], canonical(1000 + place), *ENTRIES[place + 1 :]]


def test_a_true_log_is_sound() -> None:
    report = LOG.verified(OLDER, signed([]), signed(ENTRIES))
    assert report.is_sound
    assert report.head == checkpoint_over(ENTRIES)
    assert (report.entries, report.root) == (40, checkpoint_over(ENTRIES).root)
    assert (report.checkpoints, report.remembered, report.omitted) == (4, 3, 0)


def test_an_empty_log_is_sound() -> None:
    report = export([]).verified()
    assert report.is_sound
    assert (report.entries, report.root) == (0, EMPTY_ROOT)


def test_a_log_signed_again_at_the_same_size_is_sound() -> None:
    assert replace(LOG, history=(*LOG.history, signed(ENTRIES))).verified().is_sound


def test_an_edited_entry_is_found_between_the_checkpoints_around_it() -> None:
    log = replace(LOG, entries=tuple(enumerate(edited(13))))
    assert log.verified().faults == {Fault.ALTERED}
    assert "for 20 of them" in said(log, Fault.ALTERED)
    assert "between entry 10 and entry 19" in said(log, Fault.ALTERED)


def test_the_closer_the_checkpoints_the_closer_the_place() -> None:
    log = replace(LOG, entries=tuple(enumerate(edited(13))), history=tuple(signed(ENTRIES[:n]) for n in range(41)))
    assert "at entry 13." in said(log, Fault.ALTERED)


def test_an_edit_after_the_last_exported_checkpoint_shows_at_the_head() -> None:
    log = replace(LOG, entries=tuple(enumerate(edited(35))))
    assert "between entry 30 and entry 39" in said(log, Fault.ALTERED)


def test_a_remembered_checkpoint_narrows_the_place() -> None:
    log = replace(LOG, entries=tuple(enumerate(edited(23))), history=())
    assert "between entry 0 and entry 39" in said(log, Fault.ALTERED)
    assert "between entry 0 and entry 24" in said(log, Fault.ALTERED, OLDER)
    assert "between entry 22 and entry 24" in said(log, Fault.ALTERED, OLDER, signed(ENTRIES[:22]))


def test_a_deleted_entry_is_named() -> None:
    log = replace(LOG, entries=tuple(line for line in enumerate(ENTRIES) if line[0] not in {13, 14, 30}))
    assert log.verified().faults == {Fault.ENTRIES_MISSING, Fault.ALTERED, Fault.CUT_SHORT}
    missing = [f.sentence for f in log.verified().findings if f.fault is Fault.ENTRIES_MISSING]
    assert missing == ["Entries 13 to 14 are missing from entries.jsonl.", "Entry 30 is missing from entries.jsonl."]


def test_a_deleted_entry_whose_traces_were_covered_shows_in_the_roots() -> None:
    log = replace(LOG, entries=tuple(line for line in enumerate(ENTRIES) if line[0] != 13)).renumbered()
    assert log.verified().faults == {Fault.ALTERED, Fault.CUT_SHORT}
    assert "between entry 10 and entry 19" in said(log, Fault.ALTERED)
    assert "for 40 entries, and there are only 39" in said(log, Fault.CUT_SHORT)


def test_an_inserted_entry_shows_in_the_roots() -> None:
    log = replace(LOG, entries=tuple(enumerate([*ENTRIES[:13], canonical(99), *ENTRIES[13:]])))
    assert log.verified().faults == {Fault.ALTERED, Fault.TRAILING}
    assert "1 more entries follow the 40" in said(log, Fault.TRAILING)


def test_entries_out_of_order_are_named() -> None:
    lines = list(enumerate(ENTRIES))
    lines[13], lines[16] = lines[16], lines[13]
    log = replace(LOG, entries=tuple(lines))
    assert log.verified().faults == {Fault.OUT_OF_ORDER, Fault.ALTERED}
    late = [f.sentence for f in log.verified().findings if f.fault is Fault.OUT_OF_ORDER]
    assert late == [
        "Entries 14 to 15 come late, from line 15 of entries.jsonl.",
        "Entry 13 comes late, from line 17 of entries.jsonl.",
    ]
    assert log.renumbered().verified().faults == {Fault.ALTERED}


def test_a_repeated_entry_is_named() -> None:
    lines = [*enumerate(ENTRIES[:14]), *list(enumerate(ENTRIES))[13:]]
    log = replace(LOG, entries=tuple(lines))
    assert log.verified().faults == {Fault.OUT_OF_ORDER, Fault.ALTERED, Fault.TRAILING}
    assert "Entry 13 comes again, at line 15" in said(log, Fault.OUT_OF_ORDER)


def test_a_cut_tail_shows_against_the_head() -> None:
    log = replace(LOG, entries=LOG.entries[:33])
    assert log.verified().faults == {Fault.CUT_SHORT}


def test_a_tail_cut_with_an_old_head_shows_against_the_later_checkpoints_left_behind() -> None:
    log = replace(LOG, entries=LOG.entries[:15], head=signed(ENTRIES[:15]))
    assert log.verified().faults == {Fault.HISTORY_DISORDERED}


def test_a_tail_cut_with_every_trace_shows_only_against_what_is_remembered() -> None:
    """The reason why each workstation is a witness (L-11: truncation to an older state)."""
    log = export(ENTRIES[:20], history=(10,))
    assert log.verified().is_sound
    assert log.verified(OLDER).faults == {Fault.ROLLED_BACK}
    assert "for 25 entries, and the log has only 20" in said(log, Fault.ROLLED_BACK, OLDER)


def test_a_rewritten_log_signed_with_the_true_key_shows_only_against_what_is_remembered() -> None:
    log = export(edited(13), history=(0, 10, 20, 30))
    assert log.verified().is_sound
    assert log.verified(OLDER).faults == {Fault.FORKED}
    assert "A remembered checkpoint for 25 entries" in said(log, Fault.FORKED, OLDER)
    assert "between entry 10 and entry 19" in said(
        replace(log, history=log.history[:2]), Fault.FORKED, signed(ENTRIES[:20])
    )


def test_a_fork_at_the_very_size_of_the_head_is_found() -> None:
    assert export(edited(39)).verified(signed(ENTRIES)).faults == {Fault.FORKED}


def test_a_fork_after_what_is_remembered_cannot_be_known() -> None:
    assert export(edited(30)).verified(OLDER).is_sound


def test_a_rewritten_log_that_kept_a_true_checkpoint_convicts_itself() -> None:
    log = replace(export(edited(13)), history=LOG.history)
    assert log.verified().faults == {Fault.FORKED}
    assert "An exported checkpoint for 20 entries" in said(log, Fault.FORKED)


@pytest.mark.parametrize("signer", [STRANGER, OTHER_LOG], ids=["another key", "another log"])
def test_a_checkpoint_of_another_key_or_log_is_refused(signer: object) -> None:
    log = replace(LOG, head=signed(ENTRIES, STRANGER if signer is STRANGER else OTHER_LOG))
    assert log.verified(OLDER).faults == {Fault.HEAD_REFUSED}
    assert log.verified(OLDER).head is None


@pytest.mark.parametrize("spoilt", ["", "x", signed(ENTRIES)[:-1], signed(ENTRIES).replace("40", "39")])
def test_a_spoilt_head_is_refused(spoilt: str) -> None:
    assert replace(LOG, head=spoilt).verified().faults == {Fault.HEAD_REFUSED}


def test_an_older_head_leaves_entries_behind_it() -> None:
    log = replace(LOG, head=signed(ENTRIES[:15]))
    assert log.verified().faults == {Fault.TRAILING, Fault.HISTORY_DISORDERED}
    assert "25 more entries follow the 15" in said(log, Fault.TRAILING)


def test_each_contradiction_is_placed_as_closely_as_it_can_be() -> None:
    """A checkpoint that agrees with the entries says so, whatever another one before it said."""
    log = export(edited(13), history=(10,))
    kept = replace(log, history=(*log.history, signed(edited(13)[:22]), signed(ENTRIES[:30])))
    sentences = [f.sentence for f in kept.verified(signed(ENTRIES[:20])).findings]
    assert ["between entry 10 and entry 19" in sentences[0], "between entry 22 and entry 29" in sentences[1]] == [
        True
    ] * 2


def test_without_its_files_there_is_no_log() -> None:
    assert replace(LOG, head=None).verified().faults == {Fault.FILE_MISSING}
    assert replace(LOG, raw={"entries.jsonl": None}).verified().faults == {Fault.FILE_MISSING, Fault.CUT_SHORT}
    assert replace(LOG, head=None).verified().entries == 40


def test_without_a_head_the_rest_is_still_compared() -> None:
    forged = replace(export(edited(13)), head=None)
    assert forged.verified(OLDER).faults == {Fault.FILE_MISSING, Fault.ALTERED}
    assert replace(export(ENTRIES[:20]), head=None).verified(OLDER).faults == {Fault.FILE_MISSING, Fault.ROLLED_BACK}


def test_what_is_remembered_must_be_the_log_s_too() -> None:
    for note in (signed(ENTRIES[:25], STRANGER), signed(ENTRIES[:25], OTHER_LOG), "x"):
        report = LOG.verified(note)
        assert report.faults == {Fault.MEMORY_REFUSED}
        assert report.remembered == 0


def test_a_spoilt_exported_checkpoint_is_named_and_the_others_are_compared() -> None:
    log = replace(LOG, history=(LOG.history[0], "x\n\ny\n", signed(ENTRIES[:20], STRANGER), LOG.history[3]))
    assert log.verified().faults == {Fault.HISTORY_REFUSED}
    assert [f.sentence.split(" is refused")[0] for f in log.verified().findings] == [
        "Checkpoint 2 of the file checkpoints",
        "Checkpoint 3 of the file checkpoints",
    ]
    assert log.verified().checkpoints == 2


def test_exported_checkpoints_only_grow() -> None:
    log = replace(LOG, history=(LOG.history[1], LOG.history[0], LOG.history[0], LOG.history[3]))
    assert log.verified().faults == {Fault.HISTORY_DISORDERED}
    assert log.verified().checkpoints == 2


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{}", id="nothing in it"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"\xff", id="not UTF-8"),
        pytest.param(b"[" * 100_000, id="deeply nested"),
        pytest.param(b'{"index":5,"entry":1}', id="no text"),
        pytest.param(b'{"index":true,"entry":"a"}', id="no index"),
        pytest.param(b'{"index":-5,"entry":"a"}', id="negative index"),
        pytest.param(b'{"index":5.0,"entry":"a"}', id="fraction for index"),
        pytest.param(b'{"index":5,"entry":"a","more":1}', id="field too many"),
        pytest.param(b'{"index":5,"entry":"a","entry":"a"}', id="twice the same field"),
        pytest.param(b'{"entry":"a","index":5}', id="other order"),
        pytest.param(b'{"index":5,"entry":"\\u0061"}', id="escaped letter"),
        pytest.param(b'{"index":5,"entry":"\\ud800"}', id="half a character"),
        pytest.param(b'{"index":5, "entry":"a"}', id="space"),
        pytest.param(b'{"index":5,"entry":"a"}\r', id="carriage return"),
        pytest.param(entry_line(5, b"a" * 65_536)[:-1], id="long entry"),
        pytest.param(b'{"index":5,"entry":"' + b"a" * MAX_LINE_BYTES, id="endless line"),
    ],
)
def test_an_unreadable_line_is_named_and_what_follows_keeps_its_place(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"^(is not|does not hold|holds) "):
        parse_entry_line(line)
    lines = [entry_line(index, data)[:-1] for index, data in LOG.entries]
    log = replace(LOG, raw={"entries.jsonl": b"\n".join([*lines[:5], line, *lines[6:]]) + b"\n"})
    if len(line) < MAX_LINE_BYTES:
        assert log.verified().faults == {Fault.LINE_UNREADABLE, Fault.ALTERED}
        assert said(log, Fault.LINE_UNREADABLE).startswith("Line 6 of entries.jsonl ")
    assert {Fault.LINE_UNREADABLE, Fault.ALTERED} <= log.verified().faults


def test_the_last_line_needs_no_newline() -> None:
    content = b"".join(entry_line(index, data) for index, data in LOG.entries)
    assert replace(LOG, raw={"entries.jsonl": content[:-1]}).verified().is_sound


def test_a_flood_of_findings_is_counted_and_hides_no_other() -> None:
    report = replace(LOG, raw={"entries.jsonl": b"x\n" * 1000}).verified()
    assert report.faults == {Fault.LINE_UNREADABLE, Fault.ALTERED, Fault.TRAILING}
    assert len(report.findings) == MAX_FINDINGS + 2
    assert report.omitted == 1000 - MAX_FINDINGS
    every_other = replace(LOG, entries=tuple((2 * index, data) for index, data in enumerate(ENTRIES * 3)))
    assert every_other.verified().faults == {Fault.ENTRIES_MISSING, Fault.TRAILING}
    assert every_other.verified().omitted == len(ENTRIES) * 3 - 1 - MAX_FINDINGS


WORDS = Prose(salt=salt(7), text='She lost her phone. \u201eReally\u201c, "she" said.\n')
TOLD = export([*ENTRIES[:7], canonical(7, WORDS.text), *ENTRIES[8:]])


def test_disclosed_words_are_compared_with_the_commitment() -> None:
    report = replace(TOLD, prose=((7, WORDS),)).verified()
    assert report.is_sound
    assert report.disclosed == 1
    assert parse_prose_line(prose_line(7, WORDS)[:-1]) == (7, WORDS)


@pytest.mark.parametrize(
    "prose",
    [
        pytest.param(((7, replace(WORDS, text="She lost nothing.")),), id="other words"),
        pytest.param(((7, replace(WORDS, salt=salt(8))),), id="other salt"),
        pytest.param(((6, WORDS),), id="an entry without words"),
        pytest.param(((40, WORDS),), id="an entry that does not exist"),
        pytest.param(((39, WORDS), (40, WORDS)), id="two of them"),
        pytest.param(((7, WORDS), (7, WORDS)), id="twice"),
        pytest.param(((9, WORDS), (7, WORDS)), id="out of order"),
    ],
)
def test_words_that_are_not_the_entry_s_are_refused(prose: tuple[tuple[int, Prose], ...]) -> None:
    assert replace(TOLD, prose=prose).verified().faults == {Fault.PROSE_REFUSED}


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"index":7,"salt":"00","text":"a"}', id="short salt"),
        pytest.param(b'{"index":7,"salt":"' + b"0 " * 32 + b'","text":"a"}', id="spaces in the salt"),
        pytest.param(b'{"index":7,"salt":1,"text":"a"}', id="salt no text"),
        pytest.param(prose_line(7, WORDS).replace(b"She", b"\\ud800"), id="half a character"),
    ],
)
def test_unreadable_words_are_named(line: bytes) -> None:
    report = replace(TOLD, raw={"prose.jsonl": line + b"\n" + prose_line(7, WORDS)}).verified()
    assert report.faults == {Fault.PROSE_REFUSED}
    assert "Line 1 of prose.jsonl" in report.findings[0].sentence
    assert report.disclosed == 1


def test_words_for_an_unreadable_entry_are_refused() -> None:
    forged = export([*ENTRIES[:7], b"no entry", *ENTRIES[8:]])
    assert replace(forged, prose=((7, WORDS),)).verified().faults == {Fault.PROSE_REFUSED}


def test_refused_words_do_not_keep_others_from_being_compared() -> None:
    told = export([*ENTRIES[:7], canonical(7, WORDS.text), canonical(8, "More."), *ENTRIES[9:]])
    more = Prose(salt=salt(8), text="More.")
    report = replace(told, prose=((7, WORDS), (7, WORDS), (3, WORDS), (8, more))).verified()
    assert report.faults == {Fault.PROSE_REFUSED}
    assert report.disclosed == 2


def test_a_line_is_never_read_beyond_the_limit() -> None:
    """Constant memory, whatever a file holds."""
    assert list(read_lines(BytesIO(b"ab\n\n" + b"c" * 9 + b"\nd"), limit=3)) == [
        b"ab",
        b"",
        b"cccc",
        b"cccc",
        b"c",
        b"d",
    ]


def test_erased_words_leave_the_log_as_it_was() -> None:
    """L-12: erasing a person's words breaks nothing."""
    assert replace(TOLD, prose=()).verified(signed([data for _, data in TOLD.entries[:20]])).is_sound
