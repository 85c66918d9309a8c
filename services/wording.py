"""What an account's owner reads, whoever says it: who we are, what each deed is called, and moments in words.

The customer's pages and the messages share this, so that a page and the text that led to it say the same thing.
"""

import string
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

_CUSTOMER = files("resources") / "wording" / "customer"
_JOINERS = frozenset("\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}")
_BREAKS = frozenset({"Cc", "Zl", "Zp", "Zs"})
_INVISIBLE = frozenset({"Cf", "Cs", "Co", "Cn"})


class WordingError(Exception):
    """A wording file is missing, or lacks something, or has a blank that nobody can fill."""


class FreezeReason(StrEnum):
    """Why an account was frozen, as its owner is told (N-IDP-18)."""

    REPUDIATED = "repudiated"
    FREEZE = "freeze"
    """Asked for at the desk: the `ActionKind` of that name."""


RECOVERY = "recovery"
"""The deed of a case in which no action was chosen yet: help back into the account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who we are to the owner. Comes from settings, which see that it is usable, and from nowhere else.

    Source: OWASP Forgot Password cheat sheet (C-FP-04): the host is configured, never taken from a request.
    """

    company: str
    support_phone: str
    support_hours: str = ""
    """Such as "every day, 8 to 20"; empty: not said."""
    base_url: str
    """Where the customer's pages are reached, without a slash at the end. https, but for a loopback address."""
    language: str = "en"
    zone: ZoneInfo = ZoneInfo("UTC")
    """In which moments are written; always with its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """How one deed is called."""

    name: str
    """For a list: *A new password*."""
    ask: str
    """After "asked us to": *set a new password*."""
    planned: str
    """After a moment: *your password will be changed*."""
    done: str
    """After a moment: *a link to set a new password was sent*."""
    completed: str = ""
    """What the owner did in the end, when that is something else: *your password was changed*."""
    with_codes: str = ""
    """The same, when their recovery codes were replaced as well, and that is something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words that pages and messages of one language share."""

    direction: str
    """`ltr` or `rtl`."""
    deeds: Mapping[str, Deed]
    """By `ActionKind`, or `RECOVERY`."""
    steps: Mapping[str, str]
    """What each step did, after or before a moment: *you were signed out everywhere*. By `StepKind`."""
    freeze_reasons: Mapping[str, str]
    """After "your account is frozen because". By `FreezeReason`."""
    agent: str
    """Stands where an agent's first name is missing."""
    time: Mapping[str, Any]

    def deed(self, code: str) -> Deed:
        """What the deed is called; of none, help back into the account.

        Raises:
            WordingError: If it has no name.
        """
        if (code or RECOVERY) not in self.deeds:
            raise WordingError(f"The deed {code!r} has no words.")
        return self.deeds[code or RECOVERY]

    def moment(self, at: datetime, zone: ZoneInfo) -> str:
        """A moment for people, with its zone: *3 May 2026, 14:02 UTC*."""
        return self._moment("moment", "months", at.astimezone(zone))

    def short_moment(self, at: datetime, zone: ZoneInfo) -> str:
        """The same where room is dear: *3 May 14:02 UTC*."""
        return self._moment("moment_short", "months_short", at.astimezone(zone))

    def _moment(self, form: str, months: str, local: datetime) -> str:
        month = self.time[months][local.month - 1]
        clock = f"{local:%H:%M}"
        return str(
            self.time[form].format(day=local.day, month=month, year=local.year, clock=clock, zone=local.tzname())
        )


def read(language: str, name: str) -> dict[str, Any]:
    """One file of the owner's wording, as TOML says it.

    Raises:
        WordingError: If the language has no such file.
    """
    file = _CUSTOMER / language / f"{name}.toml"
    if not file.is_file():
        raise WordingError(f"There is no wording {name!r} for the language {language!r}.")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def languages() -> tuple[str, ...]:
    """The languages that there is wording in, such as `en`."""
    return tuple(sorted(place.name for place in _CUSTOMER.iterdir() if place.is_dir()))


def words(language: str) -> Words:
    """The shared words of a language.

    Raises:
        WordingError: If there are none.
    """
    said = read(language, "words")
    return Words(
        direction=said["direction"],
        deeds={code: Deed(**deed) for code, deed in said["deeds"].items()},
        steps=said["steps"],
        freeze_reasons=said["freeze_reasons"],
        agent=said["somebody"]["agent"],
        time=said["time"],
    )


def blanks(text: str) -> frozenset[str]:
    """The names of the blanks in a sentence.

    Raises:
        WordingError: If a blank is anything but a bare name: no attributes, no indexes, no conversions.
    """
    found = [part for part in string.Formatter().parse(text) if part[1] is not None]
    for _, name, form, conversion in found:
        if not name or not name.isidentifier() or form or conversion:
            raise WordingError(f"A blank must be a bare name, not {name!r}, in {text!r}.")
    return frozenset(name for _, name, _, _ in found if name)


def one_line(value: str) -> str:
    """A value that is safe in a header, a text message or a log line: one line, nothing invisible.

    Control characters and line ends become spaces; marks that turn the direction of text are dropped; joiners, which
    some scripts need, stay. Source: ASVS 1.3.11 (A-59), mail header injection.
    """
    return " ".join("".join(_visible(character) for character in value).split())


def _visible(character: str) -> str:
    if character in _JOINERS:
        return character
    category = unicodedata.category(character)
    if category in _BREAKS:
        return " "
    return "" if category in _INVISIBLE else character
