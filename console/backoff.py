"""How long to wait before trying again: longer each time, and never in step with two thousand other desktops."""

import random
from collections.abc import Callable

Chance = Callable[[], float]
"""A number in [0, 1)."""

chance: Chance = random.SystemRandom().random


def pause(attempt: int, *, first: float, most: float, chance: Chance = chance) -> float:
    """Seconds to wait before attempt *attempt* + 1, counted from 1: half fixed, half by chance, capped at *most*.

    The fixed half keeps chance from making a busy loop of it; the other half keeps a fleet from coming back at once.
    """
    whole = min(most, first * 2.0 ** min(attempt - 1, 32))
    return whole * (0.5 + 0.5 * chance())
