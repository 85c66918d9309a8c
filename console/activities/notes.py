"""Notes: kept on this computer from the first letter, and dropped there when the service has them."""

from console.aside import Aside
from console.ports import Calls
from console.state.changes import Change, drafted, drafts_are_unsafe, in_turn, sent_note, showed
from console.state.desk_state import Draft
from console.store import Owner, Store
from services.contract.cases import NOTE, Note
from services.vocabulary import CaseId


async def keep_draft(store: Store, disk: Aside, owner: Owner, draft: Draft) -> Change:
    """Keep what was typed so far."""
    kept = await disk.attempt(lambda: store.save_draft(owner, draft))
    return drafted(draft) if kept.error is None else in_turn(drafted(draft), drafts_are_unsafe)


async def send_note(
    calls: Calls, turn: int, store: Store, disk: Aside, owner: Owner, case_id: CaseId, text: str
) -> Change:
    """Add a note to the case.

    Raises:
        GatewayError: It may not have arrived; the draft is kept.
    """
    card = await calls.call(NOTE, Note(text=text), case_id=case_id)
    return in_turn(showed(card, turn), await drop_draft(store, disk, owner, case_id, text))


async def drop_draft(store: Store, disk: Aside, owner: Owner, case_id: CaseId, text: str) -> Change:
    """The service has *text*: it is no draft any more."""
    await disk.attempt(lambda: store.drop_draft(owner, case_id, text))
    return sent_note(case_id, text)
