"""The operating system's random bit generator (N-RND-01)."""

import secrets


class SystemRandomness:
    """Fits the port `Randomness`."""

    def below(self, bound: int) -> int:
        """A whole number from 0 to *bound* - 1, uniform."""
        return secrets.randbelow(bound)

    def octets(self, count: int) -> bytes:
        """Random bytes."""
        return secrets.token_bytes(count)
