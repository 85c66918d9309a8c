"""What an agent reads for every code that the service sends. The words are in `resources/wording/<language>.toml`.

That file says at its top how a sentence is written: `{blanks}`, and `[parts]` left out when a blank has no value.
"""

import re
import string
import tomllib
from collections.abc import Mapping
from datetime import datetime, tzinfo
from enum import StrEnum
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from console.moments import Moments
from console.state.deadlines import moment_of
from services.vocabulary import ActionState, Event, Objection, StepState

if TYPE_CHECKING:
    from services.contract.actions import RecoveryCard, Requirement, StepCard
    from services.contract.cases import TimelineItem
    from services.contract.problems import Reason

_OPTIONAL = re.compile(r"\[([^\[\]|]*)(?:\|([^\[\]]*))?\]")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

ABOUT = {
    Objection.MAY_NOT: "permission",
    Objection.CASE_NOT_OPEN: "case_state",
    Objection.CHECK_NOT_PENDING: "check_state",
    Objection.CHANGED_RECENTLY: "contact_kind",
    Objection.NEEDS_MORE_PROOF: "requirement",
    Objection.CANNOT_BE_PROVEN: "requirement",
}
"""Which table words what an objection is about; for the others it is a count, a name or a masked address."""

EVENT_ABOUT = {
    "method": "method",
    "action": "action_kind",
    "step": "step_kind",
    "state": "step_state",
    "kind": "message_kind",
    "channel": "channel",
    "by": "looked_up_by",
    "field": "field",
    "route": "route",
}
"""Which table words each detail of a timeline's item; the others are shown as they are."""
SENT_ABOUT = {"channel": "sent_over"}
"""A message's channel is not the caller's."""


class Wording:
    """The words of one language."""

    def __init__(self, tables: Mapping[str, Mapping[str, Any]], zone: tzinfo | None = None) -> None:
        """*zone* is the agent's; None: the computer's own."""
        self._tables = tables
        self.moments = Moments(tables["time"], zone)

    def sentence(self, table: str, key: str, **values: object) -> str:
        """What *table* says for *key*, with its blanks filled. A value that is None or "" is none.

        Raises:
            KeyError: When there is no such sentence, or a blank outside of brackets has no value.
        """
        given = {name: _written(value) for name, value in values.items() if value is not None and value != ""}

        def part(found: re.Match[str]) -> str:
            return found[1] if blanks(found[1]) <= given.keys() else found[2] or ""

        text = _OPTIONAL.sub(part, self._tables[table][key]).format_map(given)
        return text[:1].upper() + text[1:]

    def word(self, member: StrEnum) -> str:
        """What a member of a vocabulary is called."""
        return self.sentence(table_of(type(member)), member)

    def hint(self, member: StrEnum, **values: object) -> str:
        """One sentence on what a member of a vocabulary means; empty where its name says it all."""
        table = f"{table_of(type(member))}_hint"
        return self.sentence(table, member, **values) if member in self._tables.get(table, {}) else ""

    def objection(self, reason: "Reason", now: datetime) -> str:
        """Why not, or why not yet, in a sentence."""
        about = self._inside(ABOUT.get(reason.code), reason.about) if reason.about else None
        return self.sentence("objection", reason.code, about=about, **self._moment(_at(reason), now))

    def objections(self, reasons: tuple["Reason", ...], now: datetime) -> str:
        """All of them, in their order."""
        return " ".join(self.objection(reason, now) for reason in reasons)

    def advice(self, reasons: tuple["Reason", ...], now: datetime) -> str:
        """What to do now about these, where there is something; empty where there is not."""
        hints = (self.hint(reason.code, **self._moment(_at(reason), now)) for reason in reasons)
        return " ".join(filter(None, hints))

    def event(self, item: "TimelineItem") -> str:
        """What happened. Who did it is `actor`."""
        tables = EVENT_ABOUT | (SENT_ABOUT if item.event in (Event.MESSAGE_SENT, Event.MESSAGE_FAILED) else {})
        about = {name: self._inside(tables.get(name), value) for name, value in item.about}
        return self.sentence("event", item.event, **about)

    def actor(self, name: str) -> str:
        """Who did it: a colleague's first name as it is, everybody else by what they are."""
        kind = name.partition(":")[0]
        return self.sentence("actor", kind) if kind in self._tables["actor"] else name

    def requirement(self, requirement: "Requirement") -> str:
        """What an action needs, as it stands after "it takes"."""
        return self._inside("requirement", requirement.name)

    def step(self, step: "StepCard") -> str:
        """One step of an action, and how it went."""
        name = self.word(step.kind)
        if step.state is StepState.DONE:
            return self.sentence("step_done", step.kind, result=step.result)
        if step.state is StepState.WAITING:
            return name
        if step.state is StepState.FAILED and step.kind in self._tables["step_failed"]:
            return self.sentence("step_failed", step.kind)
        return f"{name}: {self._inside('step_state', step.state)}"

    def recovery(self, card: "RecoveryCard", now: datetime) -> str:
        """What an action that was asked for is doing now, or what stopped it."""
        if card.why_stopped:
            return self.objections(card.why_stopped, now)
        at = {ActionState.COOLING: card.due_at, ActionState.HANDED_OVER: card.link_expires_at}.get(card.state)
        return self.hint(card.state, **self._moment(at, now))

    def _moment(self, at: datetime | None, now: datetime) -> dict[str, str]:
        if at is None:
            return {}
        side = "until" if at > now else "ago"
        said = self.moments.either(at, now)
        return {"at": said, side: said, "time": self.moments.time(at, now)}

    def _inside(self, table: str | None, value: str) -> str:
        """A code as it stands inside a sentence; several, divided by commas, one by one; others as they are."""
        if table is None:
            return value
        known: Mapping[str, str] = self._tables[table]
        return ", ".join(_small(known.get(one, one)) for one in map(str.strip, value.split(",")))


def load(language: str = "en", zone: tzinfo | None = None) -> Wording:
    """The words of a language that is shipped.

    Raises:
        FileNotFoundError: When it is not.
    """
    text = (files("resources") / "wording" / f"{language}.toml").read_text(encoding="utf-8")
    return Wording(tomllib.loads(text), zone)


def _at(reason: "Reason") -> datetime | None:
    return moment_of(reason.at) if reason.at else None


def _written(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def table_of(vocabulary: type[StrEnum]) -> str:
    """The table that words a vocabulary: `CheckState` is worded by `check_state`."""
    return _CAMEL.sub("_", vocabulary.__name__).lower()


def blanks(text: str) -> set[str]:
    """The names of the blanks in a sentence or a part of one."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
