"""One request is one transaction: authenticate, answer the same key the same, decide, commit, reply."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any, TypeVar

from fastapi import APIRouter, Body, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from services.api.problems import Unacceptable
from services.contract.problems import ProblemCode
from services.contract.route import BACKGROUND, Route
from services.contract.routes import PREFIX
from services.domain.outcome import Entry, Outcome, Refused, Unavailable
from services.domain.staff import Staff, StaffSession
from services.secret import Secret
from services.usecases import sign_in
from services.usecases.ports import Work
from services.usecases.service import Service
from services.vocabulary import ActorId, Event, Objection

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")
_CASE_ID = re.compile(r"case_[0-9a-f]{32}")
_BODY = Body()
_KEY = re.compile(r"[A-Za-z0-9-]{8,80}")
_adapters: dict[Any, TypeAdapter[Any]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One authenticated request, in its transaction."""

    service: Service
    work: Work
    staff: Staff
    session: StaffSession
    path: Mapping[str, str]
    query: Mapping[str, str]
    prepared: Any = None
    """What the route computed before the transaction began."""


def bearer(request: Request) -> Secret[str]:
    """The token that a request carries.

    Raises:
        Refused: `SIGNED_OUT`, if there is none.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refused(Objection.SIGNED_OUT)
    return Secret(token.strip())


def reader(service: Service, token: Secret[str]) -> tuple[Staff, StaffSession]:
    """Who reads, and in which session. Where its use cannot be noted, they read all the same (invariant 11).

    Raises:
        Refused: `SIGNED_OUT`, whatever is wrong with the token.
    """
    try:
        return sign_in.whose(service, token)
    except Unavailable:
        return sign_in.peek(service, token)


class Mount:
    """Mounts the routes that both sides hold onto the server's functions."""

    def __init__(self, service: Service, *, described: bool = False) -> None:
        """Mount nothing yet. Only a *described* interface is told the shapes of its answers: that takes a while."""
        self.router = APIRouter(prefix=PREFIX)
        self._described = described
        self.mounted: list[Route[Any, Any]] = []
        self._service = service

    def read(
        self,
        route: Route[Any, Answer],
        decide: Callable[[Call], Answer],
        on_record: Callable[[Call], bool] = lambda _call: False,
    ) -> None:
        """Mount a route that changes nothing, but for the entry that a read which is *on_record* leaves in the log."""
        encode = _adapter(route.answer).dump_json

        def endpoint(request: Request) -> Response:
            known, token = sign_in.peek if BACKGROUND in request.headers else reader, bearer(request)
            staff, session = known(self._service, token)
            try:
                with self._service.storage.reading() as work:
                    call = self._call(request, work, staff, session)
                    if not on_record(call):
                        return Response(encode(decide(call)), media_type="application/json")
                with self._service.storage.changing() as work:
                    present = sign_in.present(self._service, work, token)
                    reply = encode(decide(self._call(request, work, *present)))
            except Refused as refused:
                log_refusal(self._service, _way(route), request, staff, refused)
                raise
            return Response(reply, media_type="application/json")

        self.add(route, endpoint, openapi_extra=_described(route))

    def change(
        self,
        route: Route[Ask, Answer],
        decide: Callable[[Call, Ask], Answer],
        prepare: Callable[[Service, Staff, Mapping[str, str], Ask], Any] | None = None,
        again: Callable[[Call, Answer], Answer] | None = None,
    ) -> None:
        """Mount a route that changes something, for whoever is still signed in when its turn comes.

        *prepare* computes what is slow, before the transaction and outside its lock. *again* makes of the first answer
        to a key what whoever repeats it may see now.
        """
        encode, encode_ask = _adapter(route.answer).dump_json, _adapter(route.ask).dump_json

        def run(request: Request, ask: Ask) -> Response:
            token = bearer(request)
            staff, _ = sign_in.whose(self._service, token)
            key = self._key(request, staff)
            digest = hashlib.sha256(f"{route.method} {request.url.path}\n".encode() + encode_ask(ask)).digest()
            try:
                prepared = prepare(self._service, staff, request.path_params, ask) if prepare else None
                with self._service.storage.changing() as work:
                    call = self._call(request, work, *sign_in.present(self._service, work, token), prepared)
                    known = work.kept_answer(key, digest)
                    if known is None:
                        known = encode(decide(call, ask))
                        work.keep_answer(key, digest, known)
                    elif again:
                        known = encode(again(call, _adapter(route.answer).validate_json(known)))
            except Refused as refused:
                log_refusal(self._service, _way(route), request, staff, refused)
                raise
            return Response(known, media_type="application/json")

        endpoint = _with_body(run, route.ask) if route.ask is not NoneType else _without_body(run)
        self.add(route, endpoint, openapi_extra=_described(route))

    def add(
        self,
        route: Route[Any, Any],
        endpoint: Callable[..., Response],
        *,
        also: Mapping[int, str] | None = None,
        openapi_extra: dict[str, Any] | None = None,
    ) -> None:
        """Mount an endpoint as it is. *also*: other statuses that come with the same answer, and what they mean."""
        self.mounted.append(route)
        shape = route.answer if self._described else None
        self.router.add_api_route(
            route.path,
            endpoint,
            methods=[route.method],
            response_model=shape,
            responses={status: {"model": shape, "description": means} for status, means in (also or {}).items()},
            summary=route.summary,
            openapi_extra=openapi_extra,
        )

    def _call(self, request: Request, work: Work, staff: Staff, session: StaffSession, prepared: Any = None) -> Call:
        return Call(
            service=self._service,
            work=work,
            staff=staff,
            session=session,
            path=request.path_params,
            query=request.query_params,
            prepared=prepared,
        )

    def _key(self, request: Request, staff: Staff) -> str:
        """The request's key, for this member of staff alone."""
        key = request.headers.get("idempotency-key", "")
        if not _KEY.fullmatch(key):
            raise Unacceptable(ProblemCode.KEY_MISSING)
        return f"{staff.id}/{key}"


