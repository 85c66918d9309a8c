"""What people type when they mean six digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.pages.entry import six_digits


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("482913", "482913"),
        (" 482 913 ", "482913"),
        ("48-29-13", "482913"),
        ("482\N{NO-BREAK SPACE}913", "482913"),
        ("000000", "000000"),
        ("٤٨٢٩١٣", "482913"),
        ("४८२९१३", "482913"),
        ("\N{FULLWIDTH DIGIT FOUR}82913", "482913"),
        ("48291", None),
        ("4829130", None),
        ("", None),
        ("48291a", None),
        ("48291²", None),
        ("+482913", None),
        ("4829,13", None),
    ],
)
def test_six_digits(typed: str, meant: str | None) -> None:
    assert six_digits(typed) == meant


@given(st.text(max_size=12))
def test_the_answer_is_six_ascii_digits_or_none(typed: str) -> None:
    meant = six_digits(typed)
    assert meant is None or (len(meant) == 6 and meant.isascii() and meant.isdigit())
