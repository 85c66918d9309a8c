"""What is shown of a personal field before there is a reason to show it (A-50): enough to tell two apart, no more.

A mask has the same length for every value of its kind, so that it does not say how long the value is.
"""

import re
import unicodedata

import phonenumbers

from services.domain.account import ContactPoint
from services.vocabulary import ContactKind

DOTS = "•••••"
_SHOWABLE = 4
"""From so many letters on, the first and the last may be shown; a shorter word would be given away."""
_SHOWN_DIGITS, _FEWER_DIGITS = 4, 2
_LONG_NUMBER = 9
"""From so many national digits on, four of them leave at least five unknown."""
_LONGEST_COUNTRY_CODE = 3
_TELLING = 3
"""A local part, or a word in it, with so many letters must not stand in the domain."""


def mask_email(canonical: str) -> str:
    """`amara.okafor@postbox.example` as `a•••••r@postbox.example`.

    A domain that repeats a part of the local part (`amara@okafor-amara.example`) is hidden as well.
    """
    local, _, domain = canonical.rpartition("@")
    return f"{_ends(local)}@{DOTS if _tells(domain, local) else domain}"


def mask_phone(e164: str) -> str:
    """`+2348035554471` as `+234 ••• ••• 4471`: the last four digits, or two of a short number."""
    code, national = _country_and_rest(e164)
    if not national:
        return DOTS
    shown = _SHOWN_DIGITS if len(national) >= _LONG_NUMBER else _FEWER_DIGITS
    return f"+{code} ••• ••• {national[-shown:]}"


def mask_name(name: str) -> str:
    """`Amara Ngozi Okafor` as `A••••• O•••••`: the initials of the first and the last word."""
    words = name.split()
    ends = dict.fromkeys((0, len(words) - 1)) if words else ()
    return " ".join(_initial(words[at]) for at in ends) or DOTS


def mask_contact(contact: ContactPoint) -> str:
    """A contact point as its kind is masked."""
    return (mask_email if contact.kind is ContactKind.EMAIL else mask_phone)(contact.value)


def _country_and_rest(e164: str) -> tuple[str, str]:
    """A number's country code, which no other begins with, and what follows it; empty where it is no such number."""
    digits = e164.removeprefix("+")
    if digits == e164 or not (digits.isascii() and digits.isdecimal()):
        return "", ""
    codes = (digits[:length] for length in range(1, _LONGEST_COUNTRY_CODE + 1))
    code = next((one for one in codes if int(one) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE), "")
    return code, digits[len(code) :] if code else ""


def _ends(word: str) -> str:
    letters = _letters(word)
    return letters[0] + DOTS + letters[-1] if len(letters) >= _SHOWABLE else DOTS


def _initial(word: str) -> str:
    letters = _letters(word)
    return letters[0] + DOTS if len(letters) > 1 else DOTS


def _letters(word: str) -> list[str]:
    """Letters with the accents that follow them."""
    letters: list[str] = []
    for code_point in unicodedata.normalize("NFC", word):
        if unicodedata.combining(code_point) and letters:
            letters[-1] += code_point
        else:
            letters.append(code_point)
    return letters


def _tells(domain: str, local: str) -> bool:
    parts = (local, *re.split(r"[\W_]+", local))
    return any(part in domain for part in parts if len(part) >= _TELLING)
