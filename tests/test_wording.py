"""Who we are to the owner, and what may stand in a sentence."""

import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.wording import WordingError, blanks, languages, one_line, words


def test_languages_are_those_that_have_words() -> None:
    assert languages() == ("en",)
    assert words("en").direction == "ltr"
    with pytest.raises(WordingError, match="for the language 'xx'"):
        words("xx")


def test_a_blank_is_a_bare_name() -> None:
    assert blanks("{a} and {b_2}, {{not one}}") == {"a", "b_2"}


@pytest.mark.parametrize("text", ["{}", "{0}", "{a.b}", "{a[0]}", "{a!r}", "{a:>9}", "{a b}"])
def test_a_blank_that_reaches_for_more_is_refused(text: str) -> None:
    with pytest.raises(WordingError, match="bare name"):
        blanks(text)


@given(st.text())
def test_one_line_is_one_visible_line(value: str) -> None:
    line = one_line(value)
    assert line.splitlines() in ([line], [])
    assert line == one_line(line)
    hidden = {unicodedata.category(sign) for sign in line} & {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not hidden
    assert not set(line) & set("\N{RIGHT-TO-LEFT OVERRIDE}\N{LEFT-TO-RIGHT ISOLATE}\N{ZERO WIDTH SPACE}")


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("Zoë  Müller", "Zoë Müller"),
        ("a\r\nBcc: everybody", "a Bcc: everybody"),
        ("نادية عبد", "نادية عبد"),
        ("क्\N{ZERO WIDTH JOINER}ष", "क्\N{ZERO WIDTH JOINER}ष"),
        ("so\N{SOFT HYPHEN}ft", "soft"),
    ],
)
def test_one_line_keeps_what_is_written(value: str, line: str) -> None:
    assert one_line(value) == line


def test_a_moment_says_its_zone() -> None:
    at = datetime(2026, 7, 3, 23, 5, tzinfo=UTC)
    english = words("en")
    assert english.moment(at, ZoneInfo("UTC")) == "3 July 2026, 23:05 UTC"
    assert english.moment(at, ZoneInfo("Europe/Berlin")) == "4 July 2026, 01:05 CEST"
    assert english.short_moment(at, ZoneInfo("Europe/London")) == "4 Jul 00:05 BST"
