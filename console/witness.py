"""Every desktop is a witness: it remembers what the audit log said of itself, and holds the log to it (invariant 12).

The key is pinned at the first sign-in. Every newer checkpoint must be signed with it and continue what was seen
before, by a consistency proof. What does not fit is an alarm, kept with both sides of the contradiction until a person
acknowledges it. What could not be compared is no alarm, and no pass either.

Source: C2SP tlog-witness and tlog-checkpoint (L-04, L-08), RFC 9162 section 2.1.4.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from console.aside import Aside
from console.errors import GatewayError, SignedOut
from console.ports import Calls
from console.state.desk_state import Standing, WitnessState
from console.store import Alarm, AlarmKind, Seen, Store
from services.contract.audit import PROVE_CONSISTENCY, READ_CHECKPOINT
from services.proofs import (
    BadCheckpoint,
    BadKey,
    BadNote,
    Checkpoint,
    Inconsistent,
    VerifySignature,
    check_succession,
    open_checkpoint,
    parse_checkpoint,
    parse_note,
    parse_vkey,
)
from services.vocabulary import StaffId

Proof = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A checkpoint that the service offered, read."""

    note: str
    checkpoint: Checkpoint


class Witness:
    """Watches one service's log, one question at a time: an answer is held to what was known before it was asked."""

    def __init__(
        self,
        server: str,
        calls: Calls,
        store: Store,
        aside: Aside,
        now: Callable[[], datetime],
        verify: VerifySignature | None = None,
    ) -> None:
        self._server = server
        self._calls = calls
        self._store = store
        self._aside = aside
        self._now = now
        self._verify = verify or verify_ed25519
        self._seen: Seen | None = None
        self._alarm: Alarm | None = None
        self._state = WitnessState()

    @property
    def alarm(self) -> Alarm | None:
        """The alarm that nobody has acknowledged yet."""
        return self._alarm

    async def pin(self, vkey: str) -> WitnessState:
        """Take the session's word for the log's key, if none is pinned yet; a different one is an alarm."""
        self._seen = self._seen or self._sound(
            (await self._aside.attempt(lambda: self._store.seen(self._server))).result
        )
        self._alarm = self._alarm or (await self._aside.attempt(lambda: self._store.alarm(self._server))).result
        if self._seen is None and _is_key(vkey):
            await self._remember(Seen(vkey=vkey))
        if self._seen is not None and self._seen.vkey != vkey:
            await self._raise(AlarmKind.KEY_CHANGED, self._seen, vkey, 0)
        size = self._seen.size if self._seen is not None else 0
        return self._now_is(Standing.UNKNOWN, size)

    async def check(self) -> WitnessState:
        """Ask for the newest checkpoint, and compare. Does nothing while an alarm waits to be acknowledged.

        Raises:
            SignedOut: When the session has ended.
        """
        held = self._seen
        if held is None or self._alarm is not None:
            return self._now_is(Standing.UNPROVEN, 0)
        try:
            note = (await self._calls.call(READ_CHECKPOINT, None)).note
            kind, offer = read_offer(note, held, self._verify)
            if offer is None or kind is not None:
                return await self._raise(kind or AlarmKind.BAD_CHECKPOINT, held, note, 0)
            kind = contradiction(held, offer.checkpoint, await self._proof(held, offer.checkpoint))
        except SignedOut:
            raise
        except GatewayError:
            return self._now_is(Standing.UNPROVEN, held.size)
        if kind is not None:
            return await self._raise(kind, held, note, offer.checkpoint.size)
        await self._remember(Seen(vkey=held.vkey, note=note, size=offer.checkpoint.size))
        return self._now_is(Standing.CONSISTENT, offer.checkpoint.size)

    async def acknowledge(self, by: StaffId) -> WitnessState:
        """A person has seen the alarm, and answers for going on. The alarm itself stays on record.

        From then on the log is held to what it offered, where that was properly signed: a log that was forked once
        would otherwise be in alarm for ever, and the next fork would go unnoticed.
        """
        if (alarm := self._alarm) is None:
            return self._state
        after = going_on_from(alarm)
        at = self._now()
        await self._aside.attempt(lambda: self._store.acknowledge(self._server, by, at, after))
        self._alarm, self._seen = None, after
        return self._now_is(Standing.UNKNOWN, after.size)

    def _sound(self, seen: Seen | None) -> Seen | None:
        """What was remembered. A note that does not verify any more is a damaged memory, and no fault of the log's."""
        if seen is None or not seen.note or read_offer(seen.note, seen, self._verify)[1] is not None:
            return seen
        return Seen(vkey=seen.vkey)

    async def _proof(self, held: Seen, offered: Checkpoint) -> Proof | None:
        """The proof that the offered log continues the held one; None when what came is no proof."""
        if not 0 < held.size < offered.size:
            return ()
        sizes = {"first": str(held.size), "second": str(offered.size)}
        answer = await self._calls.call(PROVE_CONSISTENCY, None, sizes)
        try:
            return tuple(base64.b64decode(text, validate=True) for text in answer.hashes)
        except binascii.Error:
            return None

    async def _remember(self, seen: Seen) -> None:
        self._seen = seen
        await self._aside.attempt(lambda: self._store.remember(self._server, seen))

    async def _raise(self, kind: AlarmKind, held: Seen, offered: str, offered_size: int) -> WitnessState:
        if self._alarm is None:
            alarm = Alarm(kind=kind, held=held, offered=offered, offered_size=offered_size, raised_at=self._now())
            self._alarm = alarm
            await self._aside.attempt(lambda: self._store.raise_alarm(self._server, alarm))
        return self._now_is(Standing.ALARM, held.size)

    def _now_is(self, standing: Standing, size: int) -> WitnessState:
        """The state to show: an alarm is never covered by anything else."""
        if self._alarm is not None:
            held = self._alarm.held.size
            self._state = WitnessState(standing=Standing.ALARM, size=held, checked_at=self._alarm.raised_at)
        else:
            checked_at = self._now() if standing is Standing.CONSISTENT else self._state.checked_at
            self._state = WitnessState(standing=standing, size=size, checked_at=checked_at)
        return self._state


