"""Every member of every vocabulary has its sentence, and every sentence reads well with and without its blanks."""

import re
import tomllib
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from importlib.resources import files
from typing import Any

import pytest

from console.state.desk_state import Connection, Phase, Standing, TokenHome
from console.store import AlarmKind
from console.wording import ABOUT, EVENT_ABOUT, SENT_ABOUT, Wording, blanks, load, table_of
from services.contract.actions import StepCard
from services.contract.cases import ROUTES as CASE_ROUTES
from services.contract.cases import TimelineItem
from services.contract.problems import ProblemCode, Reason
from services.contract.route import Route
from services.domain.identifiers import Kind
from services.vocabulary import (
    ActionKind,
    ActionState,
    AuthenticatorKind,
    CaseState,
    Channel,
    CheckState,
    ContactKind,
    Event,
    EvidenceClass,
    MessageKind,
    Method,
    Objection,
    Permission,
    Risk,
    SignalAnswer,
    StepKind,
    StepState,
    Tier,
)
from tests.support.cards import NOW, action_card

UTC = NOW.tzinfo
LONGEST = 90
"""Characters of a sentence as written: two lines beside a button."""

VOCABULARIES: list[type[StrEnum]] = [
    *(ActionKind, ActionState, AuthenticatorKind, CaseState, Channel, CheckState, Connection, ContactKind, Event),
    *(EvidenceClass, MessageKind, Method, Objection, Permission, Phase, Risk, SignalAnswer, Standing, StepKind),
    *(StepState, Tier, TokenHome, AlarmKind),
]
HINTED: list[type[StrEnum]] = [ActionKind, ActionState, CaseState, CheckState, Connection, Method, Risk, Standing, Tier]
KNOWN_BLANKS = {
    "objection": {"about", "at", "ago", "until", "time"},
    "objection_hint": {"until"},
    "lookup": {"left"},
    "event": {*EVENT_ABOUT, "role", "after", "count", "edition", "actions", "sessions", "devices"},
    "problem": {"reference"},
    "step_done": {"result"},
    "action_state_hint": {"time"},
    "standing_hint": {"size", "ago"},
    "alarm_kind": {"held", "offered"},
}
"""What each table's sentences may ask for; the others ask for nothing."""


@pytest.fixture(scope="module")
def wording() -> Wording:
    return load(zone=UTC)


@pytest.fixture(scope="module")
def tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("resources") / "wording" / "en.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_every_member_has_its_words_and_no_words_are_left_over(
    vocabulary: type[StrEnum], tables: dict[str, dict[str, Any]]
) -> None:
    assert set(tables[table_of(vocabulary)]) == {str(member) for member in vocabulary}


def test_every_problem_has_its_sentence(tables: dict[str, dict[str, Any]]) -> None:
    assert set(tables["problem"]) == set(ProblemCode)
    assert set(tables["step_done"]) == set(StepKind)
    assert set(tables["looked_up_by"]) == set(Kind)
    assert set(tables["step_failed"]) <= set(StepKind)


@pytest.mark.parametrize("vocabulary", HINTED)
def test_every_member_that_needs_one_has_a_hint(vocabulary: type[StrEnum], wording: Wording) -> None:
    assert all(wording.hint(member, size=7).endswith(".") for member in vocabulary)


def test_what_needs_no_hint_has_none(wording: Wording) -> None:
    assert wording.hint(Channel.PHONE) == ""


def test_every_requirement_of_the_policy_has_its_words(tables: dict[str, dict[str, Any]]) -> None:
    policy = tomllib.loads((files("resources") / "policy" / "recovery.toml").read_text(encoding="utf-8"))
    assert set(tables["requirement"]) == set(policy["requirement"])


