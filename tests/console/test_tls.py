"""Whose certificates are believed: over real TLS, on the loopback address."""

import asyncio
import ssl
from pathlib import Path

import pytest

from console import tls
from console.errors import Broken, Untrusted
from console.gateway import Gateway
from services.contract.events import READ_HEALTH
from tests.support.certificates import certificate

pytestmark = pytest.mark.loopback


async def ask(pem: Path, ca_file: Path | None) -> int:
    """Ask a service with that certificate for its health; returns how many requests reached it."""
    requests = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        if await reader.readline():
            requests += 1
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    gateway = Gateway(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", lambda: None, ca_file=ca_file)
    async with server:
        try:
            await gateway.call(READ_HEALTH, None)
        except Broken:
            return requests
        finally:
            await gateway.aclose()
    return requests


def test_a_companys_own_authority_is_believed_where_it_is_named(tmp_path: Path) -> None:
    pem = certificate(tmp_path)
    assert asyncio.run(ask(pem, pem)) == 1


def test_a_stranger_gets_nothing_and_is_called_untrusted(tmp_path: Path) -> None:
    with pytest.raises(Untrusted):
        asyncio.run(ask(certificate(tmp_path), None))


def test_a_proxy_of_the_environment_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A-53: where requests go is in the settings, and nowhere else."""
    pem = certificate(tmp_path)
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert asyncio.run(ask(pem, pem)) == 1


def test_certificates_and_names_are_verified_and_old_versions_are_not_spoken() -> None:
    for context in (tls.context(), tls.trusting_nobody()):
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
        assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert not tls.trusting_nobody().get_ca_certs()


def test_without_a_system_store_the_bundled_list_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A frozen build's OpenSSL may look where this machine has nothing."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nothing.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "nowhere"))
    assert tls.context().cert_store_stats()["x509_ca"] > 0
    pem = certificate(tmp_path)
    assert len(tls.context(pem).get_ca_certs()) <= 1, "a company's own authority is believed alone"


def test_a_file_without_a_certificate_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("")
    with pytest.raises(ssl.SSLError):
        tls.context(tmp_path / "empty.pem")
