"""Proving who the caller is. Each raises `GatewayError` and then changed nothing that is known."""

from console.ports import Calls
from console.state.changes import Change, answered, in_turn, showed
from console.state.desk_state import AnswerGiven
from services.contract.cases import ANSWER_CHECK, CANCEL_CHECK, START_CHECK
from services.contract.checks import AnswerCheck, StartCheck
from services.vocabulary import CaseId, CheckId


async def start_check(calls: Calls, turn: int, case_id: CaseId, ask: StartCheck) -> Change:
    """Start a method that the case offers."""
    return showed(await calls.call(START_CHECK, ask, case_id=case_id), turn)


async def answer_check(
    calls: Calls, turn: int, case_id: CaseId, check_id: CheckId, code: str
) -> tuple[Change, AnswerGiven]:
    """Give what the caller read out; right or wrong, it is an answer."""
    heard = await calls.call(ANSWER_CHECK, AnswerCheck(code=code), case_id=case_id, check_id=check_id)
    given = AnswerGiven(check_id=check_id, answer=heard.answer)
    return in_turn(showed(heard.case, turn), answered(given)), given


async def cancel_check(calls: Calls, turn: int, case_id: CaseId, check_id: CheckId) -> Change:
    """Call a check off."""
    return showed(await calls.call(CANCEL_CHECK, None, case_id=case_id, check_id=check_id), turn)
