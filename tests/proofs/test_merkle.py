"""L-10: hashes and proofs of RFC 9162 section 2.1, against published vectors."""

from typing import Any

import pytest

from services.proofs import EMPTY_ROOT, BadProof, leaf_hash, node_hash, verify_consistency, verify_inclusion
from tests.proofs.vectors import load, unbase64, unhex

REFERENCE = load("merkle/rfc6962_reference_vectors.json")
EXTERNAL = load("merkle/transparency_dev_proof_vectors.json")
LEAVES = unhex(REFERENCE["leaf_hashes_hex"])
ROOTS = unhex(REFERENCE["roots_hex_by_size"])

STRICTER = "testdata/consistency/additional/sizes-are-equal-one-and-proof-is-empty.json"
"""The one case where we refuse what its library accepts: its two equal roots are 12 bytes long, so no hashes."""


def name_of(case: dict[str, Any]) -> str:
    return str(case["file"]).removeprefix("testdata/").removesuffix(".json")


def test_hashes_match_the_reference() -> None:
    assert [leaf_hash(data) for data in unhex(REFERENCE["leaf_inputs_hex"])] == LEAVES
    assert node_hash(LEAVES[0], LEAVES[1]) == ROOTS[2]
    assert ROOTS[0] == EMPTY_ROOT


def test_every_vector_is_here() -> None:
    assert len(EXTERNAL["inclusion"]) + len(EXTERNAL["consistency"]) == 196


@pytest.mark.parametrize("case", EXTERNAL["inclusion"], ids=name_of)
def test_inclusion_vectors(case: dict[str, Any]) -> None:
    leaf, root = unbase64([case["leafHash"], case["root"]])
    assert includes(leaf, case["leafIdx"], case["treeSize"], unbase64(case["proof"]), root) is not case["wantErr"]


@pytest.mark.parametrize("case", EXTERNAL["consistency"], ids=name_of)
def test_consistency_vectors(case: dict[str, Any]) -> None:
    first, second = unbase64([case["root1"], case["root2"]])
    accepted = continues(case["size1"], case["size2"], first, second, unbase64(case["proof"]))
    assert accepted is (not case["wantErr"] and case["file"] != STRICTER)


@pytest.mark.parametrize("case", REFERENCE["inclusion"], ids=lambda case: f"{case['index']} of {case['size']}")
def test_reference_inclusion(case: dict[str, Any]) -> None:
    index, size = case["index"], case["size"]
    assert includes(LEAVES[index], index, size, unhex(case["proof_hex"]), ROOTS[size])


@pytest.mark.parametrize("case", REFERENCE["consistency"], ids=lambda case: f"{case['size1']} to {case['size2']}")
def test_reference_consistency(case: dict[str, Any]) -> None:
    first, second = case["size1"], case["size2"]
    assert continues(first, second, ROOTS[first], ROOTS[second], unhex(case["proof_hex"]))


def test_every_log_continues_the_empty_one() -> None:
    """The rule for size 0: an empty proof, and the empty root (C2SP tlog-witness, old size 0)."""
    assert continues(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    assert continues(0, 5, EMPTY_ROOT, ROOTS[5], [])
    assert not continues(0, 5, ROOTS[1], ROOTS[5], [])
    assert not continues(0, 5, EMPTY_ROOT, ROOTS[5], [ROOTS[1]])
    assert not continues(0, 0, EMPTY_ROOT, ROOTS[1], [])


def test_a_log_never_shrinks() -> None:
    assert not continues(5, 3, ROOTS[5], ROOTS[3], [])
    assert not continues(-1, 3, ROOTS[1], ROOTS[3], [])


@pytest.mark.parametrize("index", [-1, 8, 9])
def test_an_index_outside_the_tree_is_not_in_it(index: int) -> None:
    assert not includes(LEAVES[0], index, 8, [], ROOTS[8])


def includes(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> bool:
    try:
        verify_inclusion(leaf=leaf, index=index, size=size, proof=proof, root=root)
    except BadProof:
        return False
    return True


def continues(first: int, second: int, first_root: bytes, second_root: bytes, proof: list[bytes]) -> bool:
    try:
        verify_consistency(
            first_size=first, second_size=second, first_root=first_root, second_root=second_root, proof=proof
        )
    except BadProof:
        return False
    return True
