"""The keys that personal data is sealed with, each wrapped by one key that is not in the database.

The key-encryption key (KEK) does nothing but wrap data keys. Because even the index key is a wrapped random key and
not derived from the KEK, the KEK can be replaced by wrapping the rows anew: no row of personal data, no index and no
peppered password changes.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.secret import Secret

KEY_BYTES = 32
"""AES-256; also the length of the index key (A-43: at least 128 bits of strength)."""
NONCE_BYTES = 12
"""96 bits, random. Source: NIST SP 800-38D section 8.2.2."""
_ID_PREFIX = "key_"
_ID_BYTES = 4
_WRAP_VERSION = b"\x01"


class Unreadable(Exception):
    """Something sealed cannot be opened: altered, moved, or sealed under a key that is not here.

    The message names the place, never the content.
    """


class KeyRing(Protocol):
    """Where the key-encryption key is kept."""

    def load(self) -> Secret[bytes]:
        """The key-encryption key, 32 bytes.

        Raises:
            KeyUnusable: If there is no key, or it is not kept safely; one sentence says which.
        """


class Purpose(StrEnum):
    """What a data key is for. Authenticated with the wrapping, so that rows cannot be swapped."""

    SEAL = "seal"
    """Seals personal fields. There may be several; the newest seals, all open."""
    INDEX = "index"
    """The root of blind indexes, code digests and the password pepper. There is exactly one."""
    LOG = "log"
    """The seed of the Ed25519 key that signs the audit log's checkpoints. There is exactly one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataKey:
    """A row of `data_keys`."""

    id: str
    """`key_` and eight hex digits, random; sealed values carry these four bytes."""
    purpose: Purpose
    wrapped: bytes
    """Version byte, nonce, AES-256-GCM ciphertext of the 32 bytes under the KEK."""
    created_at: datetime
    """Aware UTC. The newest key seals; the id breaks a tie."""


def first_data_keys(keyring: KeyRing, now: datetime) -> tuple[DataKey, ...]:
    """The rows that a new database starts with, one for each purpose."""
    return tuple(new_data_key(keyring, purpose, now) for purpose in Purpose)


def new_data_key(keyring: KeyRing, purpose: Purpose, now: datetime) -> DataKey:
    """A fresh random key, wrapped. Store the row and commit before anything is sealed with it."""
    key_id = _ID_PREFIX + secrets.token_hex(_ID_BYTES)
    wrapped = _wrap(keyring, Secret(secrets.token_bytes(KEY_BYTES)), _binding(key_id, purpose))
    return DataKey(id=key_id, purpose=purpose, wrapped=wrapped, created_at=now)


def unwrapped(keyring: KeyRing, row: DataKey) -> Secret[bytes]:
    """The key itself.

    Raises:
        Unreadable: If the row was altered or swapped, or belongs to another key-encryption key.
    """
    version, nonce, ciphertext = row.wrapped[:1], row.wrapped[1 : 1 + NONCE_BYTES], row.wrapped[1 + NONCE_BYTES :]
    try:
        if version == _WRAP_VERSION:
            return Secret(_kek(keyring).decrypt(nonce, ciphertext, _binding(row.id, row.purpose)))
    except (InvalidTag, ValueError):
        pass
    raise Unreadable(f"the key does not open data key {row.id}: it is not this database's key, or the row was altered")


def rewrapped(row: DataKey, old: KeyRing, new: KeyRing) -> DataKey:
    """The same data key under a new key-encryption key: how the KEK is rotated (A-43, A-49)."""
    return replace(row, wrapped=_wrap(new, unwrapped(old, row), _binding(row.id, row.purpose)))


def key_tag(row: DataKey) -> bytes:
    """The four bytes by which a sealed value names its key."""
    tag = bytes.fromhex(row.id.removeprefix(_ID_PREFIX))
    if len(tag) != _ID_BYTES:
        raise ValueError(f"{row.id} is not the id of a data key")
    return tag


def _wrap(keyring: KeyRing, key: Secret[bytes], binding: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return _WRAP_VERSION + nonce + _kek(keyring).encrypt(nonce, key.reveal(), binding)


def _kek(keyring: KeyRing) -> AESGCM:
    key = keyring.load().reveal()
    if len(key) != KEY_BYTES:
        raise ValueError(f"the key-encryption key has {len(key)} bytes instead of {KEY_BYTES}")
    return AESGCM(key)


def _binding(key_id: str, purpose: Purpose) -> bytes:
    return f"{purpose}:{key_id}".encode()
