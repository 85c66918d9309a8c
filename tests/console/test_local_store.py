"""The store on disk: it survives a crash, keeps no note in the clear, and says when it cannot be used."""

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from console.local_store import SCHEMA_VERSION, LocalStore
from console.sealing import KEY_BYTES, Seal, key_in_file, key_in_vault
from console.state.desk_state import Draft
from console.store import Alarm, AlarmKind, Owner, Seen, StoreUnusable
from console.vault import VaultState
from services.vocabulary import CaseId, StaffId
from tests.support.cards import NOW
from tests.support.vault import MemoryVault

ROOT = Path(__file__).resolve().parents[2]
OWNER = Owner("https://desk.example.com", StaffId("staff_ana"))
KEY = bytes(range(KEY_BYTES))
CANARY = "Amara says her mother's dog is called Biscuit"

WRITER = """
import sys
from pathlib import Path
from console.local_store import LocalStore
from console.sealing import Seal
from tests.console.test_local_store import KEY, OWNER, draft
store = LocalStore(Path(sys.argv[1]), Seal(KEY))
for text in sys.argv[2:]:
    store.save_draft(OWNER, draft(text))
print("saved", flush=True)
sys.stdin.read()
"""


def draft(text: str, case: str = "case_1") -> Draft:
    return Draft(case_id=CaseId(case), number="K7-204", text=text, saved_at=NOW)


def opened(file: Path, *keys: bytes) -> "closing[LocalStore]":
    return closing(LocalStore(file, Seal(*(keys or (KEY,)))))


def test_an_unsent_note_survives_kill_9(tmp_path: Path) -> None:
    file = tmp_path / "data" / "desk.db"
    command = [sys.executable, "-c", WRITER, str(file), "first words", CANARY]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline().strip() == b"saved"
        writer.kill()
        writer.wait()
    with opened(file) as store:
        assert store.drafts(OWNER) == (draft(CANARY),)


def test_no_note_is_on_the_disk_in_the_clear(tmp_path: Path) -> None:
    with opened(tmp_path / "desk.db") as store:
        store.save_draft(OWNER, draft(CANARY))
        found = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"K7-204" in found, "the test reads the right files"
    assert b"Biscuit" not in found


def test_only_its_owner_can_read_the_files(tmp_path: Path) -> None:
    with opened(tmp_path / "data" / "desk.db") as store:
        store.save_draft(OWNER, draft("x"))
        if os.name == "posix":
            modes = {stat.S_IMODE(file.stat().st_mode) & 0o077 for file in (tmp_path / "data").rglob("*")}
            assert modes == {0}


def test_a_note_moved_to_another_case_does_not_open(tmp_path: Path) -> None:
    file = tmp_path / "desk.db"
    with opened(file) as store:
        store.save_draft(OWNER, draft(CANARY))
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("UPDATE drafts SET case_id = 'case_2'")
        raw.commit()
    with opened(file) as store:
        assert store.drafts(OWNER) == ()


def test_a_note_whose_key_is_not_here_is_kept_for_when_it_is(tmp_path: Path) -> None:
    file, other = tmp_path / "desk.db", bytes(KEY_BYTES)
    with opened(file) as store:
        store.save_draft(OWNER, draft(CANARY))
    with opened(file, other) as store:
        assert store.drafts(OWNER) == ()
        store.save_draft(OWNER, draft("another", case="case_2"))
    with opened(file, KEY, other) as store:
        assert {one.text for one in store.drafts(OWNER)} == {CANARY, "another"}


def test_alarms_and_their_evidence_are_kept_for_ever(tmp_path: Path) -> None:
    file, held = tmp_path / "desk.db", Seen(vkey="log+1+A", note="seven", size=7)
    alarm = Alarm(kind=AlarmKind.FORKED, held=held, offered="other seven", offered_size=7, raised_at=NOW)
    with opened(file) as store:
        store.raise_alarm(OWNER.server, alarm)
    with opened(file) as store:
        assert store.alarm(OWNER.server) == alarm
        store.acknowledge(OWNER.server, StaffId("staff_bo"), NOW, held)
    with closing(sqlite3.connect(file)) as raw:
        kept = raw.execute("SELECT kind, held_note, offered, acknowledged_by FROM alarms").fetchall()
    assert kept == [("forked", "seven", "other seven", "staff_bo")]


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "desk.db"
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = file.read_bytes()
    with pytest.raises(StoreUnusable, match="newer"):
        LocalStore(file, Seal(KEY))
    assert file.read_bytes() == before


def test_a_damaged_file_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "desk.db"
    file.write_bytes(b"not a database at all" * 100)
    before = file.read_bytes()
    with pytest.raises(StoreUnusable):
        LocalStore(file, Seal(KEY))
    assert file.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file is in the way")
    with pytest.raises(StoreUnusable):
        LocalStore(tmp_path / "data" / "desk.db", Seal(KEY))


def test_the_store_flushes_every_save(tmp_path: Path) -> None:
    with opened(tmp_path / "desk.db") as store, store._engine.connect() as work:
        said = [work.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("journal_mode", "synchronous")]
    assert said == ["wal", 2]


def test_the_key_lives_in_the_password_store_where_there_is_one() -> None:
    vault = MemoryVault()
    key = key_in_vault(vault)
    assert key is not None
    assert len(key) == KEY_BYTES
    assert key_in_vault(vault) == key


@pytest.mark.parametrize("state", [VaultState.NONE, VaultState.LOCKED, VaultState.NO_COLLECTION])
def test_a_password_store_that_would_ask_is_not_asked(state: VaultState) -> None:
    vault = MemoryVault(state=state)
    assert key_in_vault(vault) is None
    assert vault.secret is None


def test_else_it_lives_in_a_file_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "data" / "notes.key"
    assert key_in_file(file, make=False) is None
    key = key_in_file(file, make=True)
    assert key is not None
    assert key == key_in_file(file, make=False)
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_bytes(b"short")
    assert key_in_file(file, make=True) is None


def test_a_seal_shows_nothing_and_never_says_the_same_twice() -> None:
    seal = Seal(KEY)
    assert seal.close("x", "here") != seal.close("x", "here")
    assert KEY.hex() not in repr(seal)
