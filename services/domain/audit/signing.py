"""Signing notes with Ed25519 (C2SP signed-note, type 0x01; L-02).

Who signs is whoever has the key: here in memory, or a security module that fits `Signer`.
"""

from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.proofs import BadKey, BadNote, Signature, VerifierKey, parse_note

_SEED_BYTES = 32


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

    def __repr__(self) -> str:
        return f"Ed25519Signer({self._key})"


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
