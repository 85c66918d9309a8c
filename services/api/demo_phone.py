"""The demo's phone and mailbox: shows what was sent, to whoever holds the demo's token. Never mounted without one."""

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from fastapi import APIRouter, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from services.domain.outcome import Missing
from services.usecases.service import Service

PATH = "/demo/messages"
"""Where the demo's phone reads; `?after=` an id."""
PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMessage:
    """A message as the demo's phone shows it."""

    id: str
    channel: str
    to: str
    subject: str
    body: str
    sent_at: datetime | None


_MESSAGES = TypeAdapter(list[DemoMessage])


def router(service: Service, token: str) -> APIRouter:
    """The route of the demo's phone."""
    api = APIRouter(include_in_schema=False)

    @api.get(PATH)
    def read(request: Request, after: str = "") -> Response:
        if not compare_digest(request.headers.get("x-demo-token", "").encode(), token.encode()):
            raise Missing
        with service.storage.reading() as work:
            sent = work.messages.sent_after(after, PAGE)
        shown = [
            DemoMessage(
                id=one.id,
                channel=one.channel,
                to=one.address,
                subject=one.subject,
                body=one.body,
                sent_at=one.sent_at,
            )
            for one in sent
        ]
        return Response(_MESSAGES.dump_json(shown), media_type="application/json")

    return api
