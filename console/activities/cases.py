"""Working on a case: open, find the account, show a field, close. Each raises `GatewayError` and then changed nothing.

*turn* numbers the questions in the order in which they are asked, for `console.state.changes.showed`.
"""

from console.ports import Calls
from console.state.changes import Change, left_case, listed, opened, showed
from services.contract.cases import (
    CLOSE_CASE,
    LIST_CASES,
    LOOK_UP,
    OPEN_CASE,
    READ_CASE,
    REVEAL,
    CaseCard,
    CloseCase,
    LookUp,
    OpenCase,
    Reveal,
)
from services.vocabulary import CaseId


async def list_cases(calls: Calls, after: str | None) -> Change:
    """My cases, newest first; *after* goes on from there."""
    return listed(await calls.call(LIST_CASES, None, {"after": after} if after else None), after)


async def open_case(calls: Calls, turn: int, ask: OpenCase) -> Change:
    """Open a case, and show it."""
    return opened(await calls.call(OPEN_CASE, ask), turn)


async def show_case(calls: Calls, turn: int, case_id: CaseId) -> Change:
    """Show a case in place of whatever is shown."""
    return opened(await calls.call(READ_CASE, None, case_id=case_id), turn)


async def read_case(calls: Calls, turn: int, case_id: CaseId) -> Change:
    """The shown case as it is now."""
    return showed(await calls.call(READ_CASE, None, case_id=case_id), turn)


async def look_up(calls: Calls, turn: int, case_id: CaseId, query: str) -> Change:
    """Find the account of the case."""
    return showed(await calls.call(LOOK_UP, LookUp(query=query), case_id=case_id), turn)


async def reveal(calls: Calls, turn: int, case_id: CaseId, ask: Reveal) -> Change:
    """Show one field in clear."""
    return showed(await calls.call(REVEAL, ask, case_id=case_id), turn)


async def close_case(calls: Calls, case: CaseCard, note: str) -> Change:
    """End the case, and leave it."""
    await calls.call(CLOSE_CASE, CloseCase(version=case.version, note=note), case_id=case.id)
    return left_case
