"""Whose certificates the desktop believes, decided here and not by the environment (A-47, A-53)."""

import ssl
from pathlib import Path

import certifi


def context(ca_file: Path | None = None) -> ssl.SSLContext:
    """TLS 1.2 or newer, certificates and host names verified.

    Trusts *ca_file* alone where one is given, else the operating system's store: a company's own authority is there.
    A frozen build may find no store at all; then, and only then, the bundled list stands in.

    Raises:
        OSError: When *ca_file* cannot be read or holds no certificate (`ssl.SSLError` is one).
    """
    made = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is None and not _has_system_store(made):
        made.load_verify_locations(cafile=certifi.where())
    return made


def trusting_nobody() -> ssl.SSLContext:
    """For a loopback address without TLS, where no certificate should ever be met: every one of them fails."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made


def _has_system_store(made: ssl.SSLContext) -> bool:
    paths = ssl.get_default_verify_paths()
    return bool(
        made.cert_store_stats()["x509_ca"] or paths.cafile or (paths.capath and any(Path(paths.capath).iterdir()))
    )
