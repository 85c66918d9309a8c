"""What the caller page says, as pure functions of a card: nothing is decided here, and nothing is left out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.contract.problems import Reason
from services.vocabulary import (
    ActionKind,
    ActionState,
    CheckState,
    EvidenceClass,
    Method,
    Objection,
    Risk,
    SignalAnswer,
    StepState,
    Tier,
)
from tests.ui.cards import (
    APP,
    EMAIL,
    MASKED_EMAIL,
    MASKED_PHONE,
    NOW,
    PHONE,
    account,
    check,
    closed,
    found,
    method,
    methods,
    recovery,
    reverse_passed,
    reverse_pending,
    totp_pending,
)
from tests.ui.stage import WORDS
from ui.pages.caller.acting import action_views, recovery_views, wanted_action
from ui.pages.caller.owner import owner_view
from ui.pages.caller.proof import MethodView, method_views, next_step, proof_view, suggested_option, waiting_for_code
from ui.widgets.tone import Tone

REVERSE, TOTP = f"reverse_code:{PHONE}", f"totp:{APP}"


def rows(card: object = None, suggested: str = "") -> dict[str, MethodView]:
    shown = found() if card is None else card
    return {view.key: view for view in method_views(shown, suggested, WORDS, NOW)}  # type: ignore[arg-type]  # a card


class TestMethods:
    def test_every_method_has_a_row_in_the_services_order(self) -> None:
        assert tuple(rows()) == tuple(method.option for method in methods())

    def test_a_method_that_can_be_started_says_what_happens_and_how_long_it_takes(self) -> None:
        row = rows()[TOTP]
        assert row.start == TOTP
        assert not row.why_not
        assert row.line == "Phone app · The caller reads the code that their app shows now. About 20 seconds."

    def test_a_method_that_cannot_says_why(self) -> None:
        row = rows()[f"email_code:{EMAIL}"]
        assert row.why_not == "E-mail address changed 2 days ago: too fresh to prove anything."
        assert row.why_not in row.line
        assert row.state == "Cannot be used"

    def test_the_suggested_one_is_marked_and_only_it(self) -> None:
        assert [key for key, row in rows(suggested=TOTP).items() if row.suggested] == [TOTP]

    def test_one_that_cannot_be_started_is_never_suggested(self) -> None:
        assert not rows(suggested="passkey")[TOTP].suggested

    def test_a_reverse_code_shows_the_number_to_read_out_and_asks_for_none(self) -> None:
        row = rows(found(reverse_pending()))[REVERSE]
        assert (row.read_out, row.code, row.start) == ("418227", None, "")
        assert "Read this number out" in row.line
        assert "until 14:38" in row.line
        assert "not the number" not in row.line
        waiting = rows(found(reverse_pending(opened=False)))[REVERSE]
        assert "Ask the caller to open it" in waiting.line

    def test_a_wrong_number_is_said_to_be_wrong(self) -> None:
        """Fewer tries alone say too little."""
        row = rows(found(replace(reverse_pending(), wrong_answers=1, attempts_left=4)))[REVERSE]
        assert "That was not the number. Read it out again" in row.line
        assert "Tries left: 4." in row.line
        assert row.news in row.line

    def test_a_code_that_is_read_back_asks_for_it_and_says_how_many_tries_are_left(self) -> None:
        row = rows(found(totp_pending()))[TOTP]
        assert (row.read_out, row.code) == ("", totp_pending().code)
        assert "Tries left: 4." in row.line

    def test_two_ways_of_a_link_are_told_apart(self) -> None:
        by_mail = method(Method.REVERSE_CODE, EMAIL, MASKED_EMAIL)
        card = replace(found(), methods=(*methods(), by_mail))
        titles = [row.title for row in rows(card).values() if row.title.startswith("Number")]
        assert titles == [
            "Number read to the caller, link by text message",
            "Number read to the caller, link by e-mail",
        ]

    def test_two_addresses_that_look_alike_share_no_check(self) -> None:
        """Two mailboxes with one mask, and two apps, which have none: what one got proves nothing of another."""
        for kind, masked in ((Method.REVERSE_CODE, MASKED_EMAIL), (Method.TOTP, "")):
            offered = (method(kind, "one", masked), method(kind, "two", masked))
            passed = replace(reverse_passed(), method=kind, target="one", masked=masked)
            one, two = rows(replace(found(passed), methods=offered)).values()
            assert (one.state, one.start) == ("Passed", "")
            assert (two.state, two.start) == ("Not started", f"{kind}:two")
            gone = rows(replace(found(passed), methods=offered[1:]))
            assert [row.state for row in gone.values()] == ["Not started", "Passed"]

    def test_a_check_that_counts_says_until_when(self) -> None:
        row = rows(found(reverse_passed()))[REVERSE]
        assert (row.state, row.tone, row.start) == ("Passed", Tone.OK, "")
        assert row.line == f"{MASKED_PHONE} · Passed. Counts until 14:59."

    def test_a_check_that_lapsed_counts_no_more(self) -> None:
        lapsed = replace(reverse_passed(), counts=False)
        card = replace(found(lapsed), methods=())
        (row,) = rows(card).values()
        assert "counts no more" in row.line
        assert row.tone is Tone.NEUTRAL

    @pytest.mark.parametrize("state", [s for s in CheckState if s not in {CheckState.PENDING, CheckState.PASSED}])
    def test_a_check_that_failed_says_so_and_can_be_started_again(self, state: CheckState) -> None:
        over = check(Method.TOTP, state, EvidenceClass.BOUND_AUTHENTICATOR, "Phone app")
        row = rows(found(over))[TOTP]
        assert row.state == WORDS.word(state)
        assert WORDS.word(state) in row.line
        assert row.start == TOTP

    def test_the_check_that_counts_is_shown_before_a_newer_one_that_failed(self) -> None:
        failed = check(Method.REVERSE_CODE, CheckState.FAILED, EvidenceClass.ISSUED_CODE, MASKED_PHONE, started_at=NOW)
        assert rows(found(reverse_passed(), failed))[REVERSE].state == "Passed"

    def test_a_check_of_a_method_that_is_not_offered_any_more_still_has_its_row(self) -> None:
        card = replace(found(totp_pending()), methods=())
        (row,) = rows(card).values()
        assert row.code == totp_pending().code

    def test_the_newest_code_that_is_waited_for(self) -> None:
        older = replace(totp_pending(), started_at=NOW - timedelta(minutes=9))
        newer = check(Method.SMS_CODE, CheckState.PENDING, EvidenceClass.ISSUED_CODE, MASKED_PHONE, started_at=NOW)
        assert waiting_for_code(found(reverse_pending(), older, newer)) == newer
        assert waiting_for_code(found(reverse_pending())) is None


class TestProof:
    def test_what_is_missing_and_the_cheapest_way_there(self) -> None:
        card = found()
        proof = proof_view(card, card.actions[0], WORDS, NOW)
        assert not proof.met
        assert [(point.what, point.state) for point in proof.points] == [("A code sent to them", "still missing")]
        assert proof.title == "Send reset link takes one proof."
        assert proof.next_step == f"Next: number read to the caller ({MASKED_PHONE}), about 40 seconds."

    def test_what_is_proven_says_by_what_and_until_when(self) -> None:
        card = found(reverse_passed(), proven=True)
        proof = proof_view(card, card.actions[0], WORDS, NOW)
        assert proof.met
        assert [(point.what, point.state, point.detail) for point in proof.points] == [
            ("A code sent to them", "proven", "Number read to the caller. Counts until 14:59.")
        ]
        assert proof.next_step == ""

    def test_proof_that_was_read_aloud_says_so(self) -> None:
        """AC-5: it is the weaker kind."""
        card = found(replace(reverse_passed(), method=Method.SMS_CODE, exposed=True), proven=True)
        (point,) = proof_view(card, card.actions[0], WORDS, NOW).points
        assert point.detail == "Code by text message, read aloud. Counts until 14:59."

    def test_two_steps_are_named_in_their_order(self) -> None:
        card = found()
        assert next_step(card, card.actions[1], WORDS, where=False) == (
            "Next: number read to the caller, then code from authenticator app, about 1 minute."
        )

    def test_the_suggestion_is_the_one_for_the_wanted_action(self) -> None:
        card = found(reverse_passed(), proven=True)
        assert suggested_option(card, card.actions[1]) == TOTP
        assert suggested_option(card, card.actions[0]) == REVERSE, "the service's own, when nothing more is needed"


class TestActions:
    def test_every_action_is_there_in_the_services_order(self) -> None:
        card = found()
        assert [view.option for view in action_views(card, WORDS, NOW)] == [action.option for action in card.actions]

    def test_one_that_cannot_run_says_why_and_what_would_help(self) -> None:
        view = action_views(found(), WORDS, NOW)[0]
        assert view.why_not == (
            "Not enough is proven yet: it takes one proof. Next: number read to the caller, about 40 seconds."
        )

    def test_one_that_can_says_what_it_will_do_and_to_whom(self) -> None:
        view = action_views(found(proven=True), WORDS, NOW)[0]
        assert view.why_not == ""
        assert view.line == f"For {MASKED_PHONE}"
        assert MASKED_PHONE in view.consequence

    def test_a_delay_is_said_before_it_begins(self) -> None:
        card = found()
        ready = replace(card.actions[1], why_not=())
        view = action_views(replace(card, actions=(ready,)), WORDS, NOW)[0]
        assert "after 15 minutes" in view.line
        assert "the owner can stop it until then" in view.consequence

    def test_every_kind_can_be_shown(self) -> None:
        card = found()
        for kind in ActionKind:
            (view,) = action_views(replace(card, actions=(replace(card.actions[0], kind=kind),)), WORDS, NOW)
            assert view.icon
            assert view.verb

    def test_freezing_is_drawn_as_dangerous(self) -> None:
        assert [view.option for view in action_views(found(), WORDS, NOW) if view.dangerous] == ["freeze"]

    def test_the_wanted_action_falls_back_to_the_first(self) -> None:
        card = found()
        assert wanted_action(card, "unlock") == card.actions[2]
        assert wanted_action(card, "gone") == card.actions[0]
        assert wanted_action(replace(card, actions=()), "unlock") is None

    @pytest.mark.parametrize("state", ActionState)
    def test_every_state_of_a_recovery_has_words_and_an_icon(self, state: ActionState) -> None:
        card = replace(recovery(), state=state, due_at=NOW + timedelta(minutes=5))
        (view,) = recovery_views(found(recoveries=(card,)), WORDS, NOW)
        assert view.state == WORDS.word(state)
        assert view.icon
        assert view.line

    def test_steps_say_how_they_went(self) -> None:
        steps = [replace(recovery().steps[0], state=state, done_at=None) for state in StepState]
        (view,) = recovery_views(found(recoveries=(replace(recovery(), steps=tuple(steps)),)), WORDS, NOW)
        assert [point.state for point in view.steps] == [WORDS.word(state) for state in StepState]
        assert len({point.icon for point in view.steps}) == len(StepState)


class TestOwner:
    def test_everything_is_masked_until_it_was_shown(self) -> None:
        """Invariant 2."""
        view = owner_view(found(), account(), WORDS, NOW)
        assert view.name_masked
        assert [value.masked for value in view.values] == [True, True]
        shown = replace(account(), revealed=("name",), name="Amara Okafor")
        assert not owner_view(found(), shown, WORDS, NOW).name_masked

    def test_of_an_account_whose_case_ended_nothing_is_said_as_if_it_were_so_now(self) -> None:
        """Invariant 2: no count, no risk, no sign-in; and nothing to ask for."""
        ended = closed()
        assert ended.account is not None
        view = owner_view(ended, ended.account, WORDS, NOW)
        assert (view.name, view.line) == (account().name, account().customer_number)
        assert [fact.caption for fact in view.facts] == ["Account opened"]
        assert (view.name_masked, view.values, view.badges, view.warning) == (False, (), (), "")

    def test_what_speaks_against_a_contact_is_said(self) -> None:
        phone, email = account().contacts
        swapped = replace(phone, sim_swap=SignalAnswer.YES)
        unsure = replace(phone, sim_swap=SignalAnswer.UNKNOWN)
        unverified = replace(email, verified_at=None, fresh=False)
        said = [
            [
                badge.words
                for badge in owner_view(found(), replace(account(), contacts=(contact,)), WORDS, NOW).values[0].badges
            ]
            for contact in (phone, swapped, unsure, email, unverified)
        ]
        assert said == [[], ["SIM swapped lately"], ["SIM history unknown"], ["Changed 2 days ago"], ["Never verified"]]

    def test_raised_risk_says_why_more_is_asked_for(self) -> None:
        risk = Reason(code=Objection.SIM_SWAPPED, at=(NOW - timedelta(days=1)).isoformat())
        card = found(risk=Risk.ELEVATED, risk_reasons=(risk,))
        view = owner_view(card, account(), WORDS, NOW)
        assert view.warning == (
            "The SIM was swapped yesterday: a code could reach a thief. More proof is asked for than usual."
        )
        assert "Raised risk" in [badge.words for badge in view.badges]
        assert owner_view(found(), account(), WORDS, NOW).warning == ""

    def test_frozen_and_privileged_accounts_are_marked(self) -> None:
        marked = replace(account(), frozen=True, locked=False, tier=Tier.PRIVILEGED)
        assert [badge.words for badge in owner_view(found(), marked, WORDS, NOW).badges] == [
            "Account frozen",
            "Privileged",
        ]

    def test_an_account_with_nothing_says_so(self) -> None:
        bare = replace(account(), authenticators=(), last_sign_in_at=None)
        facts = {fact.caption: fact.value for fact in owner_view(found(), bare, WORDS, NOW).facts}
        assert (facts["Authenticators"], facts["Last sign-in"]) == ("none", "never")
