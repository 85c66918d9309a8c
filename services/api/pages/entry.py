"""What people type for a six-digit number, and the number they mean."""

from services.domain.one_time import read_digits

DIGITS = 6
"""Source: NIST SP 800-63B-4 section 3.1.3.2 (N-OOB-03)."""


def six_digits(typed: str) -> str | None:
    """The six ASCII digits that were meant, in any script and grouping, or None.

    None is not an attempt: it cannot be the number, and must not be counted.
    """
    digits = read_digits(typed)
    return digits if digits is not None and len(digits) == DIGITS else None
