"""Where the token is kept, and that it is gone when it should be."""

import pytest

from console.session import Session, service_name
from console.state.desk_state import TokenHome
from console.vault import KeyringVault, VaultState
from tests.support.aside import InPlace
from tests.support.vault import MemoryVault

pytestmark = pytest.mark.anyio
TOKEN = "t0ken-canary"


class Prompts(list[str]):
    """Counts how often the agent was told to look for a prompt."""

    def __call__(self) -> None:
        self.append("waiting")


async def test_a_token_survives_the_program_where_there_is_a_password_store() -> None:
    vault = MemoryVault()
    assert await Session(vault, InPlace()).keep(TOKEN) is TokenHome.KEYRING
    later, prompts = Session(vault, InPlace()), Prompts()
    assert await later.recall(prompts)
    assert (later.token(), later.home, prompts) == (TOKEN, TokenHome.KEYRING, [])


@pytest.mark.parametrize("state", [VaultState.NONE, VaultState.NO_COLLECTION])
async def test_without_a_usable_store_it_stays_in_memory_and_says_so(state: VaultState) -> None:
    vault = MemoryVault(state=state)
    session = Session(vault, InPlace())
    assert not await session.recall(Prompts())
    assert await session.keep(TOKEN) is TokenHome.MEMORY
    assert (session.token(), vault.secret) == (TOKEN, None)


async def test_a_store_that_breaks_is_as_good_as_none() -> None:
    session = Session(MemoryVault(TOKEN, broken=True), InPlace())
    assert not await session.recall(Prompts())
    assert await session.keep(TOKEN) is TokenHome.MEMORY
    assert session.token() == TOKEN


async def test_a_locked_store_is_announced_before_it_is_waited_for() -> None:
    prompts = Prompts()

    session = Session(MemoryVault(TOKEN, VaultState.LOCKED), InPlace(takes=0.1))
    assert await session.recall(prompts)
    assert prompts == ["waiting"]


async def test_a_prompt_that_nobody_answers_leaves_memory() -> None:
    session = Session(MemoryVault(TOKEN, VaultState.LOCKED), InPlace("read", "<lambda>"))
    assert not await session.recall(Prompts())
    assert await session.keep("new") is TokenHome.MEMORY
    assert session.token() == "new"


async def test_a_write_that_came_too_late_is_erased_at_sign_out_all_the_same() -> None:
    vault = MemoryVault()
    session = Session(vault, InPlace("<lambda>"))
    assert await session.keep(TOKEN) is TokenHome.MEMORY
    assert vault.secret == TOKEN, "it arrived after the time was up"
    await session.forget()
    assert session.token() is None
    assert vault.secret is None


async def test_signing_out_can_clear_the_store_before_the_last_word_to_the_service() -> None:
    vault = MemoryVault()
    session = Session(vault, InPlace())
    await session.keep(TOKEN)
    await session.forget_after_this_run()
    assert (session.token(), vault.secret) == (TOKEN, None)
    await session.forget()
    assert session.token() is None


async def test_the_token_is_never_shown() -> None:
    session = Session(MemoryVault(), InPlace())
    await session.keep(TOKEN)
    assert TOKEN not in repr(session) + str(session) + f"{session}"


def test_each_service_has_an_entry_of_its_own() -> None:
    assert service_name("https://a.example") != service_name("https://b.example")


def test_the_platform_without_a_store_says_none() -> None:
    assert KeyringVault(service_name("https://a.example"), "session").state() is VaultState.NONE
