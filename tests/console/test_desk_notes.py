"""The desk: unsent notes, and the end of the program."""

import pytest

from console.errors import Unreachable
from console.state.desk_state import Tone
from console.store import MemoryStore
from services.contract.cases import (
    NOTE,
)
from tests.support.cards import CASE, case_card
from tests.support.desk import TOKEN, Scene

pytestmark = pytest.mark.anyio


async def test_an_unsent_note_is_there_after_the_program_ended() -> None:
    store = MemoryStore()
    first = await Scene(store=store).with_case()
    assert await first.desk.edit_note("mother's maiden")
    later = await Scene(store=store).signed_in()
    assert [draft.text for draft in later.state.unsent] == ["mother's maiden"]
    await later.desk.show_case(CASE)
    assert later.state.draft == "mother's maiden"
    await first.desk.close()
    await later.desk.close()


async def test_a_sent_note_is_no_draft_any_more(scene: Scene) -> None:
    await scene.with_case()
    scene.service.answers[NOTE] = case_card(version=2)
    await scene.desk.edit_note("called back")
    assert await scene.desk.add_note("called back")
    assert (scene.state.draft, scene.state.unsent) == ("", ())
    assert scene.state.message is not None
    assert scene.state.message.tone is Tone.DONE


async def test_a_note_that_did_not_arrive_stays(scene: Scene) -> None:
    await scene.with_case()
    scene.service.answers[NOTE] = Unreachable("x")
    await scene.desk.edit_note("called back")
    assert not await scene.desk.add_note("called back")
    assert scene.state.draft == "called back"
    assert [draft.text for draft in scene.state.unsent] == ["called back"]


async def test_whoever_is_faster_than_the_store_loses_no_word() -> None:
    store = MemoryStore()
    first = await Scene(store=store).with_case()
    assert await first.desk.edit_note("mother's maiden")
    hasty = await Scene(store=store, store_rest=60).signed_in()
    assert len(hasty.shown[-1].unsent) == 0
    await hasty.desk.show_case(CASE)
    assert hasty.state.draft == "mother's maiden"
    assert await hasty.desk.edit_note("mother's maiden name")
    assert [draft.text for draft in hasty.state.unsent] == ["mother's maiden name"]
    await first.desk.close()
    await hasty.desk.close()


async def test_a_note_typed_before_the_store_is_open_is_kept() -> None:
    store = MemoryStore()
    scene = await Scene(store=store, store_rest=60).with_case()
    assert await scene.desk.edit_note("called back")
    assert [draft.text for draft in scene.state.unsent] == ["called back"]
    await scene.desk.close()
    later = await Scene(store=store).signed_in()
    assert [draft.text for draft in later.state.unsent] == ["called back"]
    await later.desk.close()


async def test_without_a_disk_notes_live_in_memory_and_that_is_said() -> None:
    scene = await Scene().with_case()
    assert not scene.state.drafts_safe
    assert any(state.message and "cannot be kept" in state.message.text for state in scene.shown)
    assert not await scene.desk.edit_note("x")
    assert scene.state.draft == "x"
    await scene.desk.close()


async def test_closing_lets_go_of_everything_but_the_session(scene: Scene) -> None:
    await scene.with_case()
    await scene.desk.close()
    assert scene.service.closed
    assert scene.vault.secret == TOKEN
