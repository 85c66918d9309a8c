"""How fast the audit log takes entries in, and how fast all of it is proven."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from time import perf_counter

from services.app import Parts
from services.domain.audit.signing import verify_ed25519
from services.domain.audit.verify import verify_export
from services.domain.outcome import Entry, Outcome
from services.proofs import VerifierKey
from services.storage.audit_check import verify_database
from services.storage.audit_export import export_log, open_folder
from services.storage.tables import audit_entries
from services.vocabulary import SYSTEM, Event
from tests.bench.figures import Figure, figure, seconds_of
from tests.bench.portals import new_portal, opened, settings_in

RUNS = 3
ENTRIES, QUICK_ENTRIES = 5000, 1000
"""Written in each run."""
AT_ONCE = 5
"""Entries of one transaction: what a decision writes."""


def measure(*, quick: bool) -> Iterator[Figure]:
    """Entries written, integrated and verified."""
    count = QUICK_ENTRIES if quick else ENTRIES
    with new_portal() as folder, opened(settings_in(folder)) as parts:
        written, integrated, both = [], [], []
        for _ in range(RUNS):
            writing, integrating = _write(parts, count), _integrate(parts)
            written.append(count / writing)
            integrated.append(count / integrating)
            both.append(count / (writing + integrating))
        total = RUNS * count
        export_seconds = seconds_of(lambda: _export(parts, folder))
        key = parts.audit.key
        hashed = [total / _hash(parts) for _ in range(RUNS)]
        stored = [total / seconds_of(lambda: _verify_database(parts, key)) for _ in range(RUNS)]
        exported = [total / seconds_of(lambda: _verify_export(folder, key)) for _ in range(RUNS)]
    yield figure("audit_sha256", hashed, "1/s", note="SHA-256 of the same entries, and of nothing else")
    yield figure("audit_write", written, "1/s", against="audit_sha256", note=f"{AT_ONCE} to a commit")
    yield figure("audit_integrate", integrated, "1/s", against="audit_sha256", note="places, tree, signed checkpoints")
    yield figure("audit_append", both, "1/s", against="audit_sha256", note="written and integrated")
    yield figure("audit_export", [total / export_seconds], "1/s", against="audit_sha256")
    yield figure("audit_verify_database", stored, "1/s", against="audit_sha256")
    yield figure("audit_verify_export", exported, "1/s", against="audit_sha256", note="offline")


def _write(parts: Parts, count: int) -> float:
    start = perf_counter()
    for _ in range(count // AT_ONCE):
        with parts.storage.changing() as work:
            for _nth in range(AT_ONCE):
                work.record(Outcome(state=None, entry=_entry(parts)))
    return perf_counter() - start


def _entry(parts: Parts) -> Entry:
    return Entry(
        event=Event.CHECK_PASSED,
        at=parts.service.clock(),
        actor=SYSTEM,
        subject=f"acct_{token_hex(16)}",
        case=f"case_{token_hex(16)}",
        details={"check": f"chk_{token_hex(16)}", "method": "reverse_code", "target": f"cp_{token_hex(16)}"},
    )


def _integrate(parts: Parts) -> float:
    start = perf_counter()
    while parts.audit.integrate() is not None:
        pass
    return perf_counter() - start


def _hash(parts: Parts) -> float:
    with parts.database.reading() as connection:
        texts = [
            text.encode() for text in connection.scalars(audit_entries.select().with_only_columns(audit_entries.c.text))
        ]

    def hash_all() -> None:
        for text in texts:
            hashlib.sha256(text).digest()

    return seconds_of(hash_all)


def _export(parts: Parts, folder: Path) -> None:
    with parts.database.reading() as connection:
        export_log(connection, parts.audit.key, folder / "export")


def _verify_database(parts: Parts, key: VerifierKey) -> None:
    with parts.database.reading() as connection:
        assert verify_database(connection, parts.sealer, key).is_sound


def _verify_export(folder: Path, key: VerifierKey) -> None:
    assert verify_export(open_folder(folder / "export"), key, verify_ed25519).is_sound
