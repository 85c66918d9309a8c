"""Giving the account back. Raises `GatewayError`; whether it runs, needs more or cools off, the service says."""

from console.ports import Calls
from console.state.changes import Change, showed
from services.contract.actions import RunAction
from services.contract.cases import RUN_ACTION, CaseCard


async def run_action(calls: Calls, turn: int, case: CaseCard, option: str, reason: str) -> Change:
    """Run an action as it was offered on the card that the agent saw: an older card is stale (C-TA-06)."""
    ask = RunAction(option=option, version=case.version, reason=reason)
    return showed(await calls.call(RUN_ACTION, ask, case_id=case.id), turn)
