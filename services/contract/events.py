"""Live events to desktops (server-sent events): what changed, never what it changed to."""

from dataclasses import dataclass
from enum import StrEnum

from services.contract.route import Route


class Topic(StrEnum):
    """What an event is about."""

    HELLO = "hello"
    """The stream is open: read everything shown again, something may have been missed."""
    CASE = "case"
    CHECKPOINT = "checkpoint"
    SESSION_ENDED = "session_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveEvent:
    """`event:` is the topic, `data:` this message as JSON."""

    topic: Topic
    id: str = ""
    """Of what changed: a case's id, a log's size."""


EVENTS_PATH = "/events"
"""`GET /v1/events`, `text/event-stream`. A comment line every 15 seconds keeps it open."""
HEARTBEAT_SECONDS = 15.0
"""How often a silent stream says that it is alive; a desktop that hears nothing for twice as long reconnects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether the service can do its work."""

    status: str
    """`ok` or `degraded`."""
    version: str
    policy: str
    database: bool
    audit_log: bool
    worker: bool


READ_HEALTH = Route("GET", "/health", type(None), Health, "Whether the service can do its work")

ROUTES = (READ_HEALTH,)
