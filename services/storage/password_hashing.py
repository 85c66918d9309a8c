"""Passwords and saved recovery codes as they are stored: Argon2id, peppered with a key that is not in the database."""

import secrets
from base64 import b64encode
from collections.abc import Callable
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION, hash_secret_raw

from services.domain.password import normalised
from services.secret import Secret, revealed

TIME_COST, MEMORY_KIB, LANES = 2, 19456, 1
"""Argon2id t=2, m=19 MiB, p=1. Source: ASVS 5.0.0 section 11.4.2 and appendix C (A-45)."""
HASH_BYTES = 32
SALT_BYTES = 16
"""128 bits, random for each hash; at least 32 are asked for (N-PWD-07)."""
AT_ONCE = 4
"""Hashes computed at the same time: bounds their memory to 76 MiB, however many sign-ins arrive together."""
_PEPPERED = "p1"

Pepper = Callable[[bytes], bytes]
"""A keyed hash whose key is kept apart from the stored hashes: `Sealer.pepper`."""


class PasswordHashing:
    """Hashes and verifies; safe in any thread. The stored form is a PHC string, after `p1` if it is peppered."""

    def __init__(self, pepper: Pepper | None = None, *, at_once: int = AT_ONCE) -> None:
        self._pepper = pepper
        self._argon2 = PasswordHasher(TIME_COST, MEMORY_KIB, LANES, HASH_BYTES, SALT_BYTES, type=Type.ID)
        self._turn = BoundedSemaphore(at_once)
        self._nobodys = (_PEPPERED if pepper else "") + _of_nothing()

    def hashed(self, password: Secret[str]) -> str:
        """The form to store.

        Raises:
            ValueError: If the password is not text.
        """
        prefix = _PEPPERED if self._pepper else ""
        with self._turn:
            return prefix + self._argon2.hash(self._prepared(password, peppered=bool(prefix)))

    def verify(self, stored: str, password: Secret[str]) -> bool:
        """Compare the whole *password* (N-PWD-04). A stored form that cannot be read is a no, at the same cost."""
        peppered = stored.startswith(_PEPPERED)
        phc = stored.removeprefix(_PEPPERED)
        if peppered and self._pepper is None:
            self.spend(password)
            return False
        try:
            with self._turn:
                self._argon2.verify(phc, self._prepared(password, peppered=peppered))
        except InvalidHashError:
            self.spend(password)
            return False
        except VerificationError:
            return False
        return True

    def spend(self, password: Secret[str]) -> None:
        """Do the work of a failed verification, for a login that does not exist (A-17, C-FP-01)."""
        self.verify(self._nobodys, password)

    def fits(self, password: Secret[str], known: str | None) -> bool:
        """Whether *password* is the one that was hashed; as slow a no when nothing is known."""
        if known is None:
            self.spend(password)
            return False
        return self.verify(known, password)

    def code_digest(self, salt: bytes, code: str | Secret[str]) -> bytes:
        """32 bytes that stand in the database for a saved recovery code (N-REC-04).

        All codes of one account share one salt, so that one computation compares what the caller read with each of
        them; the codes are random with 140 bits, so sharing it gives nothing away.
        """
        with self._turn:
            return hash_secret_raw(revealed(code).encode(), salt, TIME_COST, MEMORY_KIB, LANES, HASH_BYTES, Type.ID)

    def _prepared(self, password: Secret[str], *, peppered: bool) -> bytes:
        octets = normalised(password).reveal().encode()
        return self._pepper(octets) if peppered and self._pepper else octets


def _of_nothing() -> str:
    """A PHC string of today's cost that no password is known to have: random where the hash stands."""
    salt, octets = (b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (SALT_BYTES, HASH_BYTES))
    return f"$argon2id$v={ARGON2_VERSION}$m={MEMORY_KIB},t={TIME_COST},p={LANES}${salt}${octets}"
