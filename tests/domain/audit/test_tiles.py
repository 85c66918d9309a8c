"""L-06: paths and contents of tiles and bundles, against generated vectors and the specification's own examples."""

from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.audit.entry import MAX_ENTRY_BYTES
from services.domain.audit.tiles import (
    Tile,
    decode_bundle,
    decode_tile,
    encode_bundle,
    encode_tile,
    is_published,
    parse_path,
    tiles_of,
)
from services.proofs import leaf_hash
from tests.domain.audit.logs import stored_tree
from tests.proofs.vectors import load

VECTORS = load("tlog/tlog_generated_vectors.json")
ENTRIES = [f'{{"case":"C-{n // 3:04}","n":{n},"type":"recovery.test"}}'.encode() for n in range(600)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
_, READ = stored_tree(LEAVES)


@pytest.mark.parametrize("case", VECTORS["tiles"], ids=lambda case: f"{case['path']} of {case['size']}")
def test_tiles(case: dict[str, Any]) -> None:
    tile = parse_path(case["path"])
    data = encode_tile(tile, READ)
    assert sha256(data).hexdigest() == case["sha256_of_tile"]
    assert len(decode_tile(data)) == tile.width == case["width"]
    assert is_published(tile, case["size"])


@pytest.mark.parametrize("size", [7, 256, 257, 600])
def test_a_log_has_exactly_these_tiles(size: int) -> None:
    expected = [case["path"] for case in VECTORS["tiles"] if case["size"] == size]
    assert [tile.path for tile in tiles_of(size)] == expected


@pytest.mark.parametrize("case", VECTORS["entry_bundles"], ids=lambda case: f"{case['path']} of {case['size']}")
def test_bundles(case: dict[str, Any]) -> None:
    tile = parse_path(case["path"])
    entries = [ENTRIES[index] for level, index in tile.nodes if level == 0]
    data = encode_bundle(entries)
    assert (len(data), sha256(data).hexdigest()) == (case["bytes"], case["sha256"])
    assert list(decode_bundle(data)) == entries
    assert [leaf_hash(entry) for entry in entries] == [LEAVES[index] for _, index in tile.nodes]


def test_the_specification_s_example_of_a_tree() -> None:
    """C2SP tlog-tiles: a tree of 70,000."""
    tiles = list(tiles_of(70_000))
    full = [(tile.level, tile.width) for tile in tiles if tile.width < 256]
    assert full == [(0, 112), (1, 17), (2, 1)]
    assert sum(tile.level == 0 for tile in tiles) == 274
    assert sum(tile.level == 1 for tile in tiles) == 2
    assert all(is_published(tile, 70_000) for tile in tiles)


def test_the_specification_s_example_of_a_path() -> None:
    assert Tile(level=0, index=1_234_067).path == "tile/0/x001/x234/067"
    assert parse_path("tile/entries/x001/x234/067.p/8") == Tile(level=None, index=1_234_067, width=8)


@given(st.none() | st.integers(0, 63), st.integers(0, 10**12), st.integers(1, 256))
def test_a_path_names_one_tile(level: int | None, index: int, width: int) -> None:
    tile = Tile(level=level, index=index, width=width)
    assert parse_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/67",
        "tile/0/0067",
        "tile/0/1067",
        "tile/0/x000/067",
        "tile/0/001/067",
        "tile/0/x001",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/08",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/entry/000",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/../000",
        "tile/0/\u0660\u0660\u0660",
        "",
        "tile/0/000\n",
    ],
)  # fmt: skip - a table
def test_other_paths_name_none(path: str) -> None:
    with pytest.raises(ValueError, match="not the path"):
        parse_path(path)


@given(st.integers(0, 70_000))
def test_what_a_log_publishes(size: int) -> None:
    tiles = list(tiles_of(size))
    assert all(is_published(tile, size) for tile in tiles)
    for tile in tiles[-3:]:
        if tile.width < 256:
            assert not is_published(Tile(level=tile.level, index=tile.index, width=tile.width + 1), size)
            assert not is_published(Tile(level=tile.level, index=tile.index + 1, width=1), size)


def test_nothing_is_published_of_an_empty_log() -> None:
    assert list(tiles_of(0)) == []
    assert not is_published(Tile(level=0, index=0, width=1), 0)
    assert not is_published(Tile(level=None, index=0, width=1), 0)
    assert not is_published(Tile(level=0, index=0, width=0), 9)
    assert not is_published(Tile(level=0, index=0, width=257), 900)


@given(st.lists(st.binary(max_size=40), max_size=256))
def test_bundles_are_read_back(entries: list[bytes]) -> None:
    assert list(decode_bundle(encode_bundle(entries))) == entries


def test_an_entry_too_long_for_its_length_is_refused() -> None:
    assert decode_bundle(encode_bundle([bytes(MAX_ENTRY_BYTES)])) == (bytes(MAX_ENTRY_BYTES),)
    with pytest.raises(ValueError, match="65535"):
        encode_bundle([bytes(MAX_ENTRY_BYTES + 1)])


@pytest.mark.parametrize("data", [b"\0", b"\0\1", b"\0\1a\0", b"\0\2a", encode_bundle([b""] * 257)])
def test_broken_bundles_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="whole entries"):
        decode_bundle(data)


@pytest.mark.parametrize("length", [0, 31, 33, 32 * 257])
def test_broken_tiles_are_refused(length: int) -> None:
    with pytest.raises(ValueError, match="hashes"):
        decode_tile(bytes(length))
