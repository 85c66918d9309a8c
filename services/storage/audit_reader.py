"""The signed audit log as it is read: checkpoints, proofs, entries and tiles, never beyond the newest checkpoint."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from services.domain.audit.merkle import consistency_proof, consistency_spans, inclusion_proof, inclusion_spans
from services.domain.audit.signing import verify_ed25519
from services.domain.audit.tiles import Tile, encode_bundle, encode_tile, is_published
from services.domain.audit.tlog_proof import InclusionProof
from services.domain.outcome import Missing
from services.proofs import Checkpoint, ProofError, VerifierKey, open_checkpoint
from services.storage.audit_nodes import NodeMissing, load_nodes, load_spans
from services.storage.database import Database
from services.storage.tables import audit_checkpoints, audit_entries

_NEWEST = select(audit_checkpoints).order_by(audit_checkpoints.c.size.desc()).limit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A checkpoint as it was signed and stored."""

    checkpoint: Checkpoint
    note: str
    signed_at: datetime


class AuditReader:
    """Reads the log. Safe in any thread.

    Every method raises `ProofError` if the newest checkpoint is not the log's own, and `NodeMissing` if the tree lacks
    a node: both mean that the database was tampered with.
    """

    def __init__(self, database: Database, key: VerifierKey) -> None:
        self.database, self.key = database, key

    def newest(self) -> Signed:
        """The newest checkpoint.

        Raises:
            Missing: If the log was never signed.
        """
        with self.database.reading() as connection:
            return self._head(connection)

    def signed_as(self) -> str | None:
        """The name under which the log's key signed the newest checkpoint; None if it signed none, or not this one."""
        with self.database.reading() as connection:
            row = connection.execute(_NEWEST).first()
        if row is None:
            return None
        with suppress(ProofError):  # whoever looks at the log for its soundness says so
            key = replace(self.key, name=row.note.partition("\n")[0])
            return open_checkpoint(row.note, key, verify_ed25519).origin
        return None

    def consistency(self, first: int, second: int) -> tuple[bytes, ...]:
        """The proof that the log of *second* entries continues that of *first*; from 0 it is empty.

        Raises:
            Missing: If the log never signed as many, or the first is the larger.
        """
        with self.database.reading() as connection:
            if not 0 <= first <= second <= self._head(connection).checkpoint.size:
                raise Missing
            return proof_between(connection, first, second)

    def inclusion(self, index: int, size: int) -> tuple[str, tuple[bytes, ...]]:
        """An entry's canonical text, and the proof that it is in the log of *size* entries.

        Raises:
            Missing: If it is not, or the log never signed as many.
        """
        with self.database.reading() as connection:
            if not 0 <= index < size <= self._head(connection).checkpoint.size:
                raise Missing
            return self._inclusion(connection, index, size)

    def proof(self, index: int) -> InclusionProof:
        """A file that proves an entry's inclusion under the newest checkpoint, offline (L-07).

        Raises:
            Missing: If there is no such entry in it.
        """
        with self.database.reading() as connection:
            head = self._head(connection)
            if not 0 <= index < head.checkpoint.size:
                raise Missing
            _, hashes = self._inclusion(connection, index, head.checkpoint.size)
            return InclusionProof(index=index, hashes=hashes, checkpoint=head.note)

    def entries(self, first: int, count: int) -> tuple[Sequence[tuple[int, str]], int]:
        """Index and canonical text of up to *count* entries from *first* on, and the size of the log.

        Raises:
            Missing: If the log was never signed.
        """
        with self.database.reading() as connection:
            size = self._head(connection).checkpoint.size
            start = max(0, first)
            return entries_between(connection, start, min(size, start + max(0, count))), size

    def tile(self, tile: Tile) -> bytes:
        """The content of a tile or bundle (L-06).

        Raises:
            Missing: If the log has none such.
        """
        with self.database.reading() as connection:
            if not is_published(tile, self._head(connection).checkpoint.size):
                raise Missing
            nodes = list(tile.nodes)
            if tile.level is not None:
                return encode_tile(tile, load_nodes(connection, nodes))
            texts = entries_between(connection, nodes[0][1], nodes[-1][1] + 1)
            return encode_bundle(text.encode() for _, text in texts)

    def _inclusion(self, connection: Connection, index: int, size: int) -> tuple[str, tuple[bytes, ...]]:
        found = entries_between(connection, index, index + 1)
        if not found:
            raise NodeMissing(f"entry {index} of the log is gone")
        return found[0][1], inclusion_proof(index, size, load_spans(connection, inclusion_spans(index, size)))

    def _head(self, connection: Connection) -> Signed:
        signed = self._newest(connection)
        if signed is None:
            raise Missing
        return signed

    def _newest(self, connection: Connection) -> Signed | None:
        """The newest checkpoint, its signature verified: the row alone proves nothing."""
        row = connection.execute(_NEWEST).first()
        if row is None:
            return None
        checkpoint = open_checkpoint(row.note, self.key, verify_ed25519)
        return Signed(checkpoint=checkpoint, note=row.note, signed_at=row.signed_at)


def proof_between(connection: Connection, first: int, second: int) -> tuple[bytes, ...]:
    """The consistency proof between two sizes of the stored tree."""
    return consistency_proof(first, second, load_spans(connection, consistency_spans(first, second)))


def entries_between(connection: Connection, first: int, stop: int) -> list[tuple[int, str]]:
    """Index and canonical text of the entries from *first* up to and without *stop*, those that are there."""
    table = audit_entries.c
    query = select(table.leaf_index, table.text).where(table.leaf_index >= first, table.leaf_index < stop)
    return [(row.leaf_index, row.text) for row in connection.execute(query.order_by(table.leaf_index))]
