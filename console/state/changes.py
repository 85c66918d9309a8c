"""How what is shown changes: pure functions from one `DeskState` to the next.

An activity returns such a change in place of a state, because the state may have moved on while it waited.
"""

from collections.abc import Callable
from dataclasses import replace

from console.state.desk_state import (
    AnswerGiven,
    Connection,
    DeskState,
    Draft,
    Intent,
    Message,
    Phase,
    SessionEnding,
    TokenHome,
    Tone,
    WitnessState,
)
from services.contract.cases import CaseCard, CaseLine, CaseList
from services.contract.staff import SessionCard
from services.vocabulary import CaseId

Change = Callable[[DeskState], DeskState]
"""What an answer does to whatever is shown by then."""


def unchanged(state: DeskState) -> DeskState:
    """Nothing new."""
    return state


def in_turn(*changes: Change) -> Change:
    """All of them, first to last."""

    def change(state: DeskState) -> DeskState:
        for one in changes:
            state = one(state)
        return state

    return change


def asked(intent: Intent) -> Change:
    """Something was asked for: its marker is set, and what was said before it is gone."""
    return lambda state: replace(state, busy=state.busy | {intent}, message=None)


def settled(intent: Intent) -> Change:
    """It was answered, one way or the other."""
    return lambda state: replace(state, busy=state.busy - {intent}, slow=state.slow - {intent})


def took_long(intent: Intent) -> Change:
    """It is taking long. Nothing, when it was answered meanwhile."""
    return lambda state: replace(state, slow=state.slow | ({intent} & state.busy))


def told(message: Message | None, about: CaseId | None = None) -> Change:
    """Say something, or say nothing any more. What is *about* a case is said where that case is shown, or nowhere."""

    def change(state: DeskState) -> DeskState:
        elsewhere = about is not None and (state.case is None or state.case.id != about)
        return state if elsewhere else replace(state, message=message)

    return change


def heard(connection: Connection) -> Change:
    """The stream of live events is now in this condition. Back again, it ends the talk of trouble."""

    def change(state: DeskState) -> DeskState:
        is_back = state.live is Connection.OFFLINE and connection is Connection.ONLINE
        in_trouble = state.message is not None and state.message.tone is Tone.TROUBLE
        return replace(state, live=connection, message=None if is_back and in_trouble else state.message)

    return change


def waiting_for_password_store(state: DeskState) -> DeskState:
    """The operating system may be asking the agent for its password."""
    return replace(state, phase=Phase.WAITING_FOR_PASSWORD_STORE)


def service_away(message: Message) -> Change:
    """An earlier session cannot be resumed yet, because nobody answers: *message* says so, and it is tried again."""
    return lambda state: replace(state, phase=Phase.STARTING, live=Connection.OFFLINE, message=message)


def signed_in(session: SessionCard, home: TokenHome) -> Change:
    """Somebody signed in. Nothing of whoever was here before is left."""
    return lambda state: DeskState(
        phase=Phase.SIGNED_IN,
        session=session,
        token_home=home,
        busy=state.busy,
        slow=state.slow,
        witness=state.witness,
        drafts_safe=state.drafts_safe,
    )


def signed_out(message: Message | None = None) -> Change:
    """The session is over, and everything it showed is gone at once, service or no service (A-51, ASVS 14.3.1)."""
    return lambda state: DeskState(
        phase=Phase.SIGNED_OUT, message=message, witness=state.witness, drafts_safe=state.drafts_safe
    )


def session_ending(ending: SessionEnding | None) -> Change:
    """The session ends soon; or, with None, not so soon any more."""
    return lambda state: replace(state, ending=ending) if state.phase is Phase.SIGNED_IN else state


def listed(page: CaseList, after: str | None) -> Change:
    """A page of my cases: one that was asked for *after* another goes on from it; the first takes the first's place."""

    def change(state: DeskState) -> DeskState:
        if after is not None:
            going_on = after == state.cases_after
            return replace(state, cases=state.cases + page.cases, cases_after=page.after) if going_on else state
        last = page.cases[-1].id if page.cases else None
        rest = next((state.cases[n + 1 :] for n, line in enumerate(state.cases) if line.id == last), ())
        if page.after is None or not rest:
            return replace(state, cases=page.cases, cases_after=page.after)
        known = {line.id for line in page.cases}
        return replace(state, cases=page.cases + tuple(line for line in rest if line.id not in known))

    return change


def opened(card: CaseCard, asked: int) -> Change:
    """A case was opened or chosen: it is what is shown now, with its own draft, and nothing was said about it yet.

    It is one of mine from now on, and not only when the list of them is read again.
    """

    def change(state: DeskState) -> DeskState:
        drafts = [draft.text for draft in state.unsent if draft.case_id == card.id]
        cases = state.cases if any(line.id == card.id for line in state.cases) else (_line(card), *state.cases)
        draft = (drafts or [""])[0]
        return replace(state, case=card, cases=cases, case_asked=asked, answered=None, message=None, draft=draft)

    return change


def showed(card: CaseCard, asked: int) -> Change:
    """A card of the shown case arrived, in answer to question number *asked*.

    Answers may overtake each other: a card of another case, or of one that was left meanwhile, an older version, or
    the same version from an earlier question changes nothing.
    """

    def change(state: DeskState) -> DeskState:
        shown = state.case
        if shown is None or shown.id != card.id:
            return state
        if (card.version, asked) < (shown.version, state.case_asked):
            return state
        return replace(state, case=card, case_asked=asked)

    return change


def answered(given: AnswerGiven) -> Change:
    """A check was answered, right or wrong."""
    return lambda state: replace(state, answered=given)


def left_case(state: DeskState) -> DeskState:
    """No case is shown, and nothing that was said about one. Its unsent note stays where it is kept."""
    return replace(state, case=None, case_asked=0, answered=None, message=None, draft="")


def drafted(draft: Draft) -> Change:
    """A note was typed. An empty one is none."""

    def change(state: DeskState) -> DeskState:
        others = tuple(one for one in state.unsent if one.case_id != draft.case_id)
        shown = state.case is not None and state.case.id == draft.case_id
        unsent = (draft, *others) if draft.text else others
        return replace(state, unsent=unsent, draft=draft.text if shown else state.draft)

    return change


def sent_note(case_id: CaseId, text: str) -> Change:
    """A note was sent: it is no draft any more, unless it was typed on meanwhile. Blanks around it were not sent."""
    sent = text.strip()

    def change(state: DeskState) -> DeskState:
        unsent = tuple(draft for draft in state.unsent if (draft.case_id, draft.text.strip()) != (case_id, sent))
        shown = state.case is not None and state.case.id == case_id
        return replace(state, unsent=unsent, draft="" if shown and state.draft.strip() == sent else state.draft)

    return change


def found_unsent(drafts: tuple[Draft, ...]) -> Change:
    """The local store holds these."""
    return lambda state: replace(state, unsent=drafts)


def drafts_are_unsafe(state: DeskState) -> DeskState:
    """The local store cannot be used: what is typed lives as long as the program."""
    return replace(state, drafts_safe=False)


def witnessed(witness: WitnessState) -> Change:
    """What the witness knows now."""
    return lambda state: replace(state, witness=witness)


def _line(card: CaseCard) -> CaseLine:
    return CaseLine(
        id=card.id, number=card.number, state=card.state, reference=card.reference, opened_at=card.opened_at
    )
