"""Tones: what a state means, as a fill, an ink and an icon. Words always go with them; colour alone says nothing."""

from enum import StrEnum
from typing import NamedTuple


class Tone(StrEnum):
    """What a state means to the person who sees it."""

    NEUTRAL = "neutral"
    INFO = "info"
    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    PLUM = "plum"
    """Somebody else decides: an approval, a review."""


class Dress(NamedTuple):
    """How a tone is drawn: tokens of its fill and ink, and the icon when nothing more exact is known."""

    fill: str
    ink: str
    icon: str


DRESS = {
    Tone.NEUTRAL: Dress("neutral_soft", "ink2", "circle-dot"),
    Tone.INFO: Dress("accent_soft", "accent_ink", "info"),
    Tone.OK: Dress("ok_soft", "ok", "circle-check"),
    Tone.WARN: Dress("warn_soft", "warn", "triangle-alert"),
    Tone.BAD: Dress("bad_soft", "bad", "circle-alert"),
    Tone.PLUM: Dress("plum_soft", "plum", "user-round-check"),
}
"""Every tone's dress."""
