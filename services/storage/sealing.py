"""Personal data and secrets at rest: sealed with AES-256-GCM, found again by keyed index."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hmac import digest as hmac_digest

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.secret import Secret, revealed
from services.storage.data_keys import KEY_BYTES, NONCE_BYTES, DataKey, KeyRing, Purpose, Unreadable, key_tag, unwrapped

INDEX_BYTES = 16
"""A blind index is a HMAC-SHA-256 cut to 128 bits: no chance collision among 10 million accounts."""
_VERSION = b"\x01"
_HEADER_BYTES = len(_VERSION) + 4


@dataclass(frozen=True, slots=True)
class _Keys:
    """Everything unwrapped."""

    header: bytes
    ciphers: Mapping[bytes, AESGCM] = field(repr=False)
    index: bytes = field(repr=False)
    codes: bytes = field(repr=False)
    pepper: bytes = field(repr=False)


class Sealer:
    """Seals and opens values, and computes the keyed digests. One for the whole process; safe in any thread.

    A sealed value is: version byte, key id (4 bytes), nonce (12), ciphertext, tag (16): 33 bytes more than the text.
    The *context* says where the value stands, `contact_points.value:cp_123`; it is authenticated and not stored, so a
    value that was copied to another row or column does not open.
    """

    __slots__ = ("_keys",)

    def __init__(self, keyring: KeyRing, rows: Iterable[DataKey]) -> None:
        """Unwrap every row of `data_keys`.

        Raises:
            Unreadable: If a row cannot be unwrapped.
            ValueError: If there is no sealing key, or not exactly one index key.
        """
        self._keys = _unwrap_all(keyring, rows)

    def seal(self, plaintext: bytes | str, context: str) -> bytes:
        """Seal *plaintext* for the one place that *context* names."""
        keys = self._keys
        nonce = os.urandom(NONCE_BYTES)
        bound = keys.header + _context(context)
        return keys.header + nonce + keys.ciphers[keys.header].encrypt(nonce, _octets(plaintext), bound)

    def open(self, sealed: bytes, context: str) -> bytes:
        """The plaintext.

        Raises:
            Unreadable: If the value was altered, cut, moved from another place, or its key is not here.
        """
        header, nonce = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES : _HEADER_BYTES + NONCE_BYTES]
        cipher = self._keys.ciphers.get(header)
        if cipher is None:
            raise Unreadable(f"{context} is not sealed with any key of this database")
        try:
            return cipher.decrypt(nonce, sealed[_HEADER_BYTES + NONCE_BYTES :], header + _context(context))
        except (InvalidTag, ValueError):
            raise Unreadable(f"{context} was altered, or sealed for another place") from None

    def open_text(self, sealed: bytes, context: str) -> str:
        """The plaintext as text; otherwise as `open`."""
        return self.open(sealed, context).decode("utf-8", "surrogatepass")

    def blind_index(self, kind: str, value: str) -> bytes:
        """16 bytes by which a canonical *value* is found again; equal only for the same *kind* and *value*.

        Canonicalise first: one address spelt in two ways has two indexes.
        """
        return hmac_digest(self._keys.index, _joined(kind, value), "sha256")[:INDEX_BYTES]

    def code_digest(self, context: str, code: str | Secret[str]) -> bytes:
        """32 bytes that stand in the database for a short one-time code (C-MFA-01).

        A million six-digit codes are hashed in a second, so the hash needs a key that a thief of the database has
        not. The *context* (`check:chk_123`) keeps a code from counting anywhere else (A-25).
        """
        return hmac_digest(self._keys.codes, _joined(context, revealed(code)), "sha256")

    def pepper(self, password: bytes) -> bytes:
        """32 bytes to give to the password hash in place of *password* (N-PWD-07: a key kept apart from the hashes)."""
        return hmac_digest(self._keys.pepper, password, "sha256")


def token_digest(token: str | Secret[str]) -> bytes:
    """SHA-256 of a 256-bit random token. No salt, key or cost: there is nothing to guess (63B-4 section 3.1.2.2)."""
    return hashlib.sha256(_octets(revealed(token))).digest()


def _unwrap_all(keyring: KeyRing, rows: Iterable[DataKey]) -> _Keys:
    in_order = sorted(rows, key=lambda row: (row.created_at, row.id))
    sealing = [row for row in in_order if row.purpose is Purpose.SEAL]
    index = [row for row in in_order if row.purpose is Purpose.INDEX]
    if not sealing or len(index) != 1:
        raise ValueError(f"one index key and a sealing key are needed; there are {len(index)} and {len(sealing)}")
    root = unwrapped(keyring, index[0])
    return _Keys(
        header=_header(sealing[-1]),
        ciphers={_header(row): AESGCM(unwrapped(keyring, row).reveal()) for row in sealing},
        index=_derived(root, "blind index"),
        codes=_derived(root, "code digest"),
        pepper=_derived(root, "password pepper"),
    )


def _header(row: DataKey) -> bytes:
    return _VERSION + key_tag(row)


def _derived(root: Secret[bytes], use: str) -> bytes:
    info = f"rightful {use} 1".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(root.reveal())


def _context(context: str) -> bytes:
    if not context:
        raise ValueError("a sealed value needs a context")
    return context.encode()


def _joined(kind: str, value: str) -> bytes:
    if not kind or "\0" in kind:
        raise ValueError("the kind of a digest is neither empty nor holds NUL")
    return _octets(f"{kind}\0{value}")


def _octets(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
