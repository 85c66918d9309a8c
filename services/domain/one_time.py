"""Codes that count once: numeric codes, recovery codes, link tokens and TOTP. Randomness and time are passed in."""

import base64
import hashlib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Literal

import pyotp

from services.secret import Secret
from services.vocabulary import Objection

RandomBelow = Callable[[int], int]
"""A uniform integer from 0 to below its argument: `secrets.randbelow` (N-RND-01)."""
RandomBytes = Callable[[int], bytes]
"""So many random bytes: `secrets.token_bytes` (N-RND-01)."""

MIN_DIGITS = 6
"""Source: NIST SP 800-63B-4 section 4.2.1.2 (N-REC-07)."""
TOKEN_BYTES = 32
"""256 bits; a link that nobody may guess has at least 128 (A-46)."""
RECOVERY_CODES = 10
"""How many codes are issued together."""
RECOVERY_LETTERS = 28
"""Five bits each: 140 bits, where 64 are asked for and 128 recommended (N-REC-03)."""
TOTP_SECRET_BYTES = 20
"""160 bits. Source: RFC 4226 section 4 R6 (O-01)."""
_GROUP = 4
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_AS_READ = str.maketrans("OIL", "011")
_HASHES = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256, "SHA512": hashlib.sha512}

Algorithm = Literal["SHA1", "SHA256", "SHA512"]


@dataclass(frozen=True, slots=True)
class TotpKey:
    """What a TOTP app was enrolled with. Ours are all alike; imported ones may differ.

    Raises:
        ValueError: If the secret has fewer than 112 bits, the digits are not 6 to 10, or the step is not 1 to 120 s
            (N-OTP-01).
    """

    secret: Secret[bytes]
    digits: int = MIN_DIGITS
    algorithm: Algorithm = "SHA1"
    """What every app supports; HMAC-SHA-1 is not weakened by SHA-1's collisions."""
    period: int = 30
    """Seconds in a step (O-05)."""

    def __post_init__(self) -> None:
        _otp(self)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The code is right and new."""

    step: int
    """Store it with the authenticator, in the same transaction: nothing up to it is accepted again (O-06)."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The code does not count."""

    reason: Literal[Objection.WRONG_CODE, Objection.CODE_REPLAYED]


def numeric_code(random: RandomBelow, digits: int = MIN_DIGITS) -> Secret[str]:
    """A code to send or to read out, each with the same chance, leading zeros included.

    Raises:
        ValueError: If fewer than six digits are asked for.
    """
    if digits < MIN_DIGITS:
        raise ValueError(f"a one-time code has at least {MIN_DIGITS} digits")
    return Secret(f"{random(10**digits):0{digits}d}")


def read_digits(text: str) -> str | None:
    """The ASCII digits of a code as somebody typed it, in any script and grouping; None if it is anything else."""
    kept = [letter for letter in text if not _is_separator(letter)]
    digits = [unicodedata.decimal(letter, -1) for letter in kept]
    return "".join(map(str, digits)) if digits and min(digits) >= 0 else None


def read_code(text: str) -> str | None:
    """The six ASCII digits of a one-time code that were meant; None if it cannot be one, which is not an attempt."""
    digits = read_digits(text)
    return digits if digits is not None and len(digits) == MIN_DIGITS else None


def link_token(random: RandomBytes) -> Secret[str]:
    """256 random bits for a URL: 43 letters, digits, `-` and `_`."""
    return Secret(base64.urlsafe_b64encode(random(TOKEN_BYTES)).rstrip(b"=").decode())


def recovery_codes(random: RandomBytes, count: int = RECOVERY_CODES) -> tuple[Secret[str], ...]:
    """New saved codes in canonical form (`read_recovery_code`); show them with `grouped`."""
    return tuple(Secret("".join(_CROCKFORD[octet % 32] for octet in random(RECOVERY_LETTERS))) for _ in range(count))


def grouped(recovery_code: str) -> str:
    """A recovery code as it is shown and read out: seven groups of four."""
    return "-".join(recovery_code[at : at + _GROUP] for at in range(0, len(recovery_code), _GROUP))


def read_recovery_code(text: str) -> str | None:
    """The canonical form of a recovery code as somebody reads it; None if it cannot be one.

    Case, spaces and dashes do not count; O is 0, I and L are 1, as Crockford's base 32 has it.
    """
    upper = unicodedata.normalize("NFKC", text).upper().translate(_AS_READ)
    letters = "".join(letter for letter in upper if not _is_separator(letter))
    return letters if len(letters) == RECOVERY_LETTERS and set(letters) <= set(_CROCKFORD) else None


def new_totp_key(random: RandomBytes) -> TotpKey:
    """A key to enrol: 160 bits, SHA-1, six digits, 30 s."""
    return TotpKey(Secret(random(TOTP_SECRET_BYTES)))


def provisioning_uri(key: TotpKey, *, issuer: str, name: str) -> Secret[str]:
    """The `otpauth://` address that an enrolment's QR code holds: the secret itself, so only for the owner's eyes."""
    return Secret(_otp(key).provisioning_uri(name=name, issuer_name=issuer))


def totp_secret_text(key: TotpKey) -> Secret[str]:
    """The secret in base 32, in groups of four, for somebody who types it into their app."""
    text = base64.b32encode(key.secret.reveal()).decode().rstrip("=")
    return Secret(" ".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP)))


def totp_step(key: TotpKey, code: str, at: datetime, last_step: int | None) -> Accepted | Rejected:
    """Whether *code* is the present one or the one before, and has not been used.

    1. A code is six digits (or as many as were enrolled), however it was typed.
    2. Compare with step T and T-1, always with each (O-05). NIST asks for a defined lifetime; ASVS 6.5.5 would have
       T alone, which fails whoever reads a code to the desk: T-1 is our documented deviation.
    3. A step up to *last_step* was used, or was overtaken by a later one: a replay (O-06, N-OTP-03).

    Args:
        at: The server's time, aware; the client's never counts (A-24).
        last_step: The step of the last accepted code; None before the first.
    """
    typed = read_digits(code) or ""
    now = totp_counter(key, at)
    otp = _otp(key)
    steps = range(max(now - 1, 0), now + 1)
    matching = [step for step in steps if compare_digest(otp.generate_otp(step), typed)]
    if not matching:
        return Rejected(Objection.WRONG_CODE)
    if last_step is not None and matching[-1] <= last_step:
        return Rejected(Objection.CODE_REPLAYED)
    return Accepted(matching[-1])


def totp_counter(key: TotpKey, at: datetime) -> int:
    """The step that *at* lies in.

    Raises:
        ValueError: If *at* has no zone.
    """
    if at.tzinfo is None:
        raise ValueError("a time without a zone is no server time")
    return int(at.timestamp()) // key.period


def _otp(key: TotpKey) -> pyotp.TOTP:
    secret = base64.b32encode(key.secret.reveal()).decode()
    return pyotp.TOTP(secret, digits=key.digits, digest=_HASHES[key.algorithm], interval=key.period)


def _is_separator(letter: str) -> bool:
    """Spaces, dashes and what an editor slips in between groups."""
    return letter in ".\t\n\r" or unicodedata.category(letter) in {"Zs", "Pd", "Cf"}
