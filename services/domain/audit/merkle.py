"""Growing the Merkle tree, and making its proofs from stored nodes (RFC 9162 section 2.1, L-10).

A node is named by its level, 0 for leaves, and its index from 0 within the level; only nodes over a complete
subtree of 2**level leaves have a name, because only they never change. Everything else is folded from those.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import NamedTuple

from services.proofs import EMPTY_ROOT, HASH_BYTES, node_hash

Coordinate = tuple[int, int]
"""Level and index of a complete node."""

ReadNode = Callable[[int, int], bytes]
"""(level, index) -> the hash of that complete node. Raises whatever its storage raises if there is none."""


class Node(NamedTuple):
    """A complete node that never changes again."""

    level: int
    position: int
    """Its index within the level, from 0, left to right."""
    hash: bytes


class Span(NamedTuple):
    """The leaves from *start* up to and without *end*, whose hash is one hash of a proof."""

    start: int
    end: int


class Frontier:
    """The right edge of a growing tree: the few complete nodes that its root is folded from. Not thread-safe."""

    __slots__ = ("_peaks", "size")

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        """*peaks* are the hashes of `span_nodes(Span(0, size))`, left to right.

        Raises:
            ValueError: If they are too few, too many, or not hashes.
        """
        self.size = size
        self._peaks = list(peaks)
        if len(self._peaks) != size.bit_count() or any(len(peak) != HASH_BYTES for peak in self._peaks):
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} peaks of {HASH_BYTES} bytes")

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """Hashes of the complete nodes, left to right; empty for the empty tree."""
        return tuple(self._peaks)

    @property
    def root(self) -> bytes:
        """The tree's root at its present size."""
        return _fold(self._peaks)

    def append(self, leaf: bytes) -> list[Node]:
        """Add a leaf hash; return the nodes this completed, from the leaf upwards."""
        level, index, value, peaks = 0, self.size, leaf, self._peaks
        completed = [Node(0, index, leaf)]
        while index & 1:
            value = node_hash(peaks.pop(), value)
            level, index = level + 1, index >> 1
            completed.append(Node(level, index, value))
        peaks.append(value)
        self.size += 1
        return completed

    def extend(self, leaves: Iterable[bytes]) -> list[Node]:
        """Add leaf hashes in order; return every node this completed."""
        return [node for leaf in leaves for node in self.append(leaf)]


def read_frontier(size: int, read: ReadNode) -> Frontier:
    """The frontier of the stored tree when it held *size* leaves, in O(log size) reads."""
    return Frontier(size, [read(level, index) for level, index in span_nodes(Span(0, size))])


def root_at(size: int, read: ReadNode) -> bytes:
    """The stored tree's root when it held *size* leaves, in O(log size) reads."""
    return read_frontier(size, read).root


def inclusion_spans(index: int, size: int) -> tuple[Span, ...]:
    """What the inclusion proof of leaf *index* in a tree of *size* leaves is made of, from the leaf upwards.

    Source: RFC 9162 section 2.1.3.1.

    Raises:
        ValueError: If the leaf is not in the tree.
    """
    if not 0 <= index < size:
        raise ValueError(f"index {index} lies outside a tree of {size} entries")
    start, end = 0, size
    spans: list[Span] = []
    while end - start > 1:
        middle = start + _left_size(end - start)
        if index < middle:
            spans.append(Span(middle, end))
            end = middle
        else:
            spans.append(Span(start, middle))
            start = middle
    return tuple(reversed(spans))


def consistency_spans(first: int, second: int) -> tuple[Span, ...]:
    """What the proof that the tree of *second* leaves continues that of *first* is made of, from the leaves upwards.

    Empty if the sizes are equal, or the first is 0.
    Source: RFC 9162 section 2.1.4.1, SUBPROOF; *known* is its flag b.

    Raises:
        ValueError: If the first is not the smaller.
    """
    if not 0 <= first <= second:
        raise ValueError(f"a tree of {first} entries cannot have become one of {second}")
    start, end, known = 0, second, True
    spans: list[Span] = []
    while start < first < end:
        middle = start + _left_size(end - start)
        if first <= middle:
            spans.append(Span(middle, end))
            end = middle
        else:
            spans.append(Span(start, middle))
            start, known = middle, False
    if not known:
        spans.append(Span(start, end))
    return tuple(reversed(spans))


def span_nodes(span: Span) -> tuple[Coordinate, ...]:
    """The complete nodes a span's hash is folded from, left to right. Its start must be aligned, as a proof's are."""
    start, end = span
    nodes: list[Coordinate] = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return tuple(nodes)


def span_hash(span: Span, read: ReadNode) -> bytes:
    """The Merkle tree hash over a span's leaves."""
    return _fold([read(level, index) for level, index in span_nodes(span)])


def inclusion_proof(index: int, size: int, read: ReadNode) -> tuple[bytes, ...]:
    """The hashes that lead from leaf *index* to the root of *size* leaves, in O(log size) reads."""
    return tuple(span_hash(span, read) for span in inclusion_spans(index, size))


def consistency_proof(first: int, second: int, read: ReadNode) -> tuple[bytes, ...]:
    """The hashes that show the tree only grew from *first* leaves to *second*, in O(log second) reads."""
    return tuple(span_hash(span, read) for span in consistency_spans(first, second))


def _left_size(size: int) -> int:
    """The largest power of two below *size*: how many leaves the left subtree of two or more has."""
    return 1 << ((size - 1).bit_length() - 1)


def _fold(peaks: Sequence[bytes]) -> bytes:
    """One hash over complete subtrees, left to right and largest first."""
    if not peaks:
        return EMPTY_ROOT
    return reduce(lambda right, left: node_hash(left, right), reversed(peaks))
