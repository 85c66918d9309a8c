"""The audit log in the database: places, checkpoints, proofs, and what it refuses to sign (invariants 11 and 12)."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select

from services.domain.audit.merkle import root_at
from services.domain.audit.signing import verify_ed25519
from services.domain.audit.tiles import Tile, decode_bundle, decode_tile, tiles_of
from services.domain.audit.tlog_proof import parse_proof, verify_proof
from services.domain.outcome import Missing, Outcome
from services.proofs import (
    EMPTY_ROOT,
    BadNote,
    Checkpoint,
    Inconsistent,
    ProofError,
    check_succession,
    leaf_hash,
    open_checkpoint,
    verify_inclusion,
)
from services.storage.audit_nodes import NodeMissing
from services.storage.last_signed import LastSigned, LastSignedFile
from services.storage.tables import audit_entries, audit_nodes
from tests.domain.audit.logs import STRANGER, entry, stored_tree
from tests.storage.audit_logs import NOW, Log, NotRemembered
from tests.support.unsigned import unsigned


class Full:
    """A memory on a disk that is full for a while."""

    def __init__(self, memory: LastSigned) -> None:
        self._memory, self.is_full, self.read = memory, True, memory.read

    def keep(self, note: str) -> None:
        if self.is_full:
            raise OSError(28, "No space left on device")
        self._memory.keep(note)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    made = Log(tmp_path)
    yield made
    made.database.close()


def texts(log: Log) -> list[str]:
    return [text for _, text in log.store.entries(0, 10_000)[0]]


def checkpoint_of(log: Log) -> Checkpoint:
    return open_checkpoint(log.store.newest().note, log.store.key, verify_ed25519)


def copy_database(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)


def test_an_empty_log_is_signed_once(log: Log) -> None:
    with pytest.raises(Missing):
        log.store.newest()
    signed = log.store.integrate()
    assert signed is not None
    assert signed == log.store.newest()
    assert (signed.checkpoint.size, signed.checkpoint.root, signed.signed_at) == (0, EMPTY_ROOT, NOW)
    assert log.store.integrate() is None


def test_entries_wait_for_their_place_and_get_it_in_order(log: Log) -> None:
    log.write(5)
    assert unsigned(log.database) == 5
    signed = log.store.integrate()
    assert signed is not None
    assert signed.checkpoint.size == 5
    assert unsigned(log.database) == 0
    with log.database.reading() as connection:
        rows = connection.execute(select(audit_entries).order_by(audit_entries.c.serial)).all()
    assert [row.leaf_index for row in rows] == list(range(5))
    assert texts(log) == [row.text for row in rows]


def test_a_batch_is_as_large_as_asked(log: Log) -> None:
    log.write(25)
    sizes = []
    while signed := log.store.integrate(10):
        sizes.append(signed.checkpoint.size)
    assert sizes == [10, 20, 25]


@pytest.mark.parametrize("batch", [1, 2, 7, 64])
def test_the_root_does_not_depend_on_the_batches(log: Log, batch: int) -> None:
    log.write(64)
    while log.store.integrate(batch):
        pass
    frontier, read = stored_tree([leaf_hash(text.encode()) for text in texts(log)])
    assert checkpoint_of(log).root == frontier.root == root_at(64, read)
    with log.database.reading() as connection:
        stored = {(row.level, row.position): row.hash for row in connection.execute(select(audit_nodes))}
    assert len(stored) == 64 + 32 + 16 + 8 + 4 + 2 + 1
    assert all(value == read(*place) for place, value in stored.items())


def test_what_a_transaction_takes_back_never_reaches_the_log(log: Log) -> None:
    log.write()

    def write_and_fail() -> None:
        with log.storage.changing() as work:
            work.record(Outcome(state=None, entry=entry(99)))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert unsigned(log.database) == 1


def test_every_size_proves_that_it_continues_every_smaller_one(log: Log) -> None:
    checkpoints = {}
    for size in range(1, 20):
        log.grow(size)
        checkpoints[size] = checkpoint_of(log)
    for second, newer in checkpoints.items():
        for first in range(1, second + 1):
            check_succession(checkpoints[first], newer, log.store.consistency(first, second))
    assert log.store.consistency(0, 19) == ()


def test_every_entry_proves_that_it_is_in_every_later_log(log: Log) -> None:
    log.grow(*range(1, 14))
    for size in range(1, 14):
        _, read = stored_tree([leaf_hash(text.encode()) for text in texts(log)])
        for index in range(size):
            text, proof = log.store.inclusion(index, size)
            verify_inclusion(
                leaf=leaf_hash(text.encode()), index=index, size=size, proof=proof, root=root_at(size, read)
            )


def test_an_entry_s_proof_is_one_file(log: Log) -> None:
    log.grow(13)
    for index, text in log.store.entries(0, 13)[0]:
        proof = parse_proof(str(log.store.proof(index)))
        assert verify_proof(proof, text.encode(), key=log.store.key, verify=verify_ed25519).size == 13


def test_nothing_is_shown_or_proven_beyond_what_is_signed(log: Log) -> None:
    log.grow(5)
    log.write(5)
    assert log.store.entries(3, 10) == (log.store.entries(3, 2)[0], 5)
    assert [index for index, _ in log.store.entries(3, 10)[0]] == [3, 4]
    assert log.store.entries(-1, 1)[0] == log.store.entries(0, 1)[0]
    assert log.store.entries(0, -1)[0] == log.store.entries(7, 1)[0] == []
    for first, second in ((0, 6), (-1, 3), (3, 2)):
        with pytest.raises(Missing):
            log.store.consistency(first, second)
    for index, size in ((5, 6), (5, 5), (-1, 5), (0, 0)):
        with pytest.raises(Missing):
            log.store.inclusion(index, size)
    for index in (-1, 5):
        with pytest.raises(Missing):
            log.store.proof(index)
    for tile in (Tile(level=0, index=0, width=6), Tile(level=None, index=0, width=6), Tile(level=1, index=0, width=1)):
        with pytest.raises(Missing):
            log.store.tile(tile)


def test_tiles_and_bundles_hold_the_tree_and_its_entries(log: Log) -> None:
    """L-06: a full tile, a partial one and the level above."""
    log.grow(300)
    entries = [text.encode() for text in texts(log)]
    leaves = [leaf_hash(entry) for entry in entries]
    _, read = stored_tree(leaves)
    tiles = {tile: decode_tile(log.store.tile(tile)) for tile in tiles_of(300)}
    assert [*tiles.values()] == [tuple(leaves[:256]), tuple(leaves[256:]), (read(8, 0),)]
    bundles = [decode_bundle(log.store.tile(Tile(level=None, index=n, width=w))) for n, w in ((0, 256), (1, 44))]
    assert [entry for bundle in bundles for entry in bundle] == entries


def test_a_checkpoint_is_remembered_outside_the_database(log: Log) -> None:
    log.grow(3)
    assert log.store.remembered() == (log.store.newest().note,)
    log.grow(7)
    assert log.memory.read() == log.store.newest().note


def test_a_database_restored_from_an_older_backup_is_not_signed_over(log: Log, tmp_path: Path) -> None:
    """L-04: refuse to sign a smaller tree after a restore."""
    log.grow(5)
    copy_database(log.path, tmp_path / "backup.db")
    log.grow(9)
    log.database.close()
    copy_database(tmp_path / "backup.db", log.path)
    log.write(4)
    before = log.store.newest()
    with pytest.raises(Inconsistent, match="has signed 9 entries, and this database holds 5"):
        log.store.integrate()
    assert log.store.newest() == before
    assert unsigned(log.database) == 4


def test_a_new_database_under_the_same_key_is_not_signed(log: Log, tmp_path: Path) -> None:
    log.grow(2)
    folder = tmp_path / "other"
    folder.mkdir()
    other = Log(folder)
    other.write()
    with pytest.raises(Inconsistent, match="has signed 2 entries, and this database holds 0"):
        other.opened(memory=log.memory).integrate()
    other.database.close()


def test_another_history_under_the_same_key_is_not_signed(log: Log, tmp_path: Path) -> None:
    """L-04: refuse to sign a forked tree."""
    log.grow(2)
    folder = tmp_path / "fork"
    folder.mkdir()
    fork = Log(folder)
    fork.write(prose="another history")
    fork.write(2)
    assert fork.store.integrate() is not None
    fork.write()
    with pytest.raises(Inconsistent, match="does not continue"):
        fork.opened(memory=log.memory).integrate()
    assert fork.opened(memory=NotRemembered()).integrate() is not None
    fork.database.close()


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("UPDATE audit_nodes SET hash = zeroblob(32) WHERE level = 2 AND position = 0", Inconsistent),
        ("DELETE FROM audit_nodes WHERE level = 2 AND position = 0", NodeMissing),
        ("DELETE FROM audit_checkpoints WHERE size = 7", Inconsistent),
        ("UPDATE audit_checkpoints SET note = replace(note, 'desk\n7', 'desk\n6') WHERE size = 7", BadNote),
        ("UPDATE audit_checkpoints SET note = (SELECT note FROM audit_checkpoints WHERE size = 4)", Inconsistent),
        ("DELETE FROM audit_entries WHERE leaf_index = 6", Inconsistent),
        ("UPDATE audit_entries SET leaf_index = NULL WHERE leaf_index = 6", Inconsistent),
        ("UPDATE audit_entries SET leaf_index = 9 WHERE leaf_index = 6", Inconsistent),
    ],
)
def test_a_database_that_was_tampered_with_is_not_signed(log: Log, statement: str, error: type[Exception]) -> None:
    log.grow(4, 7)
    log.write()
    log.tamper(statement)
    for memory in (log.memory, NotRemembered()):
        with pytest.raises(error):
            log.opened(memory=memory).integrate()
    assert unsigned(log.database) >= 1


def test_what_was_signed_and_could_not_be_remembered_is_remembered_first(log: Log, tmp_path: Path) -> None:
    """5: on a full disk beside the key, the log grows by no second signature that nothing outside remembers."""
    log.grow(2)
    log.write(1)
    (tmp_path / "last-signed").unlink()
    full = Full(log.memory)
    store = log.opened(memory=full)
    for _ in range(2):
        with pytest.raises(OSError, match="No space"):
            store.integrate()
        log.write(1)
    full.is_full = False
    signed = store.integrate()
    assert signed is not None
    assert (signed.checkpoint.size, log.memory.read()) == (3, signed.note)
    assert (after := store.integrate()) is not None
    assert (after.checkpoint.size, log.memory.read()) == (5, after.note)


def test_a_tree_that_was_tampered_with_is_refused_before_anything_grows_on_it(log: Log) -> None:
    """Not only by the proof at the end, which is made from the same nodes."""
    log.grow(4, 7)
    log.write()
    log.tamper("UPDATE audit_nodes SET hash = zeroblob(32) WHERE level = 2 AND position = 0")
    with pytest.raises(Inconsistent, match="does not lead to the root that was signed for 7"):
        log.store.integrate()


def test_another_key_neither_reads_nor_signs_the_log(log: Log) -> None:
    log.grow(3)
    log.write()
    other = log.opened(STRANGER)
    for call in (other.newest, other.integrate):
        with pytest.raises(BadNote):
            call()


def test_entries_that_vanish_are_not_proven(log: Log) -> None:
    log.grow(5)
    log.tamper("DELETE FROM audit_entries WHERE leaf_index = 2")
    with pytest.raises(NodeMissing, match="entry 2"):
        log.store.inclusion(2, 5)
    log.tamper("DELETE FROM audit_nodes WHERE level = 0 AND position = 2")
    with pytest.raises(NodeMissing, match="node 2 of level 0"):
        log.store.inclusion(3, 5)


def test_a_spoilt_memory_stops_the_signing(log: Log, tmp_path: Path) -> None:
    log.grow(2)
    log.write()
    for content in (b"", b"x", b"\xff"):
        (tmp_path / "last-signed").write_bytes(content)
        with pytest.raises(ProofError):
            log.store.integrate()


def test_writers_and_integrators_in_parallel_lose_nothing(log: Log) -> None:
    """Each entry has one place; each checkpoint continues the one before."""
    log.store.integrate()
    stores = [log.opened() for _ in range(2)]
    start = Barrier(6)

    def write(_: int) -> None:
        start.wait()
        for _ in range(10):
            log.write()

    def integrate(place: int) -> None:
        start.wait()
        for _ in range(20):
            stores[place].integrate(3)

    with ThreadPoolExecutor(6) as pool:
        done = [pool.submit(write, n) for n in range(4)] + [pool.submit(integrate, n) for n in range(2)]
        for each in done:
            each.result()
    while log.opened().integrate():
        pass
    with log.database.reading() as connection:
        places = connection.scalars(select(audit_entries.c.leaf_index).order_by(audit_entries.c.leaf_index)).all()
        assert connection.execute(select(func.count()).select_from(audit_entries)).scalar_one() == 40
    assert places == list(range(40))
    assert log.verified(*log.store.remembered()).is_sound


def test_the_memory_is_replaced_whole(tmp_path: Path) -> None:
    memory = LastSignedFile(tmp_path / "last-signed")
    assert memory.read() is None
    memory.keep("first, and longer\n")
    memory.keep("second\n")
    assert memory.read() == "second\n"
    assert [path.name for path in tmp_path.iterdir()] == ["last-signed"]
    with pytest.raises(FileNotFoundError):
        LastSignedFile(tmp_path / "nowhere" / "last-signed").keep("x")
