"""Signing notes with Ed25519 (C2SP signed-note, type 0x01; L-02).

Who signs is whoever has the key: here in memory, or a security module that fits `Signer`.
"""

from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.proofs import BadKey, BadNote, Signature, VerifierKey, parse_note
from services.proofs.note import ED25519, decode_base64, encode_base64

_SEED_BYTES = 32
_PREFIX = "PRIVATE+KEY+"


class Signer(Protocol):
    """Something that signs in the name of one key."""

    @property
    def key(self) -> VerifierKey:
        """What its signatures are verified with."""

    def sign(self, message: bytes) -> bytes:
        """64 bytes of Ed25519 signature."""


class Ed25519Signer:
    """A key in memory. Its representation shows the public half only."""

    def __init__(self, name: str, seed: bytes) -> None:
        """*seed* is the private key, 32 random bytes.

        Raises:
            BadKey: If the name or the seed cannot be a key's.
        """
        if len(seed) != _SEED_BYTES:
            raise BadKey(f"an Ed25519 private key is {_SEED_BYTES} bytes long")
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self._key = VerifierKey(name=name, public_key=self._private.public_key().public_bytes_raw())

    @property
    def key(self) -> VerifierKey:
        """What its signatures are verified with."""
        return self._key

    def sign(self, message: bytes) -> bytes:
        """64 bytes of Ed25519 signature, the same for the same message (RFC 8032)."""
        return self._private.sign(message)

    def reveal_private_key(self) -> str:
        """The private key's text form. It belongs in the key file outside the database, and nowhere else."""
        encoded = encode_base64(bytes([ED25519]) + self._private.private_bytes_raw())
        return f"{_PREFIX}{self._key.name}+{self._key.id.hex()}+{encoded}"

    def __repr__(self) -> str:
        return f"Ed25519Signer({self._key})"


def parse_private_key(text: str) -> Ed25519Signer:
    """Read the text form of a private key, `PRIVATE+KEY+name+hex8+base64(type, seed)`.

    Raises:
        BadKey: If it is malformed, not Ed25519, or its id is not that of its name and key. The key is not in the error.
    """
    name, _, rest = text.removeprefix(_PREFIX).partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        material = decode_base64(encoded)
    except ValueError:
        material = b""
    if not text.startswith(_PREFIX) or material[:1] != bytes([ED25519]):
        raise BadKey("this is not the text form of an Ed25519 private key") from None
    signer = Ed25519Signer(name, material[1:])
    if signer.key.id.hex() != key_id:
        raise BadKey("the private key's id is not that of its name and key")
    return signer


def verify_ed25519(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature is that of the key's owner over the message. A key that is none verifies nothing."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def sign_note(text: str, signer: Signer) -> str:
    """The note of *text*, which must end in a newline, with one signature.

    Raises:
        BadNote: If the text could not be read back out of the note as it is.
    """
    key = signer.key
    signature = Signature(name=key.name, key_id=key.id, value=signer.sign(text.encode()))
    note = f"{text}\n{signature}"
    if parse_note(note).text != text:
        raise BadNote("the text of a note ends in a newline")
    return note
