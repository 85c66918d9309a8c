"""Checking the log in the database and its export: whatever is changed behind the log's back is found (L-11, L-12)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from services.domain.audit.export import entry_line
from services.domain.audit.report import MAX_FINDINGS, Fault, Report
from services.domain.audit.signing import verify_ed25519
from services.domain.audit.verify import verify_export
from services.domain.outcome import Missing, Outcome
from services.proofs import BadNote
from services.storage import audit_export
from services.storage.audit_export import export_log, open_folder
from services.storage.data_keys import Unreadable
from services.storage.tables import audit_entries, audit_prose
from services.vocabulary import AccountId
from tests.domain.audit.logs import STRANGER, entry
from tests.storage.audit_logs import Log

WORDS = "She lost her phone, +44 7700 900123; write to canary@example.com."


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """Twenty signed entries, two with words, and three that wait."""
    made = Log(tmp_path)
    made.grow(0, 5)
    made.write(1, WORDS)
    made.write(1, "Other words.", subject="acct_2")
    made.grow(12, 20)
    made.write(3)
    yield made
    made.database.close()


def exported(log: Log, folder: Path, *, with_words: bool = False) -> Path:
    with log.database.reading() as connection:
        head = export_log(connection, log.store.key, folder, disclose=log.sealer if with_words else None)
    assert head == log.store.newest().checkpoint
    return folder


def verified(folder: Path, *remembered: str, log: Log) -> Report:
    return verify_export(open_folder(folder), log.store.key, verify_ed25519, remembered)


def test_a_true_database_is_sound(log: Log) -> None:
    report = log.verified(*log.store.remembered())
    assert report.findings == ()
    assert report.head == log.store.newest().checkpoint
    assert (report.entries, report.root) == (20, log.store.newest().checkpoint.root)
    assert (report.checkpoints, report.remembered, report.disclosed) == (4, 1, 2)


def test_a_database_without_a_log_has_none(tmp_path: Path) -> None:
    empty = Log(tmp_path)
    assert empty.verified().faults == {Fault.FILE_MISSING}
    empty.store.integrate()
    assert empty.verified().is_sound
    empty.database.close()


@pytest.mark.parametrize(
    ("statement", "faults"),
    [
        pytest.param(
            "UPDATE audit_entries SET text = replace(text, '\"n\":7', '\"n\":8') WHERE leaf_index = 7",
            {Fault.ALTERED, Fault.NODES_DIFFER},
            id="edited",
        ),
        pytest.param(
            "UPDATE audit_entries SET text = text || ' ' WHERE leaf_index = 7",
            {Fault.ALTERED, Fault.NODES_DIFFER, Fault.ENTRY_MALFORMED},
            id="malformed",
        ),
        pytest.param(
            "DELETE FROM audit_entries WHERE leaf_index = 7",
            {Fault.ENTRIES_MISSING, Fault.ALTERED, Fault.CUT_SHORT},
            id="deleted",
        ),
        pytest.param(
            "UPDATE audit_entries SET leaf_index = 19 - leaf_index",
            {Fault.ALTERED, Fault.NODES_DIFFER},
            id="reordered",
        ),
        pytest.param(
            "DELETE FROM audit_entries WHERE leaf_index >= 15",
            {Fault.CUT_SHORT, Fault.NODES_DIFFER},
            id="tail cut",
        ),
        pytest.param(
            "UPDATE audit_entries SET leaf_index = 20 WHERE serial = 21",
            {Fault.TRAILING, Fault.NODES_DIFFER},
            id="slipped in",
        ),
        pytest.param(
            "DELETE FROM audit_checkpoints WHERE size = 20",
            {Fault.TRAILING, Fault.ROLLED_BACK},
            id="head removed",
        ),
        pytest.param(
            "UPDATE audit_entries SET actor = 'stf_2' WHERE leaf_index = 7",
            {Fault.COLUMNS_DIFFER},
            id="actor",
        ),
        pytest.param(
            "UPDATE audit_entries SET subject = NULL WHERE leaf_index = 7",
            {Fault.COLUMNS_DIFFER},
            id="subject",
        ),
        pytest.param("UPDATE audit_entries SET case_id = 'c' WHERE leaf_index = 7", {Fault.COLUMNS_DIFFER}, id="case"),
        pytest.param("UPDATE audit_entries SET event = 'e' WHERE leaf_index = 7", {Fault.COLUMNS_DIFFER}, id="event"),
        pytest.param("UPDATE audit_entries SET at = at + 1 WHERE leaf_index = 7", {Fault.COLUMNS_DIFFER}, id="time"),
        pytest.param("UPDATE audit_checkpoints SET size = 13 WHERE size = 12", {Fault.COLUMNS_DIFFER}, id="size"),
        pytest.param("UPDATE audit_checkpoints SET root = zeroblob(32)", {Fault.COLUMNS_DIFFER}, id="root"),
        pytest.param(
            "UPDATE audit_checkpoints SET note = replace(note, char(10) || '12', char(10) || '13')",
            {Fault.COLUMNS_DIFFER, Fault.HISTORY_REFUSED},
            id="note",
        ),
        pytest.param("UPDATE audit_nodes SET hash = zeroblob(32) WHERE level = 3", {Fault.NODES_DIFFER}, id="node"),
        pytest.param(
            "DELETE FROM audit_nodes WHERE level = 2 AND position = 1",
            {Fault.NODES_DIFFER},
            id="node deleted",
        ),
        pytest.param("INSERT INTO audit_nodes VALUES (9, 9, zeroblob(32))", {Fault.NODES_DIFFER}, id="node added"),
        pytest.param("UPDATE audit_prose SET text = zeroblob(60) WHERE serial = 6", {Fault.PROSE_REFUSED}, id="words"),
        pytest.param(
            "UPDATE audit_prose SET text = (SELECT p.text FROM audit_prose p WHERE p.serial = 7) WHERE serial = 6",
            {Fault.PROSE_REFUSED},
            id="words of another entry",
        ),
    ],
)
def test_whatever_is_changed_in_the_database_is_found(log: Log, statement: str, faults: set[Fault]) -> None:
    log.tamper("UPDATE audit_entries SET leaf_index = leaf_index + 1000" if "19 -" in statement else "SELECT 1")
    log.tamper(statement.replace("19 - leaf_index", "1019 - leaf_index"))
    assert log.verified(*log.store.remembered()).faults == faults


def test_a_flood_is_counted(log: Log) -> None:
    log.grow(200)
    log.tamper("UPDATE audit_entries SET actor = 'stf_2'")
    report = log.verified()
    assert (len(report.findings), report.omitted) == (MAX_FINDINGS, 200 - MAX_FINDINGS)


def test_more_rows_than_are_read_at_a_time(log: Log) -> None:
    log.grow(audit_export.CHUNK, 2 * audit_export.CHUNK + 1)
    assert log.verified(*log.store.remembered()).findings == ()


def test_an_export_is_sound_offline_and_holds_what_was_signed(log: Log, tmp_path: Path) -> None:
    folder = exported(log, tmp_path / "export")
    assert sorted(path.name for path in folder.iterdir()) == ["checkpoint", "checkpoints", "entries.jsonl"]
    report = verified(folder, *log.store.remembered(), log=log)
    assert report.is_sound
    assert (report.head, report.entries, report.checkpoints) == (log.store.newest().checkpoint, 20, 4)
    lines = [entry_line(index, text.encode()) for index, text in log.store.entries(0, 100)[0]]
    assert (folder / "entries.jsonl").read_bytes() == b"".join(lines)


def test_words_are_exported_only_when_they_are_to_be_disclosed(log: Log, tmp_path: Path) -> None:
    silent, told = exported(log, tmp_path / "silent"), exported(log, tmp_path / "told", with_words=True)
    assert verified(told, log=log).is_sound
    assert verified(told, log=log).disclosed == 2
    assert "canary" in (told / "prose.jsonl").read_text(encoding="utf-8")
    assert not [path for path in silent.iterdir() if b"canary" in path.read_bytes() or b"7700" in path.read_bytes()]


def test_words_and_salts_are_not_in_the_database_in_the_clear(log: Log) -> None:
    """A commitment can be tried out by whoever has its salt: so that is sealed as well (L-12)."""
    with log.database.reading() as connection:
        kept = connection.execute(select(audit_prose)).all()
        [(_, prose), _] = audit_export.disclosed(connection, log.sealer, 20)
    assert prose.text == WORDS
    assert all(prose.salt not in row.salt and b"phone" not in row.text for row in kept)
    log.database.close()
    content = b"".join(path.read_bytes() for path in log.path.parent.iterdir() if path.is_file())
    assert b"canary" not in content
    assert prose.salt not in content


def test_what_was_slipped_in_behind_the_head_is_neither_shown_nor_exported(log: Log, tmp_path: Path) -> None:
    log.write(1, "Slipped in.")
    log.tamper("UPDATE audit_entries SET leaf_index = 20 WHERE serial = 24")
    assert len(log.store.entries(0, 100)[0]) == 20
    folder = exported(log, tmp_path / "export", with_words=True)
    assert verified(folder, log=log).is_sound
    assert verified(folder, log=log).disclosed == 2


def test_erasing_a_person_s_words_breaks_nothing(log: Log, tmp_path: Path) -> None:
    """L-12: erase a subject's words, and the log still verifies."""
    before = log.store.newest()
    with log.storage.changing() as work:
        assert work.erase_prose(AccountId("acct_1")) == 1
        assert work.erase_prose(AccountId("acct_1")) == 0
        work.record(Outcome(state=None, entry=entry(20)))
    report = log.verified(*log.store.remembered())
    assert report.is_sound
    assert report.disclosed == 1
    assert report.head == before.checkpoint
    folder = exported(log, tmp_path / "export", with_words=True)
    assert "canary" not in (folder / "prose.jsonl").read_text(encoding="utf-8")
    assert verified(folder, before.note, log=log).is_sound


