"""The last resort of what nobody waits for: an error of any kind is logged, and what comes next goes on."""

import logging
import traceback
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

_log = logging.getLogger(__name__)


def guarded(what: str, act: Callable[[], Result]) -> Result | None:
    """Do *act*; None if it raised. The trace is logged without the error's text, which may hold a person's data."""
    try:
        return act()
    except Exception as error:  # noqa: BLE001 - the one place for it outside the API
        trace = "".join(traceback.format_tb(error.__traceback__))
        _log.error("%s: %s\n%s", what, type(error).__name__, trace)
        return None
