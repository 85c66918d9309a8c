"""The audit log as it is read: signed checkpoints, proofs and entries."""

from dataclasses import dataclass

from services.contract.route import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The newest signed checkpoint (C2SP tlog-checkpoint), as the log's own text."""

    note: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsistencyProof:
    """That the log of `first` entries is a beginning of the log of `second` (RFC 9162 section 2.1.4)."""

    first: int
    second: int
    hashes: tuple[str, ...]
    """Base64, in the order of the standard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InclusionProof:
    """That an entry is in the log of `size` entries (RFC 9162 section 2.1.3)."""

    index: int
    size: int
    entry: str
    """The entry's exact canonical text."""
    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One entry of the log: `text` is what was hashed."""

    index: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Entries in order of the log."""

    entries: tuple[AuditLine, ...]
    size: int
    """Of the log at the newest checkpoint."""


READ_CHECKPOINT = Route("GET", "/audit/checkpoint", type(None), Checkpoint, "The newest signed checkpoint")
PROVE_CONSISTENCY = Route(
    "GET", "/audit/consistency", type(None), ConsistencyProof, "Proof that the log only grew (?first=&second=)"
)
PROVE_INCLUSION = Route(
    "GET", "/audit/inclusion", type(None), InclusionProof, "Proof that an entry is in the log (?index=&size=)"
)
READ_ENTRIES = Route("GET", "/audit/entries", type(None), AuditPage, "Entries of the log (?first=&count=)")

FILES_PATH = "/audit/log"
"""Below it, the log as files (C2SP tlog-tiles): `checkpoint`, `tile/...`, and `proof/<index>`."""

ROUTES = (READ_CHECKPOINT, PROVE_CONSISTENCY, PROVE_INCLUSION, READ_ENTRIES)
