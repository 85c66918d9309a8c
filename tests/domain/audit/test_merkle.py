"""The growing tree and the proofs made from its stored nodes (L-10), as laws."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.audit.merkle import (
    Frontier,
    Span,
    consistency_proof,
    consistency_spans,
    inclusion_proof,
    inclusion_spans,
    read_frontier,
    root_at,
    span_hash,
    span_nodes,
)
from services.proofs import EMPTY_ROOT, BadProof, leaf_hash, node_hash, verify_consistency, verify_inclusion
from tests.domain.audit.logs import stored_tree
from tests.proofs.vectors import load, unhex

REFERENCE = load("merkle/rfc6962_reference_vectors.json")
LEAVES = [leaf_hash(number.to_bytes(2, "big")) for number in range(64)]
_, READ = stored_tree(LEAVES)


def defined_root(leaves: list[bytes]) -> bytes:
    """The Merkle tree hash as RFC 9162 section 2.1.1 defines it, recursively."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else EMPTY_ROOT
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(defined_root(leaves[:split]), defined_root(leaves[split:]))


def altered(value: bytes, bit: int) -> bytes:
    place, mask = bit // 8, 1 << bit % 8
    return value[:place] + bytes([value[place] ^ mask]) + value[place + 1 :]


def test_growing_gives_the_reference_roots() -> None:
    frontier = Frontier()
    roots = [frontier.root]
    for leaf in unhex(REFERENCE["leaf_hashes_hex"]):
        frontier.append(leaf)
        roots.append(frontier.root)
    assert roots == unhex(REFERENCE["roots_hex_by_size"])


@pytest.mark.parametrize("size", range(65))
def test_the_root_is_what_the_definition_says(size: int) -> None:
    frontier, read = stored_tree(LEAVES[:size])
    assert frontier.root == root_at(size, read) == defined_root(LEAVES[:size])


@pytest.mark.parametrize("size", range(65))
def test_each_complete_node_is_made_exactly_once(size: int) -> None:
    frontier = Frontier()
    made = [(node.level, node.position) for node in frontier.extend(LEAVES[:size])]
    expected = {(level, index) for level in range(8) for index in range(size >> level)}
    assert len(made) == len(expected)
    assert set(made) == expected


@given(st.integers(0, 64), st.integers(0, 64))
def test_a_frontier_read_back_grows_as_if_it_had_never_stopped(first: int, second: int) -> None:
    frontier = read_frontier(min(first, second), READ)
    nodes = frontier.extend(LEAVES[min(first, second) : max(first, second)])
    assert frontier.root == root_at(max(first, second), READ)
    assert all(node.hash == READ(node.level, node.position) for node in nodes)
    assert Frontier(frontier.size, frontier.peaks).root == frontier.root


def test_a_frontier_needs_its_peaks() -> None:
    for peaks in ([], [bytes(32)], [bytes(32), bytes(31)], [bytes(32)] * 3):
        with pytest.raises(ValueError, match="2 peaks"):
            Frontier(5, peaks)


@pytest.mark.parametrize("case", REFERENCE["inclusion"], ids=lambda case: f"{case['index']} of {case['size']}")
def test_inclusion_proofs_are_the_reference_s(case: dict[str, list[str] | int]) -> None:
    _, read = stored_tree(unhex(REFERENCE["leaf_hashes_hex"]))
    assert [*inclusion_proof(int(str(case["index"])), int(str(case["size"])), read)] == unhex(proof_of(case))


@pytest.mark.parametrize("case", REFERENCE["consistency"], ids=lambda case: f"{case['size1']} to {case['size2']}")
def test_consistency_proofs_are_the_reference_s(case: dict[str, list[str] | int]) -> None:
    _, read = stored_tree(unhex(REFERENCE["leaf_hashes_hex"]))
    assert [*consistency_proof(int(str(case["size1"])), int(str(case["size2"])), read)] == unhex(proof_of(case))


