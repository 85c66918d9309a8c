"""However large the file is, only so much of it is under way."""

from collections.abc import Iterator
from functools import partial

from services.importing.importer import batched
from services.importing.pipeline import AHEAD, CHUNK, prepared_chunks
from services.importing.preparing import Prepared, preparer
from services.importing.record import Bad, Raw, Rules
from services.importing.seen import Seen
from services.storage.data_keys import first_data_keys
from tests.importing.conftest import NOW
from tests.storage.keys import KeyInMemory

ROWS = 12 * CHUNK + 7


class Counting:
    """Rows that count how many of them were asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def __iter__(self) -> Iterator[Raw | Bad]:
        for self.asked in range(1, ROWS + 1):
            yield Raw(self.asked, {"customer_number": f"RC{self.asked:07}", "name": "A"})


def far_ahead(rules: Rules, workers: int) -> int:
    """By how many rows at most the reading was ahead of what came out, in order and complete."""
    rows, done, ahead = Counting(), 0, 0
    make = partial(preparer, rules, KeyInMemory(), first_data_keys(KeyInMemory(), NOW), False)
    for chunk in prepared_chunks(iter(rows), make, workers):
        assert [row.place for row in chunk] == list(range(done + 1, done + len(chunk) + 1))
        assert all(isinstance(row, Prepared) for row in chunk)
        ahead = max(ahead, rows.asked - done)
        done += len(chunk)
    assert done == ROWS
    return ahead


def test_without_helpers_one_chunk_is_under_way(rules: Rules) -> None:
    assert far_ahead(rules, 0) == CHUNK


def test_with_a_helper_only_a_few_chunks_are_under_way(rules: Rules) -> None:
    assert far_ahead(rules, 1) <= CHUNK * (AHEAD + 1)


def test_chunks_become_batches() -> None:
    chunks = [[Bad(place, "") for place in range(start, stop)] for start, stop in ((0, 3), (3, 9), (9, 9), (9, 11))]
    batches = list(batched(chunks, 5))
    assert [len(batch) for batch in batches] == [5, 5, 1]
    assert [row.place for batch in batches for row in batch] == list(range(11))


def test_what_was_seen_is_remembered_by_its_first_place() -> None:
    seen = Seen()
    seen.add([(b"a", 1), (b"b", 2)])
    seen.add([(b"a", 3)])
    assert seen.places([b"a", b"c"]) == {b"a": 1}
    many = [number.to_bytes(4, "big") for number in range(12_000)]
    seen.add((digest, place) for place, digest in enumerate(many))
    assert len(seen.places(many)) == 12_000
    seen.close()
