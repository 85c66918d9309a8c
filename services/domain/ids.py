"""Ids that sort by when they were made, so that what is oldest stands together."""

from datetime import datetime

RANDOM_OCTETS = 10
"""What makes an id unique: 80 random bits."""


def id_of(prefix: str, made_at: datetime, random: bytes = b"") -> str:
    """An id: 48 bits of milliseconds, then what makes it unique. Without that, a bound below every id made since."""
    return f"{prefix}_{int(made_at.timestamp() * 1000):012x}{random.hex()}"
