"""The caller page: intents out, snapshots in, all of it by keyboard, and nothing typed is ever lost."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.state.desk_state import Act, Intent, Message
from console.state.desk_state import Tone as Heard
from services.contract.problems import Reason
from services.vocabulary import LONGEST_TEXT, CaseState, Objection
from tests.ui.cards import (
    APP,
    MASKED_PHONE,
    PHONE,
    case,
    colleagues,
    desk,
    found,
    recovery,
    reverse_passed,
    reverse_pending,
    totp_pending,
)
from tests.ui.looking import name_of, settle, words_on
from tests.ui.stage import Stage
from ui.pages.caller.case_pane import LookUpCard
from ui.widgets.announcer import announcements

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from ui.pages.caller.actions_card import RunRow
    from ui.pages.caller.method_row import VerifyRow

REVERSE, TOTP = f"reverse_code:{PHONE}", f"totp:{APP}"


def method(stage: Stage, option: str) -> "VerifyRow":
    row = stage.caller.verify.rows.row(option)
    assert row is not None
    return row


def action(stage: Stage, option: str) -> "RunRow":
    row = stage.caller.deeds.rows.row(option)
    assert row is not None
    return row


def press(stage: Stage, key: Qt.Key) -> None:
    QTest.keyClick(stage.window.focusWidget(), key)
    settle()


def type_in(stage: Stage, text: str) -> None:
    QTest.keyClicks(stage.window.focusWidget(), text)


class TestByKeyboard:
    def test_the_main_job_in_few_keys(self, qtbot: "QtBot", stage: Stage) -> None:
        """Goal: at most 12 keys after sign-in, what the caller says not counted."""
        page, keys = stage.caller, []

        def hit(key: Qt.Key) -> None:
            keys.append(key)
            press(stage, key)

        hit(Qt.Key.Key_F2)
        type_in(stage, "T-1042")
        with qtbot.waitSignal(page.open_wanted) as opened:
            hit(Qt.Key.Key_Return)
        assert opened.args == ["phone", "T-1042"]
        stage.show(desk(case()))
        type_in(stage, "amara@example.com")
        with qtbot.waitSignal(page.look_up_wanted) as looked_up:
            hit(Qt.Key.Key_Return)
        assert looked_up.args == ["amara@example.com"]
        stage.show(desk(found()))
        with qtbot.waitSignal(page.start_wanted) as started:
            hit(Qt.Key.Key_Return)
        assert started.args == [REVERSE, "reset_link"]
        stage.show(desk(found(reverse_pending())))
        assert "4 1 8 2 2 7" in name_of(stage.window.focusWidget())
        stage.show(desk(found(reverse_passed(), proven=True)))
        hit(Qt.Key.Key_F8)
        with qtbot.waitSignal(page.run_wanted) as ran:
            hit(Qt.Key.Key_Return)
        assert ran.args == ["reset_link", ""]
        assert len(keys) <= 12

    def test_a_code_that_the_caller_reads_out(self, qtbot: "QtBot", stage: Stage) -> None:
        stage.show(desk(found(totp_pending())))
        stage.window.commands.run("check.code")
        type_in(stage, "123456")
        with qtbot.waitSignal(stage.caller.answer_given) as given:
            press(stage, Qt.Key.Key_Return)
        assert given.args == ["chk_totp", "123456"]

    @pytest.mark.parametrize(
        ("command", "why_not"),
        [
            ("case.look_up", "Open a case first."),
            ("case.note", "Open a case first."),
            ("check.next", "Find the caller's account first."),
            ("action.next", "Find the caller's account first."),
        ],
    )
    def test_a_key_that_can_do_nothing_says_why(self, qtbot: "QtBot", stage: Stage, command: str, why_not: str) -> None:
        with qtbot.waitSignal(stage.window.commands.refused) as refused:
            stage.window.commands.run(command)
        assert refused.args == [why_not]

    def test_f8_before_enough_is_proven_says_what_is_missing(self, qtbot: "QtBot", stage: Stage) -> None:
        stage.show(desk(found()))
        with qtbot.assertNotEmitted(stage.caller.run_wanted), qtbot.waitSignal(stage.window.commands.refused) as why:
            stage.window.commands.run("action.next")
        assert why.args is not None
        assert why.args[0].startswith("Not enough is proven yet")
        assert not action(stage, "reset_link").confirmation.isVisible()

    def test_working_towards_another_action_changes_what_the_keys_do(self, qtbot: "QtBot", stage: Stage) -> None:
        stage.show(desk(found(reverse_passed(), proven=True)))
        stage.caller.choose_wanted("authenticator_reset")
        settle()
        with qtbot.waitSignal(stage.caller.start_wanted) as started:
            stage.window.commands.run("check.next")
        assert started.args == [TOTP, "authenticator_reset"]
        assert stage.caller.verify.need.text().startswith("Reset authenticator takes two ")

    def test_words_typed_for_one_case_are_looked_up_in_no_other(self, stage: Stage) -> None:
        """The case did not open, and another one is shown: what stands behind its reference is not carried over."""
        type_in(stage, "T-2")
        press(stage, Qt.Key.Key_Return)
        type_in(stage, "amara")
        stage.show(desk(case()))
        assert stage.window.focusWidget() is stage.caller.case.look_up.query
        assert stage.caller.case.look_up.query.text() == ""


class TestWhatIsShown:
    def test_without_a_case_there_is_no_look_up(self, stage: Stage) -> None:
        """Invariant 2."""
        assert not [pane for pane in stage.caller.findChildren(LookUpCard) if pane.isVisible()]
        stage.show(desk(case()))
        assert stage.caller.case.look_up.isVisible()
        stage.show(desk())
        assert not stage.caller.case.look_up.isVisible()
        assert stage.caller.start.opening.isVisible()

    def test_a_case_without_a_reference_cannot_be_opened(self, qtbot: "QtBot", stage: Stage) -> None:
        with qtbot.assertNotEmitted(stage.caller.open_wanted):
            stage.caller.start.opening.go.button.click()
        assert "reference" in stage.caller.start.opening.go.reason.text()

    def test_no_match_says_so_in_words(self, stage: Stage) -> None:
        stage.show(desk(replace(case(), lookup="no_match", lookups_left=4)))
        assert stage.caller.case.look_up.result.words.text().startswith("No match")
        assert "4" in stage.caller.case.look_up.left.text()

    def test_a_frozen_case_rests_everything_and_says_why(self, stage: Stage) -> None:
        why = Reason(code=Objection.CASE_NOT_OPEN, about="frozen")
        stage.show(desk(replace(case(), state=CaseState.FROZEN, why_not=(why,), lookup_why_not=(why,))))
        pane = stage.caller.case
        assert "frozen" in pane.why_not.words.text()
        pane.look_up.query.setText("amara@example.com")
        assert pane.look_up.go.button.is_resting()
        assert stage.caller.notes.close_case.is_resting()

    def test_what_stops_everything_is_said_once(self, stage: Stage) -> None:
        stage.show(desk(colleagues()))
        sentence = "This is a colleague's case."
        assert stage.caller.deeds.why_not.words.text() == sentence
        for option in ("reset_link", "freeze"):
            row = action(stage, option)
            assert row.button.why_not == sentence
            assert sentence not in row.line.text()
        assert method(stage, TOTP).start.why_not == sentence
        assert sentence not in method(stage, TOTP).line.text()

    def test_progress_of_a_recovery_is_shown_step_by_step(self, qtbot: "QtBot", stage: Stage) -> None:
        stage.show(desk(found(proven=True)))
        assert not stage.caller.recoveries.isVisible()
        stage.show(desk(found(proven=True, recoveries=(recovery(),))))
        assert stage.caller.recoveries.isVisible()
        assert "With the owner" in words_on(stage.caller.recoveries)
        assert "Tell the owner" in words_on(stage.caller.recoveries)

    def test_a_result_that_arrives_is_announced(self, qtbot: "QtBot", stage: Stage) -> None:
        """WCAG 2.2 4.1.3 (X-13)."""
        stage.show(desk(found(reverse_pending())))
        heard: list[str] = []
        announcements.made.connect(heard.append)
        stage.show(desk(found(reverse_passed(), proven=True)))
        assert f"Number read to the caller, link by text message, {MASKED_PHONE}: Passed" in heard

    def test_names_that_look_like_markup_are_only_names(self, stage: Stage) -> None:
        card = found()
        assert card.account is not None
        stage.show(desk(replace(card, account=replace(card.account, name="<h1>Bobby</h1>", revealed=("name",)))))
        assert stage.caller.owner.name.text() == "<h1>Bobby</h1>"
        assert stage.caller.owner.name.textFormat() == Qt.TextFormat.PlainText


class TestWhileItChanges:
    def test_rows_stay_themselves(self, stage: Stage) -> None:
        stage.show(desk(found()))
        before = method(stage, TOTP)
        stage.show(desk(found(totp_pending())))
        assert method(stage, TOTP) is before

    def test_half_a_code_survives_a_new_snapshot(self, stage: Stage) -> None:
        stage.show(desk(found(totp_pending())))
        row = method(stage, TOTP)
        row.code.setFocus()
        type_in(stage, "123")
        stage.show(desk(found(reverse_pending(), totp_pending())))
        assert row.code.text() == "123"
        assert row.code.hasFocus()

    def test_after_starting_the_focus_goes_to_the_code(self, stage: Stage) -> None:
        stage.show(desk(found()))
        method(stage, TOTP).start.setFocus()
        stage.show(desk(found(totp_pending())))
        assert method(stage, TOTP).code.hasFocus()

    def test_after_passing_the_focus_stays_in_the_panel(self, stage: Stage) -> None:
        stage.show(desk(found(totp_pending())))
        method(stage, TOTP).code.setFocus()
        passed = replace(
            totp_pending(), state=reverse_passed().state, counts=True, lapses_at=reverse_passed().lapses_at
        )
        stage.show(desk(found(passed)))
        focused = stage.window.focusWidget()
        assert stage.caller.verify.isAncestorOf(focused)
        assert focused.isVisible()

    def test_a_wrong_code_is_gone_and_said_beside_the_field(self, stage: Stage) -> None:
        row_id = totp_pending().id
        card = found(totp_pending())
        stage.show(desk(card))
        row = method(stage, TOTP)
        row.code.setText("000000")
        intent = Intent(Act.ANSWER_CHECK, row_id)
        stage.show(desk(card, busy=frozenset({intent})))
        assert row.check.is_resting()
        reasons = (Reason(code=Objection.WRONG_CODE, about="3"),)
        wrong = Message(tone=Heard.REFUSED, text="Wrong code. Tries left: 3.", intent=intent, reasons=reasons)
        stage.show(desk(card, message=wrong))
        assert row.code.text() == ""
        assert row.problem.text() == "Wrong code. Tries left: 3."
        assert method(stage, REVERSE).problem.text() == ""

    def test_while_a_check_is_being_started_it_cannot_be_started_again(self, qtbot: "QtBot", stage: Stage) -> None:
        stage.show(desk(found(), busy=frozenset({Intent(Act.START_CHECK, REVERSE)})))
        with qtbot.assertNotEmitted(stage.caller.start_wanted):
            stage.window.commands.run("check.next")
            method(stage, REVERSE).start_next.click()

    def test_another_case_begins_with_its_own_choice(self, stage: Stage) -> None:
        stage.show(desk(found()))
        stage.caller.choose_wanted("unlock")
        stage.show(desk(found(id="case_2")))
        assert stage.caller.verify.towards.currentData() == "reset_link"


class TestConfirming:
    """WCAG 2.2 3.3.4 (X-10): one more look before it is done."""

    def test_it_says_what_will_happen_and_takes_a_reason(self, qtbot: "QtBot", stage: Stage) -> None:
        stage.show(desk(found(proven=True)))
        row = action(stage, "freeze")
        with qtbot.assertNotEmitted(stage.caller.run_wanted):
            row.button.click()
        assert row.confirmation.isVisible()
        assert "until a review" in row.confirmation.consequence.text()
        row.confirmation.reason.setText(" caller sounds scripted ")
        with qtbot.waitSignal(stage.caller.run_wanted) as ran:
            row.confirmation.yes.click()
        assert ran.args == ["freeze", "caller sounds scripted"]
        assert not row.confirmation.isVisible()

    def test_no_leaves_everything_as_it_is(self, qtbot: "QtBot", stage: Stage) -> None:
        stage.show(desk(found(proven=True)))
        row = action(stage, "freeze")
        row.button.click()
        with qtbot.assertNotEmitted(stage.caller.run_wanted):
            row.confirmation.no.click()
        assert not row.confirmation.isVisible()
        assert row.button.hasFocus()

    def test_a_question_closes_when_it_cannot_be_asked_any_more(self, stage: Stage) -> None:
        stage.show(desk(found(proven=True)))
        action(stage, "reset_link").button.click()
        stage.show(desk(found()))
        assert not action(stage, "reset_link").confirmation.isVisible()


class TestNotes:
    def test_what_is_typed_is_said_for_it_to_be_kept(self, qtbot: "QtBot", stage: Stage) -> None:
        stage.show(desk(case()))
        stage.window.commands.run("case.note")
        with qtbot.waitSignal(stage.caller.note_typed) as typed:
            type_in(stage, "T")
        assert typed.args == ["T"]

    def test_an_older_snapshot_never_takes_away_what_was_typed_since(self, stage: Stage) -> None:
        stage.show(desk(case()))
        notes = stage.caller.notes
        notes.text.setPlainText("Caller travelled to Porto")
        stage.show(desk(case(), draft="Caller"))
        stage.show(desk(case(), draft=""))
        assert notes.text.toPlainText() == "Caller travelled to Porto"

    def test_an_unsent_note_is_there_when_its_case_is_opened_again(self, stage: Stage) -> None:
        stage.show(desk(found(id="case_2"), draft="about the other"))
        stage.show(desk(case(), draft="Caller travelled"))
        assert stage.caller.notes.text.toPlainText() == "Caller travelled"

    @pytest.mark.parametrize("failed", [False, True])
    def test_it_is_gone_when_it_arrived_and_stays_when_it_did_not(
        self, qtbot: "QtBot", stage: Stage, failed: bool
    ) -> None:
        stage.show(desk(case()))
        notes, intent = stage.caller.notes, Intent(Act.NOTE)
        notes.text.setPlainText("Bought a new phone")
        with qtbot.waitSignal(stage.caller.note_wanted) as wanted:
            QTest.keyClick(notes.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert wanted.args == ["Bought a new phone"]
        stage.show(desk(case(), busy=frozenset({intent})))
        message = Message(tone=Heard.TROUBLE if failed else Heard.DONE, text="…", intent=intent)
        stage.show(desk(case(), message=message))
        assert notes.text.toPlainText() == ("Bought a new phone" if failed else "")

    def test_what_is_drawn_before_it_is_under_way_does_not_keep_it_here(self, stage: Stage) -> None:
        """A tick of the clock, or news of the case: a note that looks unsent would be sent twice."""
        stage.show(desk(case()))
        notes, intent = stage.caller.notes, Intent(Act.NOTE)
        notes.text.setPlainText("Bought a new phone")
        notes.add.click()
        stage.show(desk(case()))
        stage.show(desk(case(), busy=frozenset({intent})))
        stage.show(desk(case(), message=Message(tone=Heard.DONE, text="…", intent=intent)))
        assert notes.text.toPlainText() == ""

    def test_what_was_typed_on_meanwhile_stays(self, stage: Stage) -> None:
        stage.show(desk(case()))
        notes, intent = stage.caller.notes, Intent(Act.NOTE)
        notes.text.setPlainText("first")
        notes.add.click()
        stage.show(desk(case(), busy=frozenset({intent})))
        notes.text.setPlainText("first, and more")
        stage.show(desk(case(), message=Message(tone=Heard.DONE, text="…", intent=intent)))
        assert notes.text.toPlainText() == "first, and more"

    def test_it_says_when_it_is_not_kept(self, stage: Stage) -> None:
        stage.show(desk(case(), drafts_safe=False))
        assert "lost" in stage.caller.notes.kept.text()

    def test_one_that_is_too_long_says_by_how_much(self, stage: Stage) -> None:
        stage.show(desk(case()))
        stage.caller.notes.text.setPlainText("x" * (LONGEST_TEXT + 10))
        assert stage.caller.notes.add.why_not == "Too long by 10 characters."


def test_a_message_stands_above_the_page_until_it_is_closed(qtbot: "QtBot", stage: Stage) -> None:
    stage.show(desk(case(), message=Message(tone=Heard.TROUBLE, text="The service cannot be reached.")))
    assert stage.caller.message.isVisible()
    close = next(button for button in stage.caller.message.children() if getattr(button, "acted", None))
    with qtbot.waitSignal(stage.caller.dismiss_wanted):
        close.click()  # type: ignore[attr-defined]  # it is a button
    stage.show(desk(case()))
    assert not stage.caller.message.isVisible()


def test_my_cases_can_be_gone_on_with(qtbot: "QtBot", stage: Stage) -> None:
    row = stage.caller.start.rows.row("case_1")
    assert row is not None
    with qtbot.waitSignal(stage.caller.show_wanted) as wanted:
        row.open.click()
    assert wanted.args == ["case_1"]
