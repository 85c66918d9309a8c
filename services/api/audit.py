"""The audit log over HTTP: checkpoints for every desktop, proofs, and entries for those who may read them."""

from base64 import b64encode

from services.api.calls import Call, Mount
from services.contract import audit as contract
from services.domain.outcome import Entry, Missing, Outcome, demand
from services.domain.staff import Staff, lacks
from services.usecases.ports import AuditLog, Work
from services.usecases.service import Service
from services.vocabulary import ActorId, Event, Permission

PAGE = 500
"""Entries in a page, at most."""


def mount(mount: Mount, log: AuditLog) -> None:
    """Mount the routes of the log. Checkpoints and consistency proofs are for every desktop: each is a witness."""

    def checkpoint(_call: Call) -> contract.Checkpoint:
        newest = log.newest()
        return contract.Checkpoint(note=newest.note, size=newest.size)

    def consistency(call: Call) -> contract.ConsistencyProof:
        first, second = _number(call, "first"), _number(call, "second")
        hashes = log.consistency(first, second)
        return contract.ConsistencyProof(first=first, second=second, hashes=_spelt(hashes))

    def inclusion(call: Call) -> contract.InclusionProof:
        demand(lacks(call.staff, Permission.READ_AUDIT))
        index, size = _number(call, "index"), _number(call, "size")
        on_record(call.service, call.work, call.staff, index, 1)
        text, hashes = log.inclusion(index, size)
        return contract.InclusionProof(index=index, size=size, entry=text, hashes=_spelt(hashes))

    def entries(call: Call) -> contract.AuditPage:
        demand(lacks(call.staff, Permission.READ_AUDIT))
        first, count = _number(call, "first"), min(PAGE, _number(call, "count"))
        on_record(call.service, call.work, call.staff, first, count)
        found, size = log.entries(first, count)
        lines = tuple(contract.AuditLine(index=index, text=text) for index, text in found)
        return contract.AuditPage(entries=lines, size=size)

    mount.read(contract.READ_CHECKPOINT, checkpoint)
    mount.read(contract.PROVE_CONSISTENCY, consistency)
    mount.read(contract.PROVE_INCLUSION, inclusion, on_record=lambda _call: True)
    mount.read(contract.READ_ENTRIES, entries, on_record=lambda _call: True)


def on_record(service: Service, work: Work, staff: Staff, first: int, count: int) -> None:
    """Reading the log is in the log (C-LOG-05 `sensitive_read`)."""
    entry = Entry(
        event=Event.AUDIT_READ,
        at=service.clock(),
        actor=ActorId(staff.id),
        details={"first": first, "count": count},
    )
    work.record(Outcome(state=None, entry=entry))


def _number(call: Call, name: str) -> int:
    text = call.query.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise Missing
    return int(text)


def _spelt(hashes: tuple[bytes, ...]) -> tuple[str, ...]:
    return tuple(b64encode(one).decode() for one in hashes)