def proof_of(case: dict[str, list[str] | int]) -> list[str]:
    proof = case["proof_hex"]
    assert isinstance(proof, list)
    return proof


@pytest.mark.parametrize("size", range(1, 65))
def test_every_leaf_proves_its_inclusion_in_every_tree(size: int) -> None:
    root = root_at(size, READ)
    for index in range(size):
        proof = inclusion_proof(index, size, READ)
        verify_inclusion(leaf=LEAVES[index], index=index, size=size, proof=proof, root=root)


@pytest.mark.parametrize("second", range(65))
def test_every_tree_proves_that_it_continues_every_smaller_one(second: int) -> None:
    for first in range(second + 1):
        check(first, second, consistency_proof(first, second, READ))


@given(data=st.data(), first=st.integers(1, 63), grown_by=st.integers(1, 63), bit=st.integers(0, 255))
def test_no_hash_of_a_consistency_proof_can_be_altered(
    data: st.DataObject, first: int, grown_by: int, bit: int
) -> None:
    second = min(first + grown_by, 64)
    proof = list(consistency_proof(first, second, READ))
    place = data.draw(st.integers(0, len(proof) - 1))
    proof[place] = altered(proof[place], bit)
    with pytest.raises(BadProof):
        check(first, second, proof)


@pytest.mark.parametrize("second", range(2, 65))
def test_no_hash_of_any_consistency_proof_can_be_altered_or_left_out(second: int) -> None:
    for first in range(1, second):
        proof = consistency_proof(first, second, READ)
        for place, value in enumerate(proof):
            for forged in ([altered(value, 0)], [], [value, value]):
                with pytest.raises(BadProof):
                    check(first, second, (*proof[:place], *forged, *proof[place + 1 :]))


@given(st.integers(1, 64), st.integers(0, 63), st.integers(0, 255))
def test_a_proof_of_inclusion_holds_for_its_leaf_and_its_place_only(size: int, index: int, bit: int) -> None:
    index %= size
    proof, root = inclusion_proof(index, size, READ), root_at(size, READ)
    with pytest.raises(BadProof):
        verify_inclusion(leaf=altered(LEAVES[index], bit), index=index, size=size, proof=proof, root=root)
    for other in set(range(size)) - {index}:
        with pytest.raises(BadProof):
            verify_inclusion(leaf=LEAVES[index], index=other, size=size, proof=proof, root=root)


def check(first: int, second: int, proof: tuple[bytes, ...] | list[bytes]) -> None:
    verify_consistency(
        first_size=first,
        second_size=second,
        first_root=root_at(first, READ),
        second_root=root_at(second, READ),
        proof=proof,
    )


def test_a_hundred_million_entries_take_few_reads() -> None:
    """O(log n): what a proof costs in the largest log we design for."""
    size = 100_000_000
    for first in (1, 12_345_678, 67_108_864, 99_999_999):
        spans = (*consistency_spans(first, size), *inclusion_spans(first, size))
        assert sum(len(span_nodes(span)) for span in spans) <= 4 * 27


@given(st.integers(1, 64), st.integers(1, 64))
def test_a_span_is_covered_by_its_nodes_without_gap(start: int, width: int) -> None:
    level = (start - 1).bit_length()
    span = Span(start=1 << level, end=(1 << level) + min(width, 1 << level))
    edges = [(index << level, (index + 1) << level) for level, index in span_nodes(span)]
    assert edges[0][0] == span.start
    assert edges[-1][1] == span.end
    assert all(left[1] == right[0] for left, right in pairwise(edges))


def test_what_is_not_in_the_tree_has_no_proof() -> None:
    for index, size in ((-1, 3), (3, 3), (0, 0)):
        with pytest.raises(ValueError, match="outside"):
            inclusion_spans(index, size)
    for first, second in ((4, 3), (-1, 3)):
        with pytest.raises(ValueError, match="cannot have become"):
            consistency_spans(first, second)
    assert span_hash(Span(0, 0), READ) == EMPTY_ROOT
