"""The audit log's writer: entries become leaves in batches, and each batch ends in a signed checkpoint.

Entries are written by the transaction that they tell of (`unit_of_work`), without a place in the tree yet, so that
writers never queue for it. `integrate` gives them their places afterwards, in the order of their serial numbers.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from threading import Lock

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from services.domain.audit.checkpoint import sign_first, sign_next
from services.domain.audit.merkle import Frontier, Node, Span, read_frontier
from services.domain.audit.signing import Signer, verify_ed25519
from services.proofs import Checkpoint, Inconsistent, check_succession, leaf_hash, open_checkpoint
from services.storage.audit_nodes import load_spans, store_nodes
from services.storage.audit_reader import AuditReader, Signed, proof_between
from services.storage.database import Database
from services.storage.last_signed import LastSigned
from services.storage.sealing import Sealer
from services.storage.tables import audit_checkpoints, audit_entries

BATCH = 1000
"""Entries to a checkpoint at most: a batch holds the database's write lock for some tens of milliseconds."""

_ENTRIES = audit_entries.c
_WAITING = (
    select(_ENTRIES.serial, _ENTRIES.text)
    .where(_ENTRIES.leaf_index.is_(None))
    .order_by(_ENTRIES.serial)
    .limit(bindparam("batch"))
)
_LAST_PLACE = select(func.max(_ENTRIES.leaf_index))


class AuditStore(AuditReader):
    """The log's writer and reader. Safe in any thread; of several processes, one at a time wins a batch."""

    def __init__(
        self,
        database: Database,
        sealer: Sealer,
        signer: Signer,
        clock: Callable[[], datetime],
        memory: LastSigned,
    ) -> None:
        super().__init__(database, signer.key)
        self.sealer = sealer
        self._signer, self._clock = signer, clock
        self._memory = memory
        self._turn = Lock()
        self._not_kept: Signed | None = None
        """Signed and stored, and not remembered yet."""

    def check(self, *, memory: bool = True) -> None:
        """Checks 1 and 2 of `integrate`, though nothing waits; nothing is written. Without *memory*, check 1 alone.

        Raises:
            ProofError: If one of them fails: the database was tampered with or rolled back.
            NodeMissing: The same, if the tree lacks a node.
            MemoryUnreadable: If what was signed last cannot be read.
        """
        remembered = self.remembered() if memory else ()  # first: another process may sign between the two
        with self.database.reading() as connection:
            newest = self._newest(connection)
            last = None if newest is None else newest.checkpoint
            _trusted_frontier(connection, last)  # 1.
            self._check_memory(connection, last, remembered)  # 2.

    def integrate(self, batch: int = BATCH) -> Signed | None:
        """Give up to *batch* waiting entries their places, and sign the log as it is then. None: nothing was waiting.

        Everything is one transaction, and durable before the checkpoint is returned. A log that was never signed gets
        a first checkpoint even if it is empty.

        1. the newest checkpoint is this key's, and the stored tree still leads to its root
        2. it continues what was signed last, as remembered outside the database
        3. waiting entries become leaves, in the order of their serial numbers
        4. the new checkpoint continues the newest one; it is signed and stored
        5. after the commit it is remembered outside the database; where that fails, the next call does it first

        Raises:
            ProofError: If 1, 2 or 4 fails: the database was tampered with or rolled back. Nothing is written or signed.
            NodeMissing: The same, if the tree lacks a node.
            MemoryUnreadable: If what was signed last cannot be read. Nothing is written or signed.
            OSError: If 5 fails.
        """
        with self._turn:
            if self._not_kept is None and self._is_due():
                with self.database.changing() as connection:
                    signed = self._integrate(connection, batch)
                self._not_kept = signed
            signed = self._not_kept
            if signed is not None:
                self._memory.keep(signed.note)  # 5.
                self._not_kept = None
        return signed

    def remembered(self) -> tuple[str, ...]:
        """The note that was signed last, as remembered outside the database: what `verify_database` compares with."""
        note = self._memory.read()
        return () if note is None else (note,)

    def _is_due(self) -> bool:
        """Whether it is worth the write lock; decided on again under it."""
        with self.database.reading() as connection:
            return self._newest(connection) is None or bool(_waiting(connection, 1))

    def _integrate(self, connection: Connection, batch: int) -> Signed | None:
        newest = self._newest(connection)  # 1.
        last = None if newest is None else newest.checkpoint
        frontier = _trusted_frontier(connection, last)
        self._check_memory(connection, last, self.remembered())  # 2.
        rows = _waiting(connection, batch)
        if last is not None and not rows:
            return None
        store_nodes(connection, _take_up(connection, frontier, rows))  # 3.
        checkpoint = Checkpoint(origin=self.key.name, size=frontier.size, root=frontier.root)
        return self._sign(connection, last, checkpoint)  # 4.

    def _check_memory(self, connection: Connection, last: Checkpoint | None, notes: Iterable[str]) -> None:
        for note in notes:
            older = open_checkpoint(note, self.key, verify_ed25519)
            size = 0 if last is None else last.size
            if last is None or size < older.size:
                raise Inconsistent(f"the log has signed {older.size} entries, and this database holds {size} of them")
            check_succession(older, last, proof_between(connection, older.size, size))

    def _sign(self, connection: Connection, last: Checkpoint | None, checkpoint: Checkpoint) -> Signed:
        if last is None:
            note = sign_first(checkpoint, self._signer)
        else:
            proof = proof_between(connection, last.size, checkpoint.size)
            note = sign_next(last, checkpoint, proof, self._signer)
        signed = Signed(checkpoint=checkpoint, note=note, signed_at=self._clock())
        row = {"size": checkpoint.size, "root": checkpoint.root, "note": note, "signed_at": signed.signed_at}
        connection.execute(insert(audit_checkpoints).values(row))
        return signed


def _trusted_frontier(connection: Connection, last: Checkpoint | None) -> Frontier:
    """The tree as it was signed last; refused if the entries or the stored nodes are not those that were signed."""
    size = 0 if last is None else last.size
    placed = connection.execute(_LAST_PLACE).scalar()
    if placed != (size - 1 if size else None):
        raise Inconsistent(f"the log has signed {size} entries, and the last that has a place is {placed}")
    frontier = read_frontier(size, load_spans(connection, [Span(0, size)]))
    if last is not None and frontier.root != last.root:
        raise Inconsistent(f"the stored tree does not lead to the root that was signed for {size} entries")
    return frontier


def _waiting(connection: Connection, batch: int) -> Sequence[Row[int, str]]:
    return connection.execute(_WAITING, {"batch": batch}).all()


def _take_up(connection: Connection, frontier: Frontier, rows: Sequence[Row[int, str]]) -> list[Node]:
    """Give waiting entries the next places; returns the nodes that this completed."""
    if not rows:
        return []
    places = [{"taken": row.serial, "place": frontier.size + number} for number, row in enumerate(rows)]
    place = update(audit_entries).where(audit_entries.c.serial == bindparam("taken"))
    connection.execute(place.values(leaf_index=bindparam("place")), places)
    return frontier.extend(leaf_hash(row.text.encode()) for row in rows)
