"""What of the caller page is under way, and how what was asked for fared. Pure functions of a snapshot."""

from typing import TYPE_CHECKING

from console.state.desk_state import Act, DeskState
from console.state.desk_state import Tone as Heard
from ui.widgets.tone import Tone
from ui.words import say

if TYPE_CHECKING:
    from console.state.desk_state import Message


TONES = {
    Heard.DONE: Tone.OK,
    Heard.NOTICE: Tone.INFO,
    Heard.REFUSED: Tone.WARN,
    Heard.TROUBLE: Tone.WARN,
    Heard.FAULT: Tone.BAD,
}
"""How what was said is drawn."""


def busy_with(desk: DeskState, act: Act) -> frozenset[str]:
    """What *act* is under way for: options, fields, ids."""
    return frozenset(intent.about for intent in desk.busy if intent.act is act)


def sending(desk: DeskState) -> str:
    """That a note is on its way, in words; empty when none is."""
    acts = {intent.act for intent in desk.busy}
    return say("Sending…") if acts & {Act.NOTE, Act.CLOSE_CASE} else ""


def note_failed(message: "Message | None") -> bool:
    """Whether the last thing said is that a note was not taken."""
    about_note = message is not None and message.intent is not None and message.intent.act is Act.NOTE
    return message is not None and about_note and message.tone is not Heard.DONE
