"""What has a thread in this process, and what left its thread: its end may not be on record."""

import threading
from collections.abc import Iterator, Set
from contextlib import contextmanager


class Left(BaseException):
    """Leaves a workflow as it stands, to go on there later. An `Exception` would be recorded as its end."""


class UnderWay:
    """Counts the effects that have a thread, and remembers the workflows that left theirs. Safe in any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._keys: set[str] = set()
        self._returned: dict[int, str] = {}
        self._left: set[str] = set()
        self._left_before: set[str] = set()

    def __len__(self) -> int:
        """How many effects have a thread."""
        return len(self._keys)

    @property
    def returned(self) -> list[str]:
        """The workflow that returned last in each thread: its end is on record a moment later."""
        return list(self._returned.values())

    @property
    def left_before(self) -> Set[str]:
        """The workflows that had left their thread when it was looked last, and not the time before that."""
        return self._left_before

    @contextmanager
    def here(self, key: str, workflow: str) -> Iterator[None]:
        """Inside, the effect *key* has this thread, on behalf of *workflow*.

        Raises:
            Left: If it has another thread already, or the block raises it.
        """
        self._take(key, workflow)
        try:
            yield
            self._returned[threading.get_ident()] = workflow
            self._leave(workflow)
        except Left:
            self._leave(workflow)
            raise
        finally:
            with self._changed:
                self._keys.discard(key)
                self._changed.notify_all()

    def looked(self) -> None:
        """What has left its thread by now counts as left before."""
        with self._changed:
            self._left_before, self._left = self._left, set()

    def wait(self) -> None:
        """Until something leaves its thread, or for a moment."""
        with self._changed:
            self._changed.wait(0.02)

    def forget(self) -> None:
        """Begin anew."""
        with self._changed:
            self._returned.clear()
            self._left, self._left_before = set(), set()

    def _take(self, key: str, workflow: str) -> None:
        with self._changed:
            if key in self._keys:
                self._left.add(workflow)
                raise Left
            self._keys.add(key)

    def _leave(self, workflow: str) -> None:
        with self._changed:
            self._left.add(workflow)