def log_refusal(service: Service, way: str, request: Request, staff: Staff, refused: Refused) -> None:
    """What somebody tried and may not do is on record too (A-56, C-LOG-01). *way* is the route, `method:/path`."""
    entry = Entry(
        event=Event.REFUSED,
        at=service.clock(),
        actor=ActorId(staff.id),
        case=_case_of(request),
        details={"route": way, "reasons": tuple(dict.fromkeys(str(why.code) for why in refused.reasons))},
    )
    with service.storage.changing() as work:
        work.record(Outcome(state=None, entry=entry))


def _described(route: Route[Any, Any]) -> dict[str, Any]:
    """What FastAPI does not see of a route by itself."""
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    if route.changes:
        parameters.append({"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string"}})
    return {"parameters": parameters, "security": [{"bearer": []}]}


def encoded(of: type[Answer], answer: Answer) -> bytes:
    """An answer as it goes over the wire."""
    return _adapter(of).dump_json(answer)


def _way(route: Route[Any, Any]) -> str:
    return f"{route.method.lower()}:{re.sub('[{}]', '', route.path)}"


def _adapter(of: Any) -> TypeAdapter[Any]:
    """Made once for each message: it takes milliseconds, and most routes answer with the same card."""
    if of not in _adapters:
        _adapters[of] = TypeAdapter(of)
    return _adapters[of]


def _case_of(request: Request) -> str | None:
    """The case that a request names, if it is an id of ours at all: the log takes no strangers' text (A-57)."""
    named = request.path_params.get("case_id", "")
    return named if _CASE_ID.fullmatch(named) else None


def _with_body(run: Callable[[Request, Any], Response], ask_type: type[Any]) -> Callable[..., Response]:
    """An endpoint whose body FastAPI reads as *ask_type*."""

    def endpoint(request: Request, ask: Any = _BODY) -> Response:
        return run(request, ask)

    endpoint.__annotations__["ask"] = ask_type
    return endpoint


def _without_body(run: Callable[[Request, Any], Response]) -> Callable[..., Response]:
    """An endpoint that reads no body."""

    def endpoint(request: Request) -> Response:
        return run(request, None)

    return endpoint
