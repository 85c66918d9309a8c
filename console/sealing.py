"""Unsent notes are sealed before they touch the disk (invariant 14): what a caller said is personal.

The key lies in the operating system's password store, or, where there is none, in a file beside the store that only
its owner can read. That second place protects a copied or backed-up database, not a stolen home folder.
"""

import base64
import os
import secrets
from pathlib import Path

from console.vault import Vault, VaultState

KEY_BYTES = 32
"""AES-256."""
NONCE_BYTES = 12
"""NIST SP 800-38D section 8.2.2: 96 random bits, for far fewer than 2**32 notes under one key."""


class Unreadable(Exception):
    """Sealed by a key that is not here, or tampered with."""


class Seal:
    """Seals with the first key, opens with any."""

    def __init__(self, *keys: bytes) -> None:
        """At least one key, of `KEY_BYTES` bytes each."""
        self._keys = keys

    def __repr__(self) -> str:
        return "Seal(hidden)"

    def close(self, text: str, about: str) -> bytes:
        """Seal *text*; *about* says where it belongs, and it opens nowhere else."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # start-up time: 20 ms

        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self._keys[0]).encrypt(nonce, text.encode(), about.encode())

    def open(self, sealed: bytes, about: str) -> str:
        """The text again.

        Raises:
            Unreadable: When no key opens it, or it was moved or changed.
        """
        from cryptography.exceptions import InvalidTag  # start-up time, as above
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # start-up time, as above

        for key in self._keys:
            try:
                return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode()).decode()
            except (InvalidTag, ValueError):
                continue
        raise Unreadable("sealed by a key that is not here")


def key_in_vault(vault: Vault) -> bytes | None:
    """The key in the password store, made if need be; None where there is no ready one. May block, may raise."""
    if vault.state() is not VaultState.READY:
        return None
    kept = vault.read()
    if kept is None:
        kept = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")
        vault.write(kept)
    return _key(base64.b64decode(kept))


def key_in_file(file: Path, *, make: bool) -> bytes | None:
    """The key in a file that only its owner can read; None when there is none and none is to be made.

    Raises:
        OSError: When the file cannot be read or made.
    """
    if not file.exists():
        if not make:
            return None
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
            made.write(secrets.token_bytes(KEY_BYTES))
            made.flush()
            os.fsync(made.fileno())
    return _key(file.read_bytes())


def _key(value: bytes) -> bytes | None:
    return value if len(value) == KEY_BYTES else None
