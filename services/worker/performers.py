"""Fits the use cases of the worker to the engine: one step at a time, until the effect is settled."""

from collections.abc import Mapping

from services.usecases import delivery, performing
from services.usecases.service import Service
from services.vocabulary import EffectKind
from services.worker.engine import Performer, Progress, Reason


class Actions:
    """Performs recovery actions."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def perform(self, payload: Mapping[str, str], key: str) -> Progress:
        """Perform the next step.

        Raises:
            Stale: If someone was faster, such as the owner's stop: to be tried again, and not for ever.
        """
        more = performing.perform_step(self._service, payload["action_id"], key)
        return Progress.MORE if more else Progress.SETTLED

    def give_up(self, payload: Mapping[str, str], key: str, _reason: Reason) -> Progress:
        """Say plainly that the step failed."""
        performing.give_up_step(self._service, payload["action_id"], key)
        return Progress.SETTLED


class Messages:
    """Delivers messages to owners."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def perform(self, payload: Mapping[str, str], key: str) -> Progress:
        """Deliver one message."""
        delivery.deliver(self._service, payload["message_id"], key)
        return Progress.SETTLED

    def give_up(self, payload: Mapping[str, str], key: str, _reason: Reason) -> Progress:
        """Say plainly that it was not delivered."""
        delivery.give_up_message(self._service, payload["message_id"], key)
        return Progress.SETTLED


def performers(service: Service) -> dict[str, Performer]:
    """Who performs each kind of effect."""
    return {EffectKind.PERFORM_ACTION: Actions(service), EffectKind.DELIVER_MESSAGE: Messages(service)}
