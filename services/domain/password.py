"""Which passwords are refused, and why. There are no composition rules and nothing expires by itself (N-PWD-03)."""

import unicodedata
from collections.abc import Collection, Container

from services.secret import Secret
from services.vocabulary import Objection

MIN_ALONE = 15
"""Code points of a password that is the only factor. Source: NIST SP 800-63B-4 section 3.1.1.2 (N-PWD-01)."""
MIN_WITHIN_MFA = 8
"""Code points of a password that never suffices by itself. Source: as above."""
MAX = 256
"""Code points; the standard asks for at least 64 (N-PWD-02).

Argon2id compresses its input first, so length costs it nothing; normalising and comparing do cost time that grows
with the length, for anybody who can send a request. Nothing is ever cut: a longer password is refused.
"""
TRIVIAL_REST = 6
"""With at most so many digits and signs beside it, a context word is still only that word (`Rightful2027!`)."""
_MIN_WORD = 3
_LONGEST_CYCLE = 4
_ROWS = (
    "1234567890",
    "0123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)
_TRACKS = tuple(track for row in _ROWS for track in (row * 27, row[::-1] * 27))
"""Rows of keys and letters, walked on and on in both directions; longer than any password."""


def normalised(password: Secret[str]) -> Secret[str]:
    """The form that is counted, compared and hashed: NFC, nothing trimmed or cut (N-PWD-02, N-PWD-04).

    Raises:
        ValueError: If it is not text (a lone surrogate); the message does not hold it.
    """
    text = unicodedata.normalize("NFC", password.reveal())
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("a password is Unicode text")
    return Secret(text)


def objections(
    password: Secret[str], *, within_mfa: bool, context: Collection[str], blocklist: Container[str]
) -> tuple[Objection, ...]:
    """Everything against *password*; empty means it may be set.

    A listed word refuses a password that *is* that word, whatever its case, and never one that contains it (N-PWD-05).

    Args:
        within_mfa: Whether the account always asks for a second factor too.
        context: What anybody would try for this person, from `context_words`.
        blocklist: Common and breached passwords, NFC and case-folded.
    """
    text = normalised(password).reveal()
    folded = _folded(text)
    checks = {
        Objection.PASSWORD_TOO_SHORT: len(text) < (MIN_WITHIN_MFA if within_mfa else MIN_ALONE),
        Objection.PASSWORD_TOO_LONG: len(text) > MAX,
        Objection.PASSWORD_LISTED: len(text) <= MAX and _is_expected(folded, blocklist),
        Objection.PASSWORD_IS_CONTEXT: len(text) <= MAX and _is_context(folded, context),
    }
    return tuple(objection for objection, holds in checks.items() if holds)


def context_words(*names: str) -> frozenset[str]:
    """What the service's name, the user's name, user name, e-mail address and the like give as words to refuse."""
    folded = {_folded(unicodedata.normalize("NFC", name)).strip() for name in names}
    local_parts = {name.rpartition("@")[0] for name in folded}
    parts = {part for name in folded if "@" not in name for part in name.split()}
    return frozenset((folded | local_parts | parts) - {""})


def _folded(text: str) -> str:
    """Compared without case: a guesser tries `PASSWORD` and `Password` right after `password`."""
    return unicodedata.normalize("NFC", text.casefold())


def _is_expected(folded: str, blocklist: Container[str]) -> bool:
    """Listed, a listed word over and over, a short cycle, or a walk along one row of keys.

    All of these compare the entire password; the last three are lists too long to write down ("expected" passwords).
    """
    period = (folded + folded).find(folded, 1)
    repeats_listed = 0 < period < len(folded) and folded[:period] in blocklist
    return folded in blocklist or repeats_listed or _is_cycle(folded) or _is_walk(folded)


def _is_cycle(folded: str) -> bool:
    longest = min(_LONGEST_CYCLE, len(folded) // 2)
    return any(folded[period:] == folded[:-period] for period in range(1, longest + 1))


def _is_walk(folded: str) -> bool:
    return len(folded) > _LONGEST_CYCLE and any(folded in track for track in _TRACKS)


def _is_context(folded: str, context: Collection[str]) -> bool:
    """Whether *folded* is nothing but context words, digits and signs: the word and its obvious derivatives."""
    if folded in context:
        return True
    rest = folded
    for word in sorted(context, key=len, reverse=True):
        if len(word) >= _MIN_WORD:
            rest = rest.replace(word, " ")
    between = rest.replace(" ", "")
    return rest != folded and len(between) <= TRIVIAL_REST and not any(letter.isalpha() for letter in between)
