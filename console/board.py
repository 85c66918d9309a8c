"""What is shown now, and who is told when it changes."""

from collections.abc import Callable

from console.state.changes import Change, in_turn
from console.state.desk_state import DeskState

Subscriber = Callable[[DeskState], None]


class Board:
    """Holds the one `DeskState`. All of it happens on one thread."""

    def __init__(self) -> None:
        self._state = DeskState()
        self._subscribers: list[Subscriber] = []

    @property
    def state(self) -> DeskState:
        """What is shown now."""
        return self._state

    def apply(self, *changes: Change) -> None:
        """Show what *changes* make of it: one snapshot for all of them, and none when nothing changed."""
        before = self._state
        self._state = in_turn(*changes)(before)
        if self._state != before:
            for subscriber in tuple(self._subscribers):
                subscriber(self._state)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Tell *subscriber* what is shown now and from now on. Returns how to stop."""
        self._subscribers.append(subscriber)
        subscriber(self._state)
        return lambda: self._subscribers.remove(subscriber)
