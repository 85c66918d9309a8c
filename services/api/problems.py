"""Errors to answers: one table. Never a traceback, never a value that somebody sent (A-58)."""

from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.api.cards import reasons
from services.api.last_resort import Say
from services.contract.problems import Problem, ProblemCode
from services.domain.outcome import KeyReused, Missing, Refused, Stale
from services.vocabulary import Objection

_PROBLEM = TypeAdapter(Problem)
_SENTENCES = {
    ProblemCode.REFUSED: "A rule says no.",
    ProblemCode.MISSING: "There is no such thing, or it is not yours to see.",
    ProblemCode.STALE: "Someone was faster: look at it as it is now, and decide again.",
    ProblemCode.INVALID: "The request is malformed.",
    ProblemCode.SIGNED_OUT: "Sign in first.",
    ProblemCode.KEY_REUSED: "This Idempotency-Key was used for another request.",
    ProblemCode.KEY_MISSING: "A change needs an Idempotency-Key header of 8 to 80 letters, digits and dashes.",
    ProblemCode.TOO_LARGE: "The request is too large.",
    ProblemCode.UNAVAILABLE: "Something this needs does not answer now; nothing was done.",
    ProblemCode.BROKEN: "Something broke on our side; nothing was done. Say the reference number to your operator.",
}
_STATUS = {
    ProblemCode.REFUSED: 409,
    ProblemCode.MISSING: 404,
    ProblemCode.STALE: 409,
    ProblemCode.INVALID: 422,
    ProblemCode.SIGNED_OUT: 401,
    ProblemCode.KEY_REUSED: 422,
    ProblemCode.KEY_MISSING: 400,
    ProblemCode.TOO_LARGE: 413,
    ProblemCode.UNAVAILABLE: 503,
    ProblemCode.BROKEN: 500,
}


class Unacceptable(Exception):
    """The request itself is wrong, whatever it asks for."""

    def __init__(self, code: ProblemCode) -> None:
        super().__init__(code)
        self.code = code


def answer(code: ProblemCode, *, refused: Refused | None = None, detail: str = "", reference: str = "") -> Response:
    """A problem as a response."""
    problem = Problem(
        type=f"urn:rightful:problem:{code}",
        title=code.replace("_", " ").capitalize(),
        status=_STATUS[code],
        code=code,
        detail=detail or _SENTENCES[code],
        reasons=reasons(refused.reasons) if refused else (),
        reference=reference or None,
    )
    headers = {"WWW-Authenticate": "Bearer"} if problem.status == _STATUS[ProblemCode.SIGNED_OUT] else None
    body = _PROBLEM.dump_json(problem, exclude_none=True)
    return Response(body, problem.status, headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Map every error that is foreseen; `last_resort` answers for the others, and for `Unavailable`, which it logs."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(Unacceptable, _unacceptable)
    app.add_exception_handler(RequestValidationError, _invalid)
    for error, code in _PLAIN.items():
        app.add_exception_handler(error, _plain(code))


_PLAIN: dict[type[Exception], ProblemCode] = {
    Missing: ProblemCode.MISSING,
    Stale: ProblemCode.STALE,
    KeyReused: ProblemCode.KEY_REUSED,
}


def _plain(code: ProblemCode) -> Callable[[Request, Exception], Response]:
    def respond(_request: Request, _error: Exception) -> Response:
        return answer(code)

    return respond


def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    signed_out = any(why.code is Objection.SIGNED_OUT for why in error.reasons)
    return answer(ProblemCode.SIGNED_OUT if signed_out else ProblemCode.REFUSED, refused=error)


def _unacceptable(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Unacceptable)
    return answer(error.code)


def _invalid(_request: Request, error: Exception) -> Response:
    """Names the places that are wrong and never what stood there: it may be a secret."""
    assert isinstance(error, RequestValidationError)
    places = sorted({".".join(str(part) for part in one["loc"][1:]) or "body" for one in error.errors()})
    return answer(ProblemCode.INVALID, detail=f"These do not fit: {', '.join(places)}.")


def install_unfound(app: FastAPI, say: Say) -> None:
    """Answer for addresses that lead nowhere, or not in this way: in the manner of the place."""

    def respond(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code = ProblemCode.MISSING if error.status_code in (404, 405) else ProblemCode.INVALID
        return say(request.scope["path"], code, "")

    app.add_exception_handler(HTTPException, respond)
