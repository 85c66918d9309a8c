"""C2SP tlog-tiles: the tree and its entries as files that never change (L-06).

A tile holds up to 256 consecutive hashes: of leaves at level 0, and at level n of complete subtrees of 256**n leaves.
A bundle holds the up to 256 entries whose leaves a tile of level 0 holds.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.domain.audit.entry import MAX_ENTRY_BYTES
from services.domain.audit.merkle import ReadNode
from services.proofs import HASH_BYTES

WIDTH = 256
"""Hashes in a full tile, entries in a full bundle."""

HEIGHT = 8
"""Levels of the tree between one level of tiles and the next."""

MAX_LEVEL = 63

_LENGTH_BYTES = 2
_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """Which tile, or which bundle of entries."""

    level: int | None
    """None for a bundle."""
    index: int
    width: int = WIDTH
    """1 to 256; below 256 it is the partial one at the tree's right edge."""

    @property
    def path(self) -> str:
        """Below the log's prefix, for example `tile/0/x001/234` or `tile/entries/000.p/7`."""
        level = "entries" if self.level is None else str(self.level)
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{_index_path(self.index)}{partial}"

    @property
    def nodes(self) -> Iterator[tuple[int, int]]:
        """Level and index of the tree's nodes that the tile holds, left to right."""
        level = HEIGHT * (self.level or 0)
        return ((level, self.index * WIDTH + place) for place in range(self.width))


def parse_path(path: str) -> Tile:
    """The tile that a path names.

    Raises:
        ValueError: If it names none, or names one in another than its only spelling.
    """
    match = _PATH.fullmatch(path)
    if not match:
        raise ValueError("not the path of a tile")
    level, index, width = match.groups()
    tile = Tile(
        level=None if level == "entries" else int(level),
        index=int(index.replace("x", "").replace("/", "")),
        width=WIDTH if width is None else int(width),
    )
    if tile.path != path or (tile.level or 0) > MAX_LEVEL or tile.width > WIDTH:
        raise ValueError("not the path of a tile")
    return tile


def is_published(tile: Tile, size: int) -> bool:
    """Whether a log of *size* entries has this tile: full ones for ever, a partial one if the log was that wide."""
    hashes = size >> HEIGHT * (tile.level or 0)
    return 1 <= tile.width <= min(hashes - tile.index * WIDTH, WIDTH)


def tiles_of(size: int) -> Iterator[Tile]:
    """Every tile of a tree of *size* leaves, lowest level first. None is empty; the last of a level may be partial."""
    level, hashes = 0, size
    while hashes:
        full, rest = divmod(hashes, WIDTH)
        yield from (Tile(level=level, index=index) for index in range(full))
        if rest:
            yield Tile(level=level, index=full, width=rest)
        level, hashes = level + 1, full


def encode_tile(tile: Tile, read: ReadNode) -> bytes:
    """The tile's hashes, concatenated: 32 bytes each."""
    return b"".join(read(level, index) for level, index in tile.nodes)


def decode_tile(data: bytes) -> tuple[bytes, ...]:
    """The hashes of a tile.

    Raises:
        ValueError: If it is empty, too long, or not whole hashes.
    """
    if not data or len(data) % HASH_BYTES or len(data) > WIDTH * HASH_BYTES:
        raise ValueError(f"a tile holds 1 to {WIDTH} hashes of {HASH_BYTES} bytes")
    return tuple(data[start : start + HASH_BYTES] for start in range(0, len(data), HASH_BYTES))


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Entries, each after its length in two bytes, high byte first.

    Raises:
        ValueError: If an entry is longer than two bytes can say.
    """
    return b"".join(_length(entry) + entry for entry in entries)


def decode_bundle(data: bytes) -> tuple[bytes, ...]:
    """The entries of a bundle.

    Raises:
        ValueError: If it ends inside an entry.
    """
    entries: list[bytes] = []
    place = 0
    while place < len(data):
        start = place + _LENGTH_BYTES
        place = start + int.from_bytes(data[place:start], "big")
        entries.append(data[start:place])
    if place != len(data) or len(entries) > WIDTH:
        raise ValueError(f"a bundle holds at most {WIDTH} whole entries")
    return tuple(entries)


def _length(entry: bytes) -> bytes:
    if len(entry) > MAX_ENTRY_BYTES:
        raise ValueError(f"an entry is at most {MAX_ENTRY_BYTES} bytes long")
    return len(entry).to_bytes(_LENGTH_BYTES, "big")


def _index_path(index: int) -> str:
    """Three digits to a step, all but the last marked x: 1234067 is `x001/x234/067`."""
    index, last = divmod(index, 1000)
    steps = [f"{last:03}"]
    while index:
        index, step = divmod(index, 1000)
        steps.append(f"x{step:03}")
    return "/".join(reversed(steps))
