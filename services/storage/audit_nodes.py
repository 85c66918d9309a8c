"""The audit tree's complete nodes in the database: written once, read a few at a time."""

from collections.abc import Iterable, Iterator
from functools import cache

from sqlalchemy import Connection, Select, and_, bindparam, insert, or_, select

from services.domain.audit.merkle import Coordinate, Node, ReadNode, Span, span_nodes
from services.storage.tables import audit_nodes


class NodeMissing(LookupError):
    """The tree lacks a node that its size says it has: the table was tampered with, or only half restored."""


def store_nodes(connection: Connection, nodes: Iterable[Node]) -> None:
    """Keep nodes that became complete."""
    rows = [{"level": node.level, "position": node.position, "hash": node.hash} for node in nodes]
    if rows:
        connection.execute(insert(audit_nodes), rows)


def load_spans(connection: Connection, spans: Iterable[Span]) -> ReadNode:
    """Read all the nodes that these spans' hashes are folded from, in one query."""
    return load_nodes(connection, [coordinate for span in spans for coordinate in span_nodes(span)])


def load_nodes(connection: Connection, wanted: Iterable[Coordinate]) -> ReadNode:
    """Read nodes in one query; the answer raises `NodeMissing` for one that was not there, or not asked for."""
    places = list(wanted)
    given = {f"{name}{nth}": value for nth, place in enumerate(places) for name, value in zip("lp", place, strict=True)}
    rows = connection.execute(_at(len(places)), given) if places else ()
    found: dict[Coordinate, bytes] = {(row.level, row.position): row.hash for row in rows}

    def read(level: int, position: int) -> bytes:
        try:
            return found[level, position]
        except KeyError:
            raise NodeMissing(f"the tree lacks its node {position} of level {level}") from None

    return read


@cache
def _at(count: int) -> Select[tuple[int, int, bytes]]:
    """So many nodes, each by level `l` and position `p`. SQLite looks each up; for one IN it would read the table."""
    table = audit_nodes.c
    places = (and_(table.level == bindparam(f"l{nth}"), table.position == bindparam(f"p{nth}")) for nth in range(count))
    return select(table.level, table.position, table.hash).where(or_(*places))


def load_row(connection: Connection, level: int, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
    """Position and hash of the nodes of one level from *start* up to and without *stop*, those that are there."""
    table = audit_nodes.c
    query = (
        select(table.position, table.hash)
        .where(table.level == level, table.position >= start, table.position < stop)
        .order_by(table.position)
    )
    return ((row.position, row.hash) for row in connection.execute(query))