def test_blanks_are_known_and_sentences_are_short(tables: dict[str, dict[str, Any]]) -> None:
    for name, table in tables.items():
        for key, text in table.items():
            if name == "time":
                continue
            assert blanks(text) <= KNOWN_BLANKS.get(name, set()), f"{name}.{key}"
            assert len(text) <= LONGEST, f"{name}.{key} has {len(text)} characters"
            assert text.count("[") == text.count("]"), f"{name}.{key}"


def test_nobody_is_blamed_and_nothing_is_vague(tables: dict[str, dict[str, Any]]) -> None:
    vague = re.compile(r"\b(error|invalid|oops|sorry|please|unfortunately|went wrong|you failed)\b", re.IGNORECASE)
    said = [text for name, table in tables.items() if name != "time" for text in table.values()]
    assert [text for text in said if vague.search(text)] == []


@pytest.mark.parametrize("objection", Objection)
@pytest.mark.parametrize("about", [None, "phone"])
@pytest.mark.parametrize("days", [None, -2, 1])
def test_an_objection_reads_well_whatever_is_known(
    wording: Wording, objection: Objection, about: str | None, days: int | None
) -> None:
    at = None if days is None else (NOW + timedelta(days=days)).isoformat()
    said = wording.objection(Reason(code=objection, at=at, about=about), NOW)
    assert said[0].isupper()
    assert said.endswith(".")
    assert not re.search(r"[\[\]{}|]|  | [.,:]|_", said), said


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Reason(code=Objection.ATTEMPTS_USED_UP, at="2026-05-04T14:32:00Z"), "Locked until 14:32."),
        (Reason(code=Objection.ATTEMPTS_USED_UP, at="2026-05-05T09:10:00Z"), "Locked until tomorrow, 09:10."),
        (Reason(code=Objection.CHANGED_RECENTLY, at="2026-05-02T08:00:00Z"), "Changed 2 days ago: too fresh"),
        (Reason(code=Objection.CHANGED_RECENTLY, at="2026-05-02T08:00:00Z", about="phone"), "Phone number changed 2"),
        (Reason(code=Objection.SIM_SWAPPED, at="2026-05-03T10:00:00Z"), "The SIM was swapped yesterday: a code"),
        (Reason(code=Objection.MAY_NOT, about="act_on_privileged"), "allow you to act on privileged accounts."),
        (Reason(code=Objection.MAY_NOT), "Your role does not allow you to do this."),
        (Reason(code=Objection.CASE_NOT_OPEN, about="frozen"), "This case is frozen: nothing more"),
        (Reason(code=Objection.NEEDS_MORE_PROOF, about="two_proofs"), "it takes two independent proofs"),
        (Reason(code=Objection.WRONG_CODE, about="3"), "Wrong code. Tries left: 3."),
        (Reason(code=Objection.WRONG_CODE, at="rubbish"), "Wrong code."),
    ],
)
def test_objections_say_when_and_what(wording: Wording, reason: Reason, said: str) -> None:
    assert said in wording.objection(reason, NOW)


def test_several_objections_are_said_in_order(wording: Wording) -> None:
    reasons = (Reason(code=Objection.METHOD_OFF), Reason(code=Objection.NOT_VERIFIED))
    first, second = (wording.objection(reason, NOW) for reason in reasons)
    assert wording.objections(reasons, NOW) == f"{first} {second}"


@pytest.mark.parametrize("event", Event)
def test_an_event_reads_well_without_details(wording: Wording, event: Event) -> None:
    said = wording.event(TimelineItem(at=NOW, event=event, actor="Ana"))
    assert not re.search(r"[\[\]{}|]|[ :,]$", said), said


