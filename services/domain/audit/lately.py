"""What the audit log has since an entry, as far as others need to hear of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One entry."""

    serial: int
    event: str
    """From `services.vocabulary.Event`, or one that only a newer server knows."""
    case: str | None
    subject: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """All of it, or its beginning."""

    happened: tuple[Happened, ...]
    """Oldest first."""
    newest: int
    """The serial number of the last of them, or of the entry since which."""
    size: int
    """How many entries are signed."""
    is_all: bool = True
    """Whether there is no more of it."""
