"""What an agent types in the one look-up field: which kind of identifier it may be, in the one form it is stored in."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import NamedTuple

import idna
import phonenumbers

MAX_TYPED = 320
"""Characters; the longest e-mail address has 64 + 1 + 255. Source: RFC 5321 section 4.5.3.1."""
REGIONS = frozenset(phonenumbers.SUPPORTED_REGIONS)
"""ISO 3166 regions, two capital letters, whose phone numbers are known."""
_MAX_LOCAL_OCTETS = 64
_MAX_DOMAIN = 253
_MAX_USER_NAME = 128
_SHORTEST_E164 = len("+") + 7
_E164 = phonenumbers.PhoneNumberFormat.E164
_BARRED_IN_LOCAL = frozenset('()<>[]:;@\\,"')
_INVISIBLE = dict.fromkeys(
    map(ord, "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")
)
"""What comes along unseen when an address is copied from a mail or a telephone book."""
_BRACKETED = re.compile(r"[^<>]*<([^<>]+)>")
_SCHEME = re.compile(r"(?:mailto|tel):", re.IGNORECASE)
_PLUS = ("+", "\uff0b")
_PHONE = re.compile(r"[+\uff0b]?[\d\s().\-/\u2010-\u2015\u2212]+")
_PLAIN_DOMAIN = re.compile(r"(?:[a-z0-9]{1,63}\.)+[a-z]{2,63}")


class Kind(StrEnum):
    """What identifies an account; also the kind of its blind index."""

    CUSTOMER_NUMBER = "customer_number"
    EMAIL = "email"
    PHONE = "phone"
    USER_NAME = "user_name"


class Candidate(NamedTuple):
    """One reading of what was typed."""

    kind: Kind
    canonical: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spellings:
    """How identifiers are spelt here; from the settings."""

    regions: tuple[str, ...] = ("GB",)
    """ISO 3166 regions in which a phone number without a country code may be, likeliest first."""
    customer_number: re.Pattern[str] | None = None
    """The whole customer number in capitals, without spaces and dashes; None if there are none."""
    customer_prefix: str = ""
    """Letters that every customer number starts with and nobody bothers to type."""


def candidates(text: str, spellings: Spellings) -> tuple[Candidate, ...]:
    """Every reading of *text*, likeliest first, each once; empty if it can be no identifier.

    Depends on *text* and *spellings* only, so that it says nothing about which accounts there are (A-17).
    """
    if len(text) > MAX_TYPED:
        return ()
    return tuple(dict.fromkeys(_readings(text, spellings)))


def canonical_email(text: str) -> str | None:
    """Local part NFC in small letters, domain in ASCII (IDNA 2008, small letters); None if it is no address.

    Small letters throughout because nobody tells the desk a capital; RFC 5321 leaves their meaning to the receiver.
    """
    local, at, domain = _tidy(text).rpartition("@")
    local, ascii_domain = _small(local), _canonical_domain(domain)
    if not at or not _is_local_part(local) or ascii_domain is None:
        return None
    return f"{local}@{ascii_domain}"


def canonical_phones(text: str, regions: Sequence[str]) -> tuple[str, ...]:
    """Every E.164 number that *text* may spell: those in use first, then those of a possible length.

    New and fictional number ranges are not known as in use, which is why a possible one is kept. A number with a
    country code (`+44`, `0044`) has one reading; `(0)` in it is left out. Extensions and vanity letters have none.
    """
    tidy = _tidy(text)
    if not _PHONE.fullmatch(tidy):
        return ()
    numbers = sorted(_parsed(tidy, regions), reverse=True, key=itemgetter(0))
    return tuple(dict.fromkeys(e164 for _, e164 in numbers))


def canonical_phone(text: str, home: str) -> str | None:
    """The E.164 number to keep on file; without a country code it is of the region *home*.

    Codes are sent to what is on file, so that nothing is guessed here: not even the next likely region.
    """
    tidy = _tidy(text)
    if not _PHONE.fullmatch(tidy):
        return None
    read = _read_as(tidy, home)
    if read is None:
        return None
    number, e164 = read
    return e164 if _is_likely(number, e164) or phonenumbers.is_valid_number(number) else None  # the cheaper test first


def canonical_user_name(text: str) -> str | None:
    """NFC in small letters; None if it is empty, too long, or holds spaces or control characters."""
    name = _small(_tidy(text))
    fits = 0 < len(name) <= _MAX_USER_NAME
    return name if fits and not _has_space_or_control(name) else None


def canonical_customer_number(text: str, spellings: Spellings) -> str | None:
    """Capitals without spaces, dashes, dots and slashes, with the prefix; None if it does not fit the pattern."""
    if spellings.customer_number is None:
        return None
    typed = _tidy(text).upper()
    compact = typed if typed.isalnum() else "".join(letter for letter in typed if not _is_grouping(letter))
    for number in (compact, spellings.customer_prefix.upper() + compact):
        if spellings.customer_number.fullmatch(number):
            return number
    return None


def _readings(text: str, spellings: Spellings) -> Iterator[Candidate]:
    if (number := canonical_customer_number(text, spellings)) is not None:
        yield Candidate(Kind.CUSTOMER_NUMBER, number)
    if (email := canonical_email(text)) is not None:
        yield Candidate(Kind.EMAIL, email)
    for phone in canonical_phones(text, spellings.regions):
        yield Candidate(Kind.PHONE, phone)
    if (name := canonical_user_name(text)) is not None:
        yield Candidate(Kind.USER_NAME, name)


def _tidy(text: str) -> str:
    """NFC without invisible letters, outer spaces, `mailto:` or `tel:`, and only the address of `Name <address>`."""
    visible = unicodedata.normalize("NFC", text.translate(_INVISIBLE)).strip()
    bracketed = _BRACKETED.fullmatch(visible)
    return _SCHEME.sub("", bracketed[1] if bracketed else visible, count=1).strip()


def _small(text: str) -> str:
    """NFC and in small letters. Not case-folded: that makes one address of two (ss and sharp s)."""
    return unicodedata.normalize("NFC", text.lower())


def _is_local_part(local: str) -> bool:
    fits = 0 < len(local.encode("utf-8", "replace")) <= _MAX_LOCAL_OCTETS
    return fits and _BARRED_IN_LOCAL.isdisjoint(local) and not _has_space_or_control(local)


def _canonical_domain(domain: str) -> str | None:
    plain = domain.lower().removesuffix(".")
    if len(plain) <= _MAX_DOMAIN and _PLAIN_DOMAIN.fullmatch(plain):
        return plain
    try:
        ascii_domain = idna.encode(plain, uts46=True).decode()
    except UnicodeError:
        return None
    return ascii_domain if "." in ascii_domain else None


def _parsed(tidy: str, regions: Sequence[str]) -> Iterator[tuple[bool, str]]:
    """Whether it is in use, and the E.164 number, for each region that *tidy* may be of."""
    for region in regions if _international(tidy) is None else (None,):
        read = _read_as(tidy, region)
        if read is not None:
            number, e164 = read
            in_use = phonenumbers.is_valid_number(number)
            if in_use or _is_likely(number, e164):
                yield in_use, e164


def _read_as(tidy: str, region: str | None) -> tuple[phonenumbers.PhoneNumber, str] | None:
    """The number as it is read in *region*, and its E.164 form; None if nothing can be read."""
    international = _international(tidy)
    try:
        number = phonenumbers.parse(international or tidy, None if international else region)
    except phonenumbers.NumberParseException:
        return None
    return number, phonenumbers.format_number(number, _E164)


def _is_likely(number: phonenumbers.PhoneNumber, e164: str) -> bool:
    """Of a possible and not of the shortest length, and without a zero that only numbers in use may start with."""
    long_enough = len(e164) > _SHORTEST_E164 and phonenumbers.is_possible_number(number)
    return long_enough and not number.italian_leading_zero


def _international(tidy: str) -> str | None:
    """*tidy* with a plus, if it has a country code: after `+`, or after `00` whatever the regions here dial."""
    if tidy.startswith(_PLUS):
        return tidy
    digits = "".join(str(unicodedata.decimal(letter)) for letter in tidy if letter.isdecimal())
    return "+" + digits[2:] if digits.startswith("00") and digits[2:3] not in {"", "0"} else None


def _is_grouping(letter: str) -> bool:
    return letter in "./_" or letter.isspace() or unicodedata.category(letter) == "Pd"


def _has_space_or_control(text: str) -> bool:
    if text.isascii():
        return not text.isprintable() or " " in text
    return any(letter.isspace() or unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp", "Zs"} for letter in text)
