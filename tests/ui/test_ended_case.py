"""The caller page after the case: its record is left, and nothing of the account as it is now."""

from tests.ui.cards import APP, PHONE, closed, desk, found
from tests.ui.stage import Stage
from ui.widgets.card import Rule


def test_of_a_case_that_ended_the_record_is_left(stage: Stage) -> None:
    stage.show(desk(found()))
    stage.show(desk(closed()))
    verify, owner = stage.caller.verify, stage.caller.owner
    assert verify.need.text().startswith("What was checked in this case.")
    assert (verify.towards.isVisible(), verify.verdict.isVisible()) == (False, False)
    assert (verify.points.isVisible(), verify.next_step.isVisible()) == (False, False)
    row = verify.rows.row(closed().checks[0].id)
    assert row is not None
    assert "It was proof in this case." in row.line.text()
    assert verify.rows.row(f"reverse_code:{PHONE}") is verify.rows.row(f"totp:{APP}") is None
    assert stage.caller.recoveries.isVisible()
    assert (owner.show_name.isVisible(), owner.line.text()) == (False, "RC-0418 227")
    assert [rule.isVisible() for rule in owner.findChildren(Rule)] == [False, True]


def test_what_cannot_be_done_any_more_is_answered_with_why(stage: Stage) -> None:
    """A dead key says why, too."""
    stage.show(desk(closed()))
    assert stage.caller.deeds.begin("") == "This case is resolved: nothing more can be done in it."
