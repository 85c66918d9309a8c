"""What the desktop remembers between runs, as a port: unsent notes, and what it has seen of the audit log.

Every call may touch the disk and blocks: it is made through an `Aside`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from console.state.desk_state import Draft
from services.vocabulary import CaseId, StaffId


class StoreUnusable(Exception):
    """Nothing can be kept on this computer, and why."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose notes: computers and accounts on them are shared between shifts."""

    server: str
    staff_id: StaffId


class AlarmKind(StrEnum):
    """How the audit log contradicts itself. Worded by the table `alarm_kind`."""

    BAD_SIGNATURE = "bad_signature"
    BAD_CHECKPOINT = "bad_checkpoint"
    SHRUNK = "shrunk"
    FORKED = "forked"
    NOT_CONTINUED = "not_continued"
    KEY_CHANGED = "key_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a witness knows of one service's log. Only ever replaced by a longer log, or after an acknowledged alarm."""

    vkey: str
    """The key that was pinned."""
    note: str = ""
    """The newest verified checkpoint, as the log's own text; empty before the first."""
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A contradiction, with both sides of it: this is the evidence."""

    kind: AlarmKind
    held: Seen
    offered: str
    """The checkpoint, or for a changed key the key, that contradicts what is held."""
    offered_size: int
    raised_at: datetime


class Store(Protocol):
    """Keeps what outlives a run. Every call is durable when it returns, and may raise `StoreUnusable`."""

    def save_draft(self, owner: Owner, draft: Draft) -> None:
        """Keep an unsent note in place of the case's earlier one; an empty one is dropped."""

    def drop_draft(self, owner: Owner, case_id: CaseId, text: str) -> None:
        """Forget a note that was sent, unless it was typed on since and is no longer *text*; blanks around it aside."""

    def drafts(self, owner: Owner) -> tuple[Draft, ...]:
        """The owner's unsent notes, newest first."""

    def seen(self, server: str) -> Seen | None:
        """What is known of a service's log."""

    def remember(self, server: str, seen: Seen) -> None:
        """Keep what was seen, unless the same log is already known to be longer."""

    def alarm(self, server: str) -> Alarm | None:
        """The alarm that nobody has acknowledged yet."""

    def raise_alarm(self, server: str, alarm: Alarm) -> None:
        """Keep an alarm. One that nobody has acknowledged stays: the first contradiction is the evidence."""

    def acknowledge(self, server: str, by: StaffId, at: datetime, after: Seen) -> None:
        """Record who acknowledged the alarm, and go on from *after*. The alarm itself is kept for ever."""

    def close(self) -> None:
        """Let go of the disk."""


class MemoryStore:
    """A `Store` that lasts as long as the program, for when the disk cannot be used, and for tests."""

    def __init__(self) -> None:
        self._drafts: dict[tuple[Owner, CaseId], Draft] = {}
        self._seen: dict[str, Seen] = {}
        self._alarms: dict[str, Alarm] = {}

    def save_draft(self, owner: Owner, draft: Draft) -> None:
        """See `Store`."""
        self._drafts.pop((owner, draft.case_id), None)
        if draft.text:
            self._drafts[owner, draft.case_id] = draft

    def drop_draft(self, owner: Owner, case_id: CaseId, text: str) -> None:
        """See `Store`."""
        kept = self._drafts.get((owner, case_id))
        if kept is not None and kept.text.strip() == text.strip():
            del self._drafts[owner, case_id]

    def drafts(self, owner: Owner) -> tuple[Draft, ...]:
        """See `Store`."""
        mine = [draft for (whose, _), draft in self._drafts.items() if whose == owner]
        return tuple(sorted(mine, key=lambda draft: draft.saved_at, reverse=True))

    def seen(self, server: str) -> Seen | None:
        """See `Store`."""
        return self._seen.get(server)

    def remember(self, server: str, seen: Seen) -> None:
        """See `Store`."""
        known = self._seen.get(server)
        if known is None or known.vkey != seen.vkey or known.size <= seen.size:
            self._seen[server] = seen

    def alarm(self, server: str) -> Alarm | None:
        """See `Store`."""
        return self._alarms.get(server)

    def raise_alarm(self, server: str, alarm: Alarm) -> None:
        """See `Store`."""
        self._alarms.setdefault(server, alarm)

    def acknowledge(self, server: str, _by: StaffId, _at: datetime, after: Seen) -> None:
        """See `Store`."""
        if self._alarms.pop(server, None) is not None:
            self._seen[server] = after

    def close(self) -> None:
        """See `Store`."""
