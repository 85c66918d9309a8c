"""What the frame of the application and the sign-in page show. Light: it is imported before the first paint."""

from typing import NamedTuple

from ui.widgets.tone import Tone


class LinkState(NamedTuple):
    """How well the service is heard, in words."""

    words: str
    tone: Tone
    icon: str
    detail: str = ""


class ShellState(NamedTuple):
    """What the frame shows."""

    link: LinkState
    name: str
    role: str
    token_home: str
    """Where the session's token is kept, in a sentence."""
    alert: str = ""
    """Something that stands above every page until it is over; empty for nothing."""
    alert_tone: Tone = Tone.WARN
    ending: str = ""
    """That the session ends soon; empty while it does not."""
    can_stay: bool = False
    """Whether the agent can put that off."""


class PageTitle(NamedTuple):
    """A page as the rail shows it."""

    id: str
    title: str
    icon: str
    at_foot: bool = False


class SignInState(NamedTuple):
    """What the sign-in page shows."""

    server: str = ""
    busy: str = ""
    """What is under way, in words; empty when nothing is."""
    error: str = ""
    """Why the last try failed, in one sentence."""
    notice: str = ""
    """Something to know that is not an error, such as why the last session ended."""
