"""The one object that the interface talks to: intents go in, frozen snapshots of `DeskState` come out.

Everything happens on the loop that runs it, subscribers included. An intent never raises for what the service or the
network did: that becomes part of the next snapshot. It returns whether it went well.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from console.activities import actions, cases, checks, notes
from console.activities import sign_in as signing
from console.board import Board, Subscriber
from console.errors import Broken, GatewayError, Invalid, Missing, Refused, SignedOut, Stale
from console.idling import Idling
from console.opened_once import OpenedOnce
from console.parts import Parts
from console.patience import Patience
from console.state.changes import (
    Change,
    asked,
    in_turn,
    left_case,
    settled,
    signed_out,
    told,
    took_long,
    waiting_for_password_store,
)
from console.state.desk_state import Act, DeskState, Draft, Intent, Message, Phase
from console.store import Owner
from console.watch import Watch
from services.contract.cases import CaseCard, OpenCase, Reveal
from services.contract.checks import StartCheck
from services.contract.staff import SessionCard, SignIn
from services.vocabulary import CaseId, Channel, CheckId

SLOW_SECONDS = 1.5
"""After this long an intent is called slow."""

Activity = Callable[[], Awaitable[Change]]

_log = logging.getLogger(__name__)


class Desk:
    """An agent's desk. Every method but `subscribe` is an intent, and a coroutine."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._board = Board()
        self._watch = Watch(parts, self._board, self._session_over)
        self._signing = asyncio.Lock()
        self._idling = Idling(self._board, parts.now)
        self._local = OpenedOnce(parts, self._board)

    @property
    def state(self) -> DeskState:
        """What is shown now."""
        return self._board.state

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Tell *subscriber* every snapshot, the present one first. Returns how to stop."""
        return self._board.subscribe(subscriber)

    async def start(self) -> bool:
        """Go on with the session of an earlier run, if there is one. Whether there was."""
        parts = self._parts
        waiting = partial(self._board.apply, waiting_for_password_store)
        async with self._signing:
            resume = partial(signing.resume, parts.service, parts.session, waiting, Patience(parts, self._board).wait)
            if not await self._perform(Act.RESUME, resume):
                self._board.apply(signed_out(self.state.message))
            return await self._went_in()

    async def sign_in(self, login: str, password: str, code: str) -> bool:
        """Start a session."""
        parts, ask = self._parts, SignIn(login=login, password=password, code=code)
        async with self._signing:
            if self.state.phase is Phase.SIGNED_IN:
                return False
            await self._perform(Act.SIGN_IN, partial(signing.sign_in, parts.service, parts.session, ask))
            return await self._went_in()

    async def sign_out(self) -> bool:
        """End the session. What it showed is gone at once, whether or not the service can be told."""
        intent = Intent(Act.SIGN_OUT)
        async with self._signing:
            if self.state.phase is not Phase.SIGNED_IN:
                return False
            self._end()
            self._board.apply(signed_out(), asked(intent))
            told_service = await signing.sign_out(self._parts.service, self._parts.session)
            said = self._parts.teller.done("sign_out" if told_service else "sign_out_here", intent)
            self._board.apply(settled(intent), told(said))
            return told_service

    async def stay(self) -> bool:
        """Stay signed in, though nothing else is asked for."""
        return await self._perform(Act.STAY, partial(signing.stay, self._parts.service))

    async def list_cases(self, *, more: bool = False) -> bool:
        """Read my cases, newest first; *more* goes on from what was read."""
        after = self.state.cases_after if more else None
        if more and after is None:
            return False
        return await self._perform(Act.LIST_CASES, partial(cases.list_cases, self._parts.service, after))

    async def open_case(self, channel: Channel, reference: str) -> bool:
        """Open a case and show it."""
        ask = OpenCase(channel=channel, reference=reference)
        return await self._perform(Act.OPEN_CASE, lambda: cases.open_case(self._parts.service, self._watch.turn(), ask))

    async def show_case(self, case_id: CaseId) -> bool:
        """Show another case, with its unsent note: what was typed in it before is not typed over."""
        await self._local.recall(self._owner(self.state))
        show = partial(cases.show_case, self._parts.service, self._watch.turn(), case_id)
        return await self._perform(Act.SHOW_CASE, show, case_id)

    async def leave_case(self) -> bool:
        """Show no case."""
        self._board.apply(left_case)
        return True

    async def refresh(self) -> bool:
        """Read everything that is shown again."""
        self._watch.refresh()
        return True

    async def look_up(self, query: str) -> bool:
        """Find the account of the shown case."""
        return await self._on_case(Act.LOOK_UP, lambda case, turn: self._ask(cases.look_up, turn, case.id, query))

    async def reveal(self, field: str, reason: str) -> bool:
        """Show one field in clear: `name`, or a contact point's id."""
        ask = Reveal(field=field, reason=reason)
        return await self._on_case(Act.REVEAL, lambda case, turn: self._ask(cases.reveal, turn, case.id, ask), field)

    async def start_check(self, option: str, towards: str) -> bool:
        """Start a method, by the option of its card, for the action of option *towards*: the owner reads which."""
        start, ask = checks.start_check, StartCheck(option=option, towards=towards)
        return await self._on_case(Act.START_CHECK, lambda case, turn: self._ask(start, turn, case.id, ask), option)

    async def answer_check(self, check_id: CheckId, code: str) -> bool:
        """Give what the caller read out. Whether it was right."""

        async def answer(case: CaseCard, turn: int) -> Change:
            change, given = await checks.answer_check(self._parts.service, turn, case.id, check_id, code)
            verdict = self._parts.teller.verdict(given.answer, Intent(Act.ANSWER_CHECK, check_id), self._parts.now())
            return in_turn(change, told(verdict, case.id))

        heard = await self._on_case(Act.ANSWER_CHECK, answer, check_id)
        given = self.state.answered
        return heard and given is not None and given.check_id == check_id and given.answer.passed

    async def cancel_check(self, check_id: CheckId) -> bool:
        """Call a check off."""
        cancel = checks.cancel_check
        return await self._on_case(Act.CANCEL_CHECK, lambda c, turn: self._ask(cancel, turn, c.id, check_id), check_id)

    async def run_action(self, option: str, reason: str = "") -> bool:
        """Run an action, by the option of its card."""
        run = actions.run_action
        return await self._on_case(Act.RUN_ACTION, lambda c, turn: self._ask(run, turn, c, option, reason), option)

    async def edit_note(self, text: str, seen: DeskState | None = None) -> bool:
        """Keep what was typed so far, in the case that *seen* showed; without it, in the one shown now.

        Call it while somebody types; last words are kept even if the session is over by now. Whether it is safe.
        """
        at = seen or self.state
        case, owner = at.case, self._owner(at)
        if case is None or owner is None:
            return False
        draft = Draft(case_id=case.id, number=case.number, text=text, saved_at=self._parts.now())
        kept = await notes.keep_draft(await self._local.store(), self._parts.disk, owner, draft)
        if self.state.session is at.session:
            self._board.apply(kept)
        return self.state.drafts_safe

    async def add_note(self, text: str) -> bool:
        """Add a note to the shown case."""
        owner, intent = self._owner(self.state), Intent(Act.NOTE)
        if owner is None:
            return False

        async def send(case: CaseCard, turn: int) -> Change:
            parts, store = self._parts, await self._local.store()
            sent = await notes.send_note(parts.service, turn, store, parts.disk, owner, case.id, text)
            return in_turn(sent, told(parts.teller.done("note", intent), case.id))

        return await self._on_case(Act.NOTE, send)

    async def close_case(self, note: str = "") -> bool:
        """End the shown case and leave it. The note goes with it."""
        owner = self._owner(self.state)
        if owner is None:
            return False

        async def close(case: CaseCard, _: int) -> Change:
            closed = await cases.close_case(self._parts.service, case, note)
            gone = await notes.drop_draft(await self._local.store(), self._parts.disk, owner, case.id, note)
            return in_turn(closed, gone, told(self._parts.teller.done("close_case", Intent(Act.CLOSE_CASE))))

        return await self._on_case(Act.CLOSE_CASE, close)

    async def dismiss_message(self) -> bool:
        """The agent has read the message."""
        self._board.apply(told(None))
        return True

    async def acknowledge_alarm(self) -> bool:
        """The agent has read the witness's alarm. It stays on record with their name."""
        if self.state.session is None:
            return False
        await self._watch.acknowledge(self.state.session.staff.id)
        return True

    async def close(self) -> None:
        """End the program: nothing is watched any more. The session goes on, for the next run."""
        self._end()
        await self._parts.service.aclose()
        await self._local.close()
        self._parts.disk.close()
        self._parts.vault.close()

    async def _on_case(self, act: Act, activity: Callable[[CaseCard, int], Awaitable[Change]], about: str = "") -> bool:
        """Perform on the shown case; nothing happens when there is none."""
        case = self.state.case
        if case is None:
            return False
        return await self._perform(act, lambda: activity(case, self._watch.turn()), about, case.id)

    def _ask(self, activity: Callable[..., Awaitable[Change]], *given: object) -> Awaitable[Change]:
        return activity(self._parts.service, *given)

    async def _perform(self, act: Act, activity: Activity, about: str = "", case_id: CaseId | None = None) -> bool:
        """Do one thing, with its markers, in a case or in none. Asking for it again while it is under way does nothing.

        An answer that arrives after the session it was asked in is nobody's: it is not shown (A-51).
        """
        intent, session = Intent(act, about), self.state.session
        if intent in self.state.busy:
            return False
        self._board.apply(asked(intent))
        slow = asyncio.get_running_loop().call_later(SLOW_SECONDS, self._board.apply, took_long(intent))
        try:
            change = await activity()
            if self.state.session is session:
                self._board.apply(settled(intent), change)
                self._idling.used()
        except GatewayError as error:
            if self.state.session is session:
                await self._failed(error, intent, case_id)
            return False
        finally:
            slow.cancel()
            self._board.apply(settled(intent))
        return True

    async def _failed(self, error: GatewayError, intent: Intent, case_id: CaseId | None) -> None:
        message = self._parts.teller.error(error, intent, self._parts.now())
        if isinstance(error, Broken | Invalid):
            _log.warning("%s: %s", intent.act, error)
        if isinstance(error, SignedOut) and self.state.phase is Phase.SIGNED_IN:
            await self._session_over(message)
            return
        self._board.apply(settled(intent), told(message, case_id))
        if isinstance(error, Stale | Missing | Refused):  # what it offered was out of date
            self._watch.refresh_case()

    async def _session_over(self, message: Message) -> None:
        """The service ended the session."""
        self._end()
        self._board.apply(signed_out(message))
        await self._parts.session.forget()

    async def _went_in(self) -> bool:
        """After signing in, begin to watch. Whether somebody is signed in."""
        session = self.state.session
        if session is None:
            return False
        self._idling.begin(session)
        self._watch.begin(self._remember(session))
        return True

    async def _remember(self, session: SessionCard) -> None:
        """Find what was left unsent, and what this desktop knows of the log: once the agent has a page to work on."""
        await asyncio.sleep(self._parts.store_rest)
        await self._local.recall(self._owner(self.state))
        await self._watch.testify(session, await self._local.store())

    def _end(self) -> None:
        self._watch.end()
        self._idling.end()

    def _owner(self, state: DeskState) -> Owner | None:
        session = state.session
        return None if session is None else Owner(self._parts.server, session.staff.id)