def read_offer(note: str, held: Seen, verify: VerifySignature) -> tuple[AlarmKind | None, Offer | None]:
    """Read an offered checkpoint under the pinned key: an alarm, or the checkpoint."""
    try:
        return None, Offer(note, open_checkpoint(note, parse_vkey(held.vkey), verify))
    except (BadNote, BadKey):
        return AlarmKind.BAD_SIGNATURE, None
    except BadCheckpoint:
        return AlarmKind.BAD_CHECKPOINT, None


def contradiction(held: Seen, offered: Checkpoint, proof: Proof | None) -> AlarmKind | None:
    """Whether one append-only log can have said what is *held* and then *offered*; None when it can.

    1. before the first checkpoint, anything goes
    2. the log did not shrink
    3. at the same size, it is the same log
    4. the consistency proof holds
    """
    if not held.note:  # 1.
        return None
    older = _checkpoint_in(held.note)
    if offered.size < older.size:  # 2.
        return AlarmKind.SHRUNK
    if offered.size == older.size:  # 3.
        return AlarmKind.FORKED if offered.root != older.root else None
    try:  # 4.
        check_succession(older, offered, proof if proof is not None else (b"",))
    except Inconsistent:
        return AlarmKind.NOT_CONTINUED
    return None


def going_on_from(alarm: Alarm) -> Seen:
    """What the log is held to once *alarm* was acknowledged."""
    if alarm.kind is AlarmKind.KEY_CHANGED:
        return Seen(vkey=alarm.offered)
    if alarm.kind in (AlarmKind.BAD_SIGNATURE, AlarmKind.BAD_CHECKPOINT):
        return alarm.held
    return Seen(vkey=alarm.held.vkey, note=alarm.offered, size=alarm.offered_size)


def verify_ed25519(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature is that of the key's owner over the message (RFC 8032). Never raises."""
    from cryptography.exceptions import InvalidSignature  # start-up time: 20 ms
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # start-up time, as above

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _checkpoint_in(note: str) -> Checkpoint:
    """The checkpoint of a note that was verified before it was remembered."""
    return parse_checkpoint(parse_note(note).text)


def _is_key(vkey: str) -> bool:
    try:
        parse_vkey(vkey)
    except BadKey:
        return False
    return True
