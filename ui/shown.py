"""What the window shows of a snapshot: the sign-in page, and the frame round the pages. Pure functions."""

from typing import TYPE_CHECKING

from console.state.desk_state import Act, Connection, Phase, Standing
from ui.shell_state import LinkState, ShellState, SignInState
from ui.widgets.tone import Tone
from ui.words import say

if TYPE_CHECKING:
    from console.state.desk_state import DeskState, SessionEnding
    from console.wording import Wording

_LINKS = {
    Connection.CONNECTING: (Tone.INFO, "loader"),
    Connection.ONLINE: (Tone.OK, "circle-check"),
    Connection.SLOW: (Tone.WARN, "hourglass"),
    Connection.OFFLINE: (Tone.BAD, "wifi-off"),
}


def sign_in_state(state: "DeskState", server: str, wording: "Wording") -> SignInState:
    """The sign-in page: what is under way, what went wrong, what to know."""
    waits = state.phase in (Phase.STARTING, Phase.WAITING_FOR_PASSWORD_STORE)
    busy = state.is_busy(Act.SIGN_IN) or state.is_busy(Act.RESUME)
    said = state.message
    failed = said is not None and said.intent is not None and said.intent.act is Act.SIGN_IN
    return SignInState(
        server=server,
        busy=wording.word(state.phase) if waits else say("Signing in…") if busy else "",
        error=said.text if said is not None and failed else "",
        notice=said.text if said is not None and not failed else "",
    )


def shell_state(state: "DeskState", wording: "Wording") -> ShellState:
    """The frame: who is signed in if that is known, how well the service is heard, and the audit log's alarm."""
    staff = None if state.session is None else state.session.staff
    alarm = state.witness.standing is Standing.ALARM
    return ShellState(
        link=link_state(state.connection, wording),
        name="" if staff is None else staff.name,
        role="" if staff is None else staff.role.replace("_", " ").capitalize(),
        token_home=wording.word(state.token_home) if state.token_home else "",
        alert=state.witness.sentence if alarm else "",
        alert_tone=Tone.BAD,
        ending=_ending(state.ending, wording),
        can_stay=state.ending is not None and state.ending.can_stay,
    )


def _ending(ending: "SessionEnding | None", wording: "Wording") -> str:
    if ending is None:
        return ""
    at = wording.moments.clock(ending.at)
    if ending.can_stay:
        return say("Nothing was asked for lately. You will be signed out at %s; what you typed is kept.", at)
    return say("This session has lasted as long as one may. It ends at %s; what you typed is kept.", at)


def link_state(connection: Connection, wording: "Wording") -> LinkState:
    """How well the service is heard."""
    tone, picture = _LINKS[connection]
    return LinkState(wording.word(connection), tone, picture, wording.hint(connection))