@pytest.mark.parametrize(
    ("event", "about", "said"),
    [
        (Event.CHECK_PASSED, (("method", "totp"),), "Check passed: code from authenticator app"),
        (Event.ACTION_DONE, (("action", "reset_link"), ("id", "act_1")), "Done: send reset link"),
        (Event.STEP_DONE, (("step", "notify"), ("state", "not_needed")), "Not needed: tell the owner"),
        (Event.LOOKUP_MATCHED, (("by", "email, phone"),), "Account found by e-mail address, phone number"),
        (
            Event.MESSAGE_SENT,
            (("kind", "notice_done"), ("channel", "phone")),
            "Message sent: what was done, by text message",
        ),
        (Event.CASE_OPENED, (("channel", "phone"),), "Case opened: phone call"),
        (Event.FIELD_REVEALED, (("field", "name"),), "Shown in clear: name"),
        (Event.FIELD_REVEALED, (("field", "email"),), "Shown in clear: e-mail address"),
        (Event.CHECK_FAILED, (("method", "brain_wave"),), "Wrong code: brain_wave"),
    ],
)
def test_events_say_what_it_was(wording: Wording, event: Event, about: tuple[tuple[str, str], ...], said: str) -> None:
    assert wording.event(TimelineItem(at=NOW, event=event, actor="Ana", about=about)) == said


@pytest.mark.parametrize("route", [route for route in CASE_ROUTES if route.changes], ids=lambda route: route.summary)
def test_what_was_refused_is_named(wording: Wording, tables: dict[str, dict[str, Any]], route: Route[Any, Any]) -> None:
    """A timeline that says "Refused" alone leaves everybody guessing."""
    named = f"{route.method.lower()}:{re.sub('[{}]', '', route.path)}"
    said = wording.event(TimelineItem(at=NOW, event=Event.REFUSED, actor="Ana", about=(("route", named),)))
    assert said == f"Refused: {tables['route'][named]}"


def test_what_to_do_now_is_said_where_there_is_something(wording: Wording) -> None:
    used_up = Reason(code=Objection.LOOKUPS_USED_UP)
    assert wording.advice((used_up, Reason(code=Objection.NOT_YOUR_CASE)), NOW) == (
        "Close this case. If the call goes on, open another."
    )
    hour = replace(used_up, at="2026-05-04T12:40:00Z")
    assert wording.advice((hour,), NOW) == "A colleague can go on until 12:40."


def test_actors_are_people_or_what_they_are(wording: Wording) -> None:
    assert [wording.actor(name) for name in ("Ana", "customer", "system", "service:billing")] == [
        "Ana",
        "The owner",
        "Rightful",
        "Another service",
    ]


@pytest.mark.parametrize(
    ("state", "result", "said"),
    [
        (StepState.WAITING, "", "Send reset link"),
        (StepState.DONE, "m···@example.com", "Reset link sent to m···@example.com"),
        (StepState.DONE, "", "Reset link sent"),
        (StepState.NOT_NEEDED, "", "Send reset link: not needed"),
        (StepState.FAILED, "", "Send reset link: failed"),
    ],
)
def test_steps_say_how_they_went(wording: Wording, state: StepState, result: str, said: str) -> None:
    assert wording.step(StepCard(kind=StepKind.SEND_RESET_LINK, state=state, result=result, done_at=None)) == said


def test_an_owner_who_was_not_told_is_no_mere_failure(wording: Wording) -> None:
    """What was done was done: what failed is that they know of it."""
    step = StepCard(kind=StepKind.NOTIFY, state=StepState.FAILED, result="2", done_at=None)
    assert wording.step(step) == "The owner was not told: no notice to them could be delivered"


def test_what_a_value_holds_is_never_taken_for_a_blank(wording: Wording) -> None:
    assert "{at}[x]" in wording.objection(Reason(code=Objection.UNKNOWN_ROLE, about="{at}[x]"), NOW)


def test_every_table_that_words_an_about_is_there(tables: dict[str, dict[str, Any]], wording: Wording) -> None:
    assert {*ABOUT.values(), *EVENT_ABOUT.values(), *SENT_ABOUT.values()} <= set(tables)
    assert wording.requirement(action_card().requirement) == "one proof"


def test_a_language_that_is_not_shipped_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        load("tlh")