def test_words_that_cannot_be_opened_are_not_exported(log: Log, tmp_path: Path) -> None:
    log.tamper("UPDATE audit_prose SET text = zeroblob(60) WHERE serial = 6")
    with pytest.raises(Unreadable, match="6"):
        exported(log, tmp_path / "export", with_words=True)


def test_there_is_nothing_to_export_before_the_log_is_signed(tmp_path: Path) -> None:
    empty = Log(tmp_path)
    with pytest.raises(Missing):
        exported(empty, tmp_path / "export")
    assert not (tmp_path / "export").exists()
    empty.database.close()


def test_an_export_is_never_written_over_another(log: Log, tmp_path: Path) -> None:
    exported(log, tmp_path / "export")
    with pytest.raises(FileExistsError):
        exported(log, tmp_path / "export")


def test_another_key_s_log_is_not_exported(log: Log, tmp_path: Path) -> None:
    with log.database.reading() as connection, pytest.raises(BadNote):
        export_log(connection, STRANGER.key, tmp_path / "export")


def test_an_exported_folder_is_read_by_these_names_only(log: Log, tmp_path: Path) -> None:
    open_file = open_folder(exported(log, tmp_path / "export"))
    assert open_file("prose.jsonl") is None
    for name in ("../rightful.db", "vkey", ""):
        with pytest.raises(ValueError, match="no file"):
            open_file(name)


def test_cutting_the_database_and_signing_again_shows_to_whoever_remembers(log: Log) -> None:
    """With the key and the database, only a witness is left (invariant 12: every desktop remembers)."""
    seen = log.store.newest().note
    log.tamper(
        "DELETE FROM audit_prose WHERE serial > 12",
        "DELETE FROM audit_entries WHERE serial > 12",
        "DELETE FROM audit_checkpoints WHERE size > 12",
        "DELETE FROM audit_nodes WHERE ((position + 1) << level) > 12",
    )
    (log.path.parent / "last-signed").unlink()
    log.write()
    assert log.store.integrate() is not None
    assert log.verified(*log.store.remembered()).is_sound
    assert log.verified(seen).faults == {Fault.ROLLED_BACK}
    log.grow(log.written + 20)
    assert log.verified(seen).faults == {Fault.FORKED}
    with log.database.reading() as connection:
        count = connection.execute(select(func.count()).select_from(audit_entries)).scalar_one()
    assert count > 20
