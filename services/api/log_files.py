"""The audit log as files, as C2SP lays them out: checkpoint, tiles of hashes, bundles of entries, proofs (L-06, L-07).

Monitors and auditors' own tools read them, under a session's token like everybody. Hashes are for every desktop, as
proofs are. Entries are for those who may read them, and that somebody did is in the log.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.api.audit import on_record
from services.api.calls import bearer, log_refusal, reader
from services.contract.audit import FILES_PATH
from services.contract.routes import PREFIX
from services.domain.audit.tiles import Tile, parse_path
from services.domain.outcome import Missing, Refused, demand
from services.domain.staff import lacks
from services.usecases import sign_in
from services.usecases.ports import AuditLog
from services.usecases.service import Service
from services.vocabulary import Permission

TEXT, OCTETS = "text/plain; charset=utf-8", "application/octet-stream"


def router(service: Service, log: AuditLog) -> APIRouter:
    """The routes of the files."""
    api = APIRouter(prefix=f"{PREFIX}{FILES_PATH}")

    @api.get("/checkpoint", summary="The newest signed checkpoint, as a file")
    def checkpoint(request: Request) -> Response:
        reader(service, bearer(request))
        return Response(log.newest().note, media_type=TEXT)

    @api.get("/tile/{path:path}", summary="A tile of hashes, or a bundle of entries")
    def tile(request: Request, path: str) -> Response:
        wanted = _tile(path)
        if wanted.level is not None:
            reader(service, bearer(request))
            return Response(log.tile(wanted), media_type=OCTETS)
        places = [place for _level, place in wanted.nodes]
        with _reading_entries(service, request, "tile", places[0], len(places)):
            bundle = log.tile(wanted)
        return Response(bundle, media_type=OCTETS)

    @api.get("/proof/{index}", summary="A file that proves offline that an entry is in the log")
    def proof(request: Request, index: int) -> Response:
        with _reading_entries(service, request, "proof", index, 1):
            found = log.proof(index)
        return Response(str(found), media_type=TEXT)

    return api


@contextmanager
def _reading_entries(service: Service, request: Request, file: str, first: int, count: int) -> Iterator[None]:
    """For who may read entries: that they did is in the log, and so is who tried and may not."""
    staff, _session = reader(service, bearer(request))
    try:
        demand(lacks(staff, Permission.READ_AUDIT))
    except Refused as refused:
        log_refusal(service, f"get:{FILES_PATH}/{file}", request, staff, refused)
        raise
    yield
    with service.storage.changing() as work:
        present, _session = sign_in.present(service, work, bearer(request))
        on_record(service, work, present, first, count)


def _tile(path: str) -> Tile:
    try:
        return parse_path(f"tile/{path}")
    except ValueError:
        raise Missing from None
