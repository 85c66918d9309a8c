"""Messengers that need no outside system: the demo's phone, and none at all."""

from services.domain.handover import Message
from services.domain.outcome import Unavailable


class DemoPhone:
    """Takes every message: the demo's phone shows what is stored, and nothing leaves this machine."""

    def deliver(self, message: Message) -> None:
        """The message is where the phone reads it already."""


class NoMessenger:
    """Refuses every message, so that nothing that needs one can be called done."""

    def deliver(self, _message: Message) -> None:
        """Say that there is none.

        Raises:
            Unavailable: Always.
        """
        raise Unavailable("no messenger is set up")
