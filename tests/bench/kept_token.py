"""A password store that holds the token of one session, for a desktop that goes on where it was."""

import os

from keyring.backend import KeyringBackend

VARIABLE = "BENCH_TOKEN"


class KeptToken(KeyringBackend):
    """Answers from the environment, and keeps nothing."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        """The token; no other secret."""
        return os.environ.get(VARIABLE) if username == "session" else None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Forget it at once."""

    def delete_password(self, service: str, username: str) -> None:
        """There is nothing to delete."""
