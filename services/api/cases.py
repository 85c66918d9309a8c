"""Cases over HTTP: every answer is the whole card, judged for whoever asked."""

from collections.abc import Mapping
from dataclasses import replace

from services.api.calls import Call, Mount, encoded
from services.api.cards import ANSWER_OBJECTIONS, case_card, case_line
from services.contract import cases as contract
from services.contract.actions import RunAction
from services.contract.checks import AnswerCheck, CheckAnswered, StartCheck
from services.domain.answering import Fit
from services.domain.case import Case, is_own
from services.domain.staff import Staff
from services.usecases import actions, cases, checks
from services.usecases.ports import page_of
from services.usecases.service import Service
from services.usecases.view import view

PAGE = 50
"""Cases in a page of a list."""


def mount(mount: Mount) -> None:
    """Mount the routes of cases."""
    mount.read(contract.LIST_CASES, _list)
    mount.read(contract.READ_CASE, _read, on_record=_is_somebody_elses)
    mount.change(contract.OPEN_CASE, _open, again=_seen_again)
    mount.change(contract.LOOK_UP, _look_up, again=_seen_again)
    mount.change(contract.REVEAL, _reveal, again=_seen_again)
    mount.change(contract.START_CHECK, _start_check, again=_seen_again)
    mount.change(contract.ANSWER_CHECK, _answer_check, _prepare_answer, again=_answered_again)
    mount.change(contract.CANCEL_CHECK, _cancel_check, again=_seen_again)
    mount.change(contract.RUN_ACTION, _run_action, again=_seen_again)
    mount.change(contract.NOTE, _note, again=_seen_again)
    mount.change(contract.CLOSE_CASE, _close, again=_seen_again)


def _card(call: Call, case: Case) -> contract.CaseCard:
    """The card of a case as this transaction leaves it."""
    fresh = call.work.cases.get(case.id)
    return _judged(call, cases.case_file(call.work, call.staff, fresh))


def _judged(call: Call, file: cases.CaseFile) -> contract.CaseCard:
    return case_card(call.service, view(call.service, call.staff, file))


def _seen_again(call: Call, first: contract.CaseCard) -> contract.CaseCard:
    """The first answer, for who may still read the case; what it showed in clear is shown as it may be shown now."""
    case = cases.read_case(call.service, call.work, call.staff, first.id)
    read_out = any(check.read_out for check in first.checks)
    in_clear = first.account is not None and bool(first.account.revealed)
    return _card(call, case) if read_out or in_clear else first


def _answered_again(call: Call, first: contract.Answered) -> contract.Answered:
    return replace(first, case=_seen_again(call, first.case))


def _open(call: Call, ask: contract.OpenCase) -> contract.CaseCard:
    return _card(call, cases.open_case(call.service, call.work, call.staff, ask.channel, ask.reference))


def _list(call: Call) -> contract.CaseList:
    found = call.work.cases.of_agent(call.staff.id, call.query.get("after"), PAGE + 1)
    page, more = page_of(found, PAGE)
    return contract.CaseList(cases=tuple(case_line(case) for case in page), after=page[-1].id if more else None)


def _is_somebody_elses(call: Call) -> bool:
    case = call.work.cases.find(call.path["case_id"])
    return case is not None and not is_own(case, call.staff)


def _read(call: Call) -> contract.CaseCard:
    return _card(call, cases.read_case(call.service, call.work, call.staff, call.path["case_id"]))


def _look_up(call: Call, ask: contract.LookUp) -> contract.CaseCard:
    """Two cards are made and encoded at every look-up, with some account and with none: no time tells which (A-17)."""
    case = cases.look_up(call.service, call.work, call.staff, call.path["case_id"], ask.query)
    some = call.work.accounts.neighbour(ask.query)
    file = cases.case_file(call.work, call.staff, cases.imagined(case, case.account_id or some))
    matched, unmatched = _judged(call, file), _judged(call, cases.without_account(file))
    given, other = (unmatched, matched) if case.account_id is None else (matched, unmatched)
    encoded(contract.CaseCard, other)
    return given


def _reveal(call: Call, ask: contract.Reveal) -> contract.CaseCard:
    case = cases.reveal(call.service, call.work, call.staff, call.path["case_id"], ask.field, ask.reason)
    return _card(call, case)


def _start_check(call: Call, ask: StartCheck) -> contract.CaseCard:
    check = checks.start(call.service, call.work, call.staff, call.path["case_id"], ask.option, ask.towards)
    return _card(call, call.work.cases.get(check.case_id))


def _prepare_answer(service: Service, staff: Staff, path: Mapping[str, str], ask: AnswerCheck) -> checks.Prepared:
    return checks.prepare(service, staff, path["case_id"], path["check_id"], ask.code)


def _answer_check(call: Call, ask: AnswerCheck) -> contract.Answered:
    case_id, check_id = call.path["case_id"], call.path["check_id"]
    answer = checks.answer(call.service, call.work, call.staff, case_id, check_id, ask.code, call.prepared)
    return contract.Answered(
        answer=CheckAnswered(
            passed=answer.fit is Fit.RIGHT,
            objection=ANSWER_OBJECTIONS.get(answer.fit),
            attempts_left=answer.attempts_left,
        ),
        case=_card(call, call.work.cases.get(case_id)),
    )


def _cancel_check(call: Call, _ask: None) -> contract.CaseCard:
    check = checks.cancel(call.service, call.work, call.staff, call.path["case_id"], call.path["check_id"])
    return _card(call, call.work.cases.get(check.case_id))


def _run_action(call: Call, ask: RunAction) -> contract.CaseCard:
    case_id = call.path["case_id"]
    actions.run(call.service, call.work, call.staff, case_id, ask.option, ask.version, ask.reason)
    return _card(call, call.work.cases.get(case_id))


def _note(call: Call, ask: contract.Note) -> contract.CaseCard:
    return _card(call, cases.note(call.service, call.work, call.staff, call.path["case_id"], ask.text))


def _close(call: Call, ask: contract.CloseCase) -> contract.CaseCard:
    case = cases.close(call.service, call.work, call.staff, call.path["case_id"], ask.version, ask.note)
    return _card(call, case)
