"""Keeps the audit log: gives its entries their places, and finds out when it was tampered with or rolled back."""

import logging
import time
from collections.abc import Callable
from typing import Final

from services.proofs import ProofError
from services.storage.audit_nodes import NodeMissing
from services.storage.audit_store import AuditStore

LONGEST_WAIT: Final = 30.0
"""Seconds that entries may wait for their places before the log counts as out of order."""

_log = logging.getLogger(__name__)


class Keeper:
    """Integrates the log, and stops when the log was tampered with: nothing is ever signed over (L-04).

    *told* is given the log's size after each signature. *now* counts seconds.
    """

    def __init__(
        self, store: AuditStore, told: Callable[[int], None], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._store, self._told, self._now = store, told, now
        self._was_checked = self._is_broken = False
        self._kept_at = now()

    @property
    def is_sound(self) -> bool:
        """Whether the log was looked at, and found neither tampered with nor rolled back: else nothing falls due."""
        return self._was_checked and not self._is_broken

    def is_well(self) -> bool:
        """Whether the log is sound, and nothing has waited for its place longer than `LONGEST_WAIT`."""
        return self.is_sound and self._now() - self._kept_at < LONGEST_WAIT

    def integrate(self) -> None:
        """Look at the log, the first time, and give every waiting entry its place.

        Raises:
            Exception: If that could not be done; entries wait.
        """
        try:
            self._integrate()
        except (ProofError, NodeMissing) as error:
            self._is_broken = True
            _log.critical(
                "the audit log was tampered with or rolled back: it is not signed any more, nothing falls due and no "
                "effect is performed: %s",
                error,
            )

    def _integrate(self) -> None:
        if self._is_broken:
            return
        if not self._was_checked:
            self._store.check()
            self._was_checked = True
        while (signed := self._store.integrate()) is not None:
            self._kept_at = self._now()
            self._told(signed.checkpoint.size)
        self._kept_at = self._now()
