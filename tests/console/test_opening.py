"""The real desk, put together: gateway, threads, SQLite and password store, over a transport of ours."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from console.opening import DATABASE, KEY_FILE, open_desk
from console.settings import Settings, SettingsError
from console.state.desk_state import TokenHome
from console.vault import Vault
from console.wording import load
from services.contract.cases import CaseList
from services.contract.staff import SessionOpened
from tests.support.cards import CASE, case_card, session_card
from tests.support.vault import MemoryVault

ANSWERS: dict[tuple[str, str], Any] = {
    ("POST", "/v1/sessions"): SessionOpened(token="t0ken-canary", session=session_card()),
    ("GET", "/v1/sessions/current"): session_card(),
    ("GET", "/v1/cases"): CaseList(cases=(), after=None),
    ("POST", "/v1/cases"): case_card(),
    ("GET", f"/v1/cases/{CASE}"): case_card(),
}


def answer(request: httpx.Request) -> httpx.Response:
    message = ANSWERS.get((request.method, request.url.path))
    if message is None:
        return httpx.Response(404)
    return httpx.Response(200, content=TypeAdapter(type(message)).dump_json(message))


async def run_once(
    folder: Path, vault: Vault | None = None, key_vault: Vault | None = None
) -> tuple[TokenHome | None, list[str], bool]:
    """One run of the program: resume or sign in, and type a note.

    Returns where the token is, the notes of earlier runs, and whether this one's is kept.
    """
    settings = Settings(server="https://desk.example.com", data_dir=folder)
    desk = await open_desk(settings, load(), transport=httpx.MockTransport(answer), vault=vault, key_vault=key_vault)
    try:
        if not await desk.start():
            assert await desk.sign_in("ana", "correct horse", "123456")
        assert await desk.show_case(CASE)
        found = [draft.text for draft in desk.state.unsent]
        return desk.state.token_home, found, await desk.edit_note("called back")
    finally:
        await desk.close()


def test_notes_and_session_go_on_in_the_next_run(tmp_path: Path) -> None:
    vault, key_vault = MemoryVault(), MemoryVault()
    assert asyncio.run(run_once(tmp_path, vault, key_vault)) == (TokenHome.KEYRING, [], True)
    assert asyncio.run(run_once(tmp_path, vault, key_vault)) == (TokenHome.KEYRING, ["called back"], True)
    assert vault.secret == "t0ken-canary"
    assert not (tmp_path / KEY_FILE).exists()


def test_without_a_password_store_the_token_is_in_memory_and_the_notes_key_in_a_file(tmp_path: Path) -> None:
    assert asyncio.run(run_once(tmp_path)) == (TokenHome.MEMORY, [], True)
    assert asyncio.run(run_once(tmp_path)) == (TokenHome.MEMORY, ["called back"], True)
    assert (tmp_path / KEY_FILE).exists()
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"called back" not in written
    assert b"t0ken-canary" not in written


def test_notes_sealed_before_there_was_a_password_store_open_after(tmp_path: Path) -> None:
    asyncio.run(run_once(tmp_path))
    assert asyncio.run(run_once(tmp_path, MemoryVault(), MemoryVault())) == (TokenHome.KEYRING, ["called back"], True)


@pytest.mark.parametrize("spoiled", [DATABASE, KEY_FILE])
def test_a_store_that_cannot_be_used_costs_the_notes_and_nothing_else(tmp_path: Path, spoiled: str) -> None:
    (tmp_path / spoiled).write_bytes(b"scribbled over" * 100)
    assert asyncio.run(run_once(tmp_path)) == (TokenHome.MEMORY, [], False)


def test_a_certificate_file_without_certificates_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    settings = Settings(server="https://desk.example.com", data_dir=tmp_path, ca_file=tmp_path / "ca.pem")
    with pytest.raises(SettingsError, match="ca_file holds no certificate"):
        asyncio.run(open_desk(settings, load()))
