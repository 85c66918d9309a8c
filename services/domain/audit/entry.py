"""The canonical bytes of an audit entry: the same fact has one spelling, and no personal data in it (L-12).

The spelling is JSON: keys sorted, absent fields left out, no space, UTF-8, times in UTC to the microsecond. What a
person typed stays outside: the log keeps SHA-256 over 32 random bytes of salt and the text. While salt and text are
kept, the words can be shown and checked; once they are erased, the commitment says nothing any more and the log
still verifies.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from services.domain.outcome import Detail, Entry

VERSION = 1
"""Of the spelling. A reader refuses one it does not know."""

MAX_ENTRY_BYTES = 65_535
"""An entry's length must fit the 16 bits it has in a tlog-tiles bundle (L-06)."""

SALT_BYTES = 32

MAX_INTEGER = 2**53 - 1
"""Beyond this, JSON readers disagree about integers (RFC 8259 section 6)."""

_spell = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
_MAX_CODE = 256
_CODE = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._:/+=,-]*)?")
_DETAIL_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_REQUIRED = frozenset({"v", "event", "at", "actor", "details"})
_OPTIONAL = frozenset({"subject", "case", "prose"})


class BadEntry(ValueError):
    """Not an entry that may be in the log, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """What a person typed, and the salt of its commitment: erasable, to be stored sealed and apart from the log."""

    salt: bytes
    text: str

    @property
    def commitment(self) -> str:
        """What the log says instead: 64 hexadecimal digits."""
        return sha256(self.salt + self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An entry ready for the log."""

    canonical: bytes
    prose: Prose | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """An entry as the log holds it: `services.domain.outcome.Entry`, with a commitment for its prose."""

    event: str
    at: datetime
    actor: str
    subject: str | None
    case: str | None
    details: Mapping[str, Detail]
    commitment: str | None


def is_code(value: object) -> bool:
    """Whether it may stand in an entry. The alphabet has no place for an address, a telephone number or a full name."""
    return isinstance(value, str) and len(value) <= _MAX_CODE and _CODE.fullmatch(value) is not None


def write_entry(entry: Entry, salt: bytes) -> Written:
    """Spell an entry out. *salt* is 32 fresh random bytes, used only if the entry holds prose.

    Raises:
        BadEntry: If a field is not a code or an id, a detail not of an allowed type, the time not aware, the salt not
            32 bytes, or the whole too long.
    """
    prose = None if entry.prose is None else _salted(entry.prose, salt)
    logged = Logged(
        event=entry.event,
        at=entry.at,
        actor=entry.actor,
        subject=entry.subject,
        case=entry.case,
        details=entry.details,
        commitment=None if prose is None else prose.commitment,
    )
    return Written(canonical=spell(logged), prose=prose)


def spell(logged: Logged) -> bytes:
    """The one spelling of an entry.

    Raises:
        BadEntry: As `write_entry`.
    """
    fields = {
        "v": VERSION,
        "event": _code("event", logged.event),
        "at": _instant(logged.at),
        "actor": _code("actor", logged.actor),
        "subject": None if logged.subject is None else _code("subject", logged.subject),
        "case": None if logged.case is None else _code("case", logged.case),
        "details": {_detail_name(name): _detail(name, value) for name, value in logged.details.items()},
        "prose": logged.commitment,
    }
    present = {name: value for name, value in fields.items() if value is not None}
    data = _spell(present).encode()
    if len(data) > MAX_ENTRY_BYTES:
        raise BadEntry(f"an entry is at most {MAX_ENTRY_BYTES} bytes long, not {len(data)}")
    return data


def parse_entry(canonical: bytes) -> Logged:
    """Read an entry back.

    1. it is JSON, of a version we know, with the fields an entry has
    2. each field is what it should be
    3. spelled out again, it gives the same bytes

    Raises:
        BadEntry: If any step fails.
    """
    fields = _fields(canonical)  # 1.
    try:  # 2.
        at = datetime.fromisoformat(fields["at"])
        logged = Logged(
            event=fields["event"],
            at=at,
            actor=fields["actor"],
            subject=fields.get("subject"),
            case=fields.get("case"),
            details=fields["details"],
            commitment=_commitment(fields.get("prose")),
        )
        again = spell(logged)
    except (TypeError, AttributeError, ValueError) as error:
        raise BadEntry(f"a field of the entry is not what it should be: {error}") from None
    if again != canonical:  # 3.
        raise BadEntry("the entry is not spelled canonically")
    return logged


def _salted(text: str, salt: bytes) -> Prose:
    if len(salt) != SALT_BYTES:
        raise BadEntry(f"a commitment's salt is {SALT_BYTES} bytes long")
    try:
        text.encode()
    except UnicodeError:
        raise BadEntry("prose is text") from None
    return Prose(salt=salt, text=text)


def _code(what: str, value: object) -> str:
    if not is_code(value):
        raise BadEntry(f"{what} must be a code or an id of at most {_MAX_CODE} characters; words belong in the prose")
    return str(value)


def _detail_name(name: object) -> str:
    if not isinstance(name, str) or not _DETAIL_NAME.fullmatch(name):
        raise BadEntry("a detail's name is lower-case letters, digits and underscores")
    return str(name)


def _detail(name: str, value: Detail) -> Detail:
    what = f"detail {name}"
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise BadEntry(f"{what} is too large a number")
        return int(value)
    if isinstance(value, str):
        return _code(what, value)
    if isinstance(value, list | tuple):
        return [_code(what, part) for part in value]
    raise BadEntry(f"{what} may be text, a whole number, yes or no, nothing, or a list of texts")


def _instant(at: datetime) -> str:
    if at.tzinfo is None:
        raise BadEntry("an entry's time must say its zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _commitment(value: Any) -> str | None:
    if value is not None and not (isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value)):
        raise BadEntry("a commitment is 64 hexadecimal digits")
    return value


def _fields(canonical: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(canonical.decode())
    except (ValueError, RecursionError):
        raise BadEntry("an entry is JSON in UTF-8") from None
    if not isinstance(fields, dict) or fields.get("v") != VERSION:
        raise BadEntry(f"only entries of version {VERSION} can be read")
    if not _REQUIRED <= fields.keys() <= _REQUIRED | _OPTIONAL:
        raise BadEntry("an entry has a field too many or too few")
    return fields
