"""The pages' sentences: all there, all used, none with a blank that nothing fills."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from services.api.pages.views import Ending, NumberSlip, StopStage
from services.api.pages.wording import Sentences, filled, isolated, telephone, whole
from services.vocabulary import ActionKind, Objection
from services.wording import RECOVERY, FreezeReason, WordingError, read, words
from tests.api.pages.cards import DESK, EVERY, PAGES

SENTENCES = Sentences(DESK)
_BLANK = re.compile(r"\{[a-z]+\}")


def test_every_state_has_its_sentences() -> None:
    keys = SENTENCES.keys
    assert {f"objection.{o}" for o in Objection if o.startswith("password_")} <= keys
    assert {f"slip.{slip}" for slip in NumberSlip} <= keys
    assert {f"stop.{part}{stage}" for stage in StopStage for part in ("", "when_", "stops_")} <= keys
    for ending in Ending:
        assert SENTENCES.say(f"end.{ending}.title")
        assert f"sign.{SENTENCES.say(f'end.{ending}.tone')}" in keys
        assert SENTENCES.lines(f"end.{ending}.lines", reference="F-7", at="now")


def test_every_sentence_is_on_some_page() -> None:
    shown = "".join(PAGES.render(page) for page in EVERY)
    said = read("en", "pages")
    flat = {key: key for key in SENTENCES.keys if not key.endswith(".tone")}
    for key in flat:
        value: object = said
        for step in key.split("."):
            value = value[int(step)] if isinstance(value, list) else value[step]  # type: ignore[index]  # a table or a list, as TOML has it
        for piece in _BLANK.split(str(value)):
            assert str(escape(piece)) in shown, key


def test_a_sentence_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(WordingError, match=r"reverse\.nonsense"):
        SENTENCES.say("reverse.nonsense")


def test_a_blank_that_nothing_fills_is_an_error() -> None:
    with pytest.raises(WordingError, match="agent"):
        SENTENCES.say("reverse.label")


def test_markup_is_taken_as_it_is_and_everything_else_is_escaped() -> None:
    said = SENTENCES.say("codes.issued", at=Markup("<time>now</time>"))
    assert said == "Made on <time>now</time>"
    assert SENTENCES.say("codes.issued", at="<b>") == "Made on <bdi>&lt;b&gt;</bdi>"


def test_a_sentence_is_text_and_not_markup() -> None:
    assert filled("Terms & <conditions> for {who}", {"who": "a&b"}) == (
        "Terms &amp; &lt;conditions&gt; for <bdi>a&amp;b</bdi>"
    )


@given(st.text(max_size=60))
def test_a_value_is_always_one_escaped_line_of_its_own(value: str) -> None:
    for made in (isolated(value), whole(value)):
        inner = made.split(">", 1)[1].removesuffix("</bdi>")
        assert not set(inner) & set("<>\"'\r\n")


@pytest.mark.parametrize(
    ("number", "href"),
    [("+44 20 7946 0018", "tel:+442079460018"), ("0800 (123) 45-67", "tel:08001234567"), ("+49 ٣ 1", "tel:+491")],
)
def test_a_telephone_number_is_dialled_without_its_spaces(number: str, href: str) -> None:
    assert f'href="{href}"' in telephone(number)


def test_every_deed_and_every_reason_has_words() -> None:
    english = words("en")
    assert english.deeds.keys() == {*ActionKind, RECOVERY}
    assert english.freeze_reasons.keys() == set(FreezeReason)
    with pytest.raises(WordingError, match="knitting"):
        english.deed("knitting")


def test_a_language_without_words_is_refused() -> None:
    with pytest.raises(WordingError, match="'xx'"):
        words("xx")
