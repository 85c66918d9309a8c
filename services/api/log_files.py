"""The audit log as files, as C2SP lays them out: checkpoint, tiles of hashes, bundles of entries, proofs (L-06, L-07).

Monitors and auditors' own tools read them, under a session's token like everybody. Hashes are for every desktop, as
proofs are. Entries are for those who may read them, and that somebody did is in the log.
"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.api.audit import on_record
from services.api.calls import bearer, log_refusal, reader
from services.contract.audit import FILES_PATH
from services.contract.routes import PREFIX
from services.domain.audit.tiles import Tile, parse_path
from services.domain.outcome import Missing, Refused, demand
from services.domain.staff import Staff, lacks
from services.usecases import sign_in
from services.usecases.ports import AuditLog
from services.usecases.service import Service
from services.vocabulary import Permission

TEXT, OCTETS = "text/plain; charset=utf-8", "application/octet-stream"


def router(service: Service, log: AuditLog) -> APIRouter:
    """The routes of the files."""
    api = APIRouter(prefix=f"{PREFIX}{FILES_PATH}")

    def signed_in(request: Request) -> Staff:
        return reader(service, bearer(request))[0]

    def demand_reader(request: Request, staff: Staff, file: str) -> None:
        try:
            demand(lacks(staff, Permission.READ_AUDIT))
        except Refused as refused:
            log_refusal(service, f"get:{FILES_PATH}/{file}", request, staff, refused)
            raise

    def note_reading(request: Request, first: int, count: int) -> None:
        with service.storage.changing() as work:
            staff, _session = sign_in.present(service, work, bearer(request))
            on_record(service, work, staff, first, count)

    @api.get("/checkpoint", summary="The newest signed checkpoint, as a file")
    def checkpoint(request: Request) -> Response:
        signed_in(request)
        return Response(log.newest().note, media_type=TEXT)

    @api.get("/tile/{path:path}", summary="A tile of hashes, or a bundle of entries")
    def tile(request: Request, path: str) -> Response:
        staff, wanted = signed_in(request), _tile(path)
        if wanted.level is not None:
            return Response(log.tile(wanted), media_type=OCTETS)
        demand_reader(request, staff, "tile")
        bundle, places = log.tile(wanted), [place for _level, place in wanted.nodes]
        note_reading(request, places[0], len(places))
        return Response(bundle, media_type=OCTETS)

    @api.get("/proof/{index}", summary="A file that proves offline that an entry is in the log")
    def proof(request: Request, index: int) -> Response:
        demand_reader(request, signed_in(request), "proof")
        found = log.proof(index)
        note_reading(request, index, 1)
        return Response(str(found), media_type=TEXT)

    return api


def _tile(path: str) -> Tile:
    try:
        return parse_path(f"tile/{path}")
    except ValueError:
        raise Missing from None
