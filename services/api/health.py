"""Whether the service can do its work: for load balancers, operators, and the desktop's status."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from pydantic import TypeAdapter
from starlette.responses import Response

from services.api.calls import Mount
from services.contract.events import READ_HEALTH, Health
from services.domain.outcome import Missing, Unavailable
from services.proofs import ProofError
from services.usecases.ports import AuditLog
from services.usecases.service import Service

UNINSTALLED = "uninstalled"
"""The version of a service that runs out of a checkout which nobody installed."""
OK, DEGRADED = 200, 503
"""What a load balancer goes by; the body is the same."""
_HEALTH = TypeAdapter(Health)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wellness:
    """Questions to what runs beside the API."""

    worker: Callable[[], bool]
    """Effects are being performed, here or by another process."""
    audit_log: Callable[[], bool]
    """The log is signed as it grows, and was not tampered with, as far as its keeper can see."""


def mount(mount: Mount, service: Service, log: AuditLog, well: Wellness) -> None:
    """Mount the route. It needs no sign-in and says nothing that helps an attacker."""
    release = _release()

    def read() -> Response:
        database, signed = _seen(log)
        sound, works = signed and well.audit_log(), well.worker()
        health = Health(
            status="ok" if database and sound and works else "degraded",
            version=release,
            policy=service.policy.edition,
            database=database,
            audit_log=sound,
            worker=works,
        )
        status = OK if health.status == "ok" else DEGRADED
        return Response(_HEALTH.dump_json(health), status, media_type="application/json")

    mount.add(READ_HEALTH, read, also={DEGRADED: "Degraded"})


def _release() -> str:
    """The version of the service, as it was installed."""
    try:
        return version("rightful")
    except PackageNotFoundError:
        return UNINSTALLED


def _seen(log: AuditLog) -> tuple[bool, bool]:
    """Whether the database answers, and whether nothing is wrong with its newest checkpoint."""
    try:
        log.newest()
    except (OSError, Unavailable):
        return False, False
    except ProofError:
        return True, False
    except Missing:  # nothing was signed yet
        return True, True
    return True, True
