"""A transparency log in miniature, straight from the definitions of RFC 9162 section 2.1, with a key of its own."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.proofs import EMPTY_ROOT, Checkpoint, Signature, VerifierKey, leaf_hash, node_hash


def _split(size: int) -> int:
    """The largest power of two smaller than *size*."""
    return 1 << (size - 1).bit_length() - 1


def root_of(leaves: list[bytes]) -> bytes:
    """MTH of section 2.1.1."""
    if len(leaves) <= 1:
        return leaf_hash(leaves[0]) if leaves else EMPTY_ROOT
    middle = _split(len(leaves))
    return node_hash(root_of(leaves[:middle]), root_of(leaves[middle:]))


def _subproof(first: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF of section 2.1.4.1."""
    if first == len(leaves):
        return [] if whole else [root_of(leaves)]
    middle = _split(len(leaves))
    if first <= middle:
        return [*_subproof(first, leaves[:middle], whole), root_of(leaves[middle:])]
    return [*_subproof(first - middle, leaves[middle:], whole=False), root_of(leaves[:middle])]


class Log:
    """An append-only list of entries, and what can be said about it."""

    def __init__(self, *entries: str, origin: str = "desk.example.com/log", seed: int = 1) -> None:
        self.leaves = [entry.encode() for entry in entries]
        self._private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.key = VerifierKey(name=origin, public_key=self._private.public_key().public_bytes_raw())

    def append(self, *entries: str) -> None:
        """Grow."""
        self.leaves += [entry.encode() for entry in entries]

    def checkpoint(self, size: int | None = None) -> str:
        """The signed note over the first *size* entries; all of them, if nothing is said."""
        leaves = self.leaves[:size]
        return self.signed(Checkpoint(origin=self.key.name, size=len(leaves), root=root_of(leaves)).text)

    def signed(self, text: str) -> str:
        """A note of any text, signed with the log's key."""
        signature = Signature(name=self.key.name, key_id=self.key.id, value=self._private.sign(text.encode()))
        return f"{text}\n{signature}"

    def proof(self, first: int, second: int) -> tuple[bytes, ...]:
        """PROOF of section 2.1.4.1: that the first *first* entries are a beginning of the first *second*."""
        return tuple(_subproof(first, self.leaves[:second], whole=True)) if 0 < first < second else ()
