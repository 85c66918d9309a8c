"""What a load balancer goes by: the status, and the same body either way."""

import tomllib
from collections.abc import Callable
from importlib.metadata import distributions

import httpx
import pytest
from fastapi import FastAPI

from services.api import health
from services.api.calls import Mount
from services.api.health import Wellness
from services.serving import Log
from services.usecases.ports import AuditLog
from tests.architecture.source import ROOT
from tests.support.damage import damage
from tests.support.http import BASE, Site


def yes() -> bool:
    return True


def no() -> bool:
    return False


def released() -> str:
    """The version that the project has, if it is installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"]) if any(distributions(name=project["name"])) else health.UNINSTALLED


def asked(
    site: Site, log: AuditLog, *, worker: Callable[[], bool] = yes, keeper: Callable[[], bool] = yes
) -> httpx.Response:
    """What health says of a service with this log, worker and keeper."""
    mount, app = Mount(site.world.service), FastAPI()
    health.mount(mount, site.world.service, log, Wellness(worker=worker, audit_log=keeper))
    app.include_router(mount.router)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:
            return await client.get("/v1/health")

    return site.run(ask())


@pytest.mark.parametrize(
    ("worker", "keeper", "status"), [(yes, yes, 200), (no, yes, 503), (yes, no, 503), (no, no, 503)]
)
def test_the_status_is_for_load_balancers(
    site: Site, worker: Callable[[], bool], keeper: Callable[[], bool], status: int
) -> None:
    answer = asked(site, Log(site.world.parts.audit), worker=worker, keeper=keeper)
    assert answer.status_code == status
    assert answer.json() == {
        "status": "ok" if status == 200 else "degraded",
        "version": released(),
        "policy": site.world.service.policy.edition,
        "database": True,
        "audit_log": keeper(),
        "worker": worker(),
    }


def test_a_newest_checkpoint_that_is_not_the_log_s_own_is_said(site: Site) -> None:
    with site.world.parts.database.changing() as connection:
        connection.exec_driver_sql("UPDATE audit_checkpoints SET note = 'nothing'")
    answer = asked(site, Log(site.world.parts.audit))
    assert (answer.status_code, answer.json()["audit_log"], answer.json()["database"]) == (503, False, True)


def test_a_log_that_was_never_signed_is_no_fault_of_the_database(site: Site) -> None:
    with site.world.parts.database.changing() as connection:
        connection.exec_driver_sql("DELETE FROM audit_checkpoints")
    assert asked(site, Log(site.world.parts.audit)).status_code == 200


@pytest.mark.logs_warning("the database is damaged: database disk image is malformed (SQLITE_CORRUPT")
def test_a_damaged_database_is_said_by_health_and_by_what_needs_it(site: Site) -> None:
    """And not as a fault of ours with a reference, which tells nobody to restore a backup."""
    agent = site.sign_in(site.world.person())
    agent.open_case()
    site.world.parts.database.close()
    damage(site.world.parts.settings.data_dir / "rightful.db", "audit_checkpoints", "cases")
    answer = asked(site, Log(site.world.parts.audit))
    assert (answer.status_code, answer.json()["database"], answer.json()["audit_log"]) == (503, False, False)
    refused = agent.get("/cases")
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
