"""The API's last resort: whatever nobody foresaw ends here, in words that give nothing away."""

import logging
import secrets
import traceback
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.contract.problems import ProblemCode
from services.domain.outcome import Unavailable

Say = Callable[[str, ProblemCode, str], Response]
"""The answer at a path for a problem, with a reference number or ""."""

_log = logging.getLogger(__name__)


class LastResort:
    """Answers in place of whatever broke: a number for the person, the trace for the operator.

    The trace is logged without the error's own words, which may hold a value that somebody sent, and without the
    address, which may hold the token of a link. `Unavailable` says what it is, and nothing of what was sent.
    """

    def __init__(self, app: ASGIApp, say: Say) -> None:
        self._app, self._say = app, say

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request. An answer that broke off is left as it is."""
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as error:
            if scope["type"] != "http":
                raise
            code, reference = _logged(scope, error)
            if not begun:
                await self._say(scope["path"], code, reference)(scope, receive, send)


def _logged(scope: Scope, error: Exception) -> tuple[ProblemCode, str]:
    """What went wrong, and the number under which the log tells of it."""
    if isinstance(error, Unavailable):
        _log.error("%s", error)
        return ProblemCode.UNAVAILABLE, ""
    reference = secrets.token_hex(4)
    trace = "".join(traceback.format_tb(error.__traceback__))
    at = getattr(scope.get("route"), "path", "an unknown address")
    _log.error("reference %s: %s at %s %s\n%s", reference, type(error).__name__, scope["method"], at, trace)
    return ProblemCode.BROKEN, reference
