"""The Merkle tree's hashes, and checking that a leaf is in it and that it only grew (RFC 9162 section 2.1, L-10)."""

from collections.abc import Sequence
from hashlib import sha256

from services.proofs.errors import BadProof

HASH_BYTES = 32
"""Length of a SHA-256 hash; anything else is not a hash, whatever it compares equal to."""

EMPTY_ROOT = sha256(b"").digest()
"""The root of the tree with no leaves (RFC 9162 section 2.1.1)."""

_LEAF = b"\x00"
_NODE = b"\x01"


def leaf_hash(entry: bytes) -> bytes:
    """32 bytes. The prefix keeps a leaf from ever passing for an inner node."""
    return sha256(_LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """32 bytes, from two hashes of 32 bytes each."""
    return sha256(_NODE + left + right).digest()


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that *leaf* (a leaf hash) is entry *index*, from 0, of the tree with *size* leaves and this *root*.

    Numbered as in RFC 9162 section 2.1.3.2; *proof* runs from the leaf's sibling to the root's child.

    0. every hash is 32 bytes long
    1. the index lies inside the tree
    2. walk from the leaf (fn) and from the last leaf (sn)
    3. begin with the leaf hash
    4. fold in each hash of the proof, on the side it belongs to
    5. the walk ended at the top, and at the root

    Raises:
        BadProof: If any step fails.
    """
    _require_hashes(leaf, root, *proof)  # 0.
    if not 0 <= index < size:  # 1.
        raise BadProof(f"index {index} lies outside a tree of {size} entries")
    fn, sn = index, size - 1  # 2.
    result = leaf  # 3.
    for sibling in proof:  # 4.
        if sn == 0:
            raise BadProof("the inclusion proof is too long")
        if fn & 1 or fn == sn:
            result = node_hash(sibling, result)
            fn, sn = _skip_missing_siblings(fn, sn)
        else:
            result = node_hash(result, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:  # 5.
        raise BadProof("the inclusion proof is too short")
    if result != root:
        raise BadProof("the inclusion proof does not lead to the root")


def verify_consistency(
    *, first_size: int, second_size: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the tree of *second_size* leaves begins with the tree of *first_size* leaves: it only grew.

    Every log continues the empty one, so from size 0 the proof is empty and the first root is `EMPTY_ROOT` (as C2SP
    tlog-witness has it; RFC 9162 leaves the case open). Steps 1 to 7 are those of RFC 9162 section 2.1.4.2.

    0. every hash is 32 bytes long, no tree shrank, and an empty tree has the empty root
    0a. trees of equal size have the same root, and need no proof
    0b. nothing has to be proven about the empty tree
    1. any other proof has something in it
    2. if the first tree is complete, its root starts the proof
    3. walk from the last leaf of the first tree (fn) and of the second (sn)
    4. climb to the first subtree that both share
    5. begin with it, for both roots
    6. fold in each further hash, into both roots or only into the second
    7. both roots were reached, and the walk ended at the top

    Raises:
        BadProof: If any step fails.
    """
    _require_hashes(first_root, second_root, *proof)  # 0.
    _require_sizes(first_size, second_size, first_root, second_root)
    if first_size in (0, second_size):  # 0a. 0b.
        _require_no_proof(first_size, second_size, first_root == second_root, proof)
        return
    if not proof:  # 1.
        raise BadProof("the consistency proof is empty")
    path = [first_root, *proof] if first_size & (first_size - 1) == 0 else list(proof)  # 2.
    fn, sn = first_size - 1, second_size - 1  # 3.
    while fn & 1:  # 4.
        fn, sn = fn >> 1, sn >> 1
    first, second = _fold(path, fn, sn)  # 5. 6.
    if first != first_root:  # 7.
        raise BadProof("the consistency proof does not lead to the older root")
    if second != second_root:
        raise BadProof("the consistency proof does not lead to the newer root")


def _require_hashes(*hashes: bytes) -> None:
    if any(len(value) != HASH_BYTES for value in hashes):
        raise BadProof(f"a hash is not {HASH_BYTES} bytes long")


def _require_sizes(first_size: int, second_size: int, first_root: bytes, second_root: bytes) -> None:
    if not 0 <= first_size <= second_size:
        raise BadProof(f"a log of {first_size} entries cannot have become one of {second_size}")
    for size, root in ((first_size, first_root), (second_size, second_root)):
        if size == 0 and root != EMPTY_ROOT:
            raise BadProof("an empty log does not have the empty root")


def _require_no_proof(first_size: int, second_size: int, same_root: bool, proof: Sequence[bytes]) -> None:
    if first_size == second_size and not same_root:
        raise BadProof(f"two different roots at the same size, {first_size}")
    if proof:
        raise BadProof("a consistency proof where none belongs")


def _fold(path: Sequence[bytes], fn: int, sn: int) -> tuple[bytes, bytes]:
    """Steps 5 and 6 of RFC 9162 section 2.1.4.2: the older and the newer root that *path* leads to."""
    first = second = path[0]  # 5.
    for sibling in path[1:]:  # 6.
        if sn == 0:
            raise BadProof("the consistency proof is too long")
        if fn & 1 or fn == sn:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            fn, sn = _skip_missing_siblings(fn, sn)
        else:
            second = node_hash(second, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise BadProof("the consistency proof is too short")
    return first, second


def _skip_missing_siblings(fn: int, sn: int) -> tuple[int, int]:
    """Climb past the levels where the rightmost node has no sibling and is carried up unchanged."""
    while fn and not fn & 1:
        fn, sn = fn >> 1, sn >> 1
    return fn, sn
