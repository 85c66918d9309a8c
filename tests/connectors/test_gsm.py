"""Parts of a text message (3GPP TS 23.038 and 23.040)."""

import pytest

from tests.support.gsm import fits_alphabet, parts


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("я" * 134, 2),
        ("я" * 135, 3),
        ("\N{GRINNING FACE}" * 35, 1),
        ("\N{GRINNING FACE}" * 36, 2),
        ("a" * 70 + "\N{RIGHT SINGLE QUOTATION MARK}", 2),
    ],
)
def test_parts(text: str, count: int) -> None:
    assert parts(text) == count


def test_the_alphabet() -> None:
    assert fits_alphabet("https://help.example/c/Ab0-_?x=1&y=[2] @ $ _ Ä é ñ €")
    for sign in "“”…•çÍ`\t\N{EN DASH}\N{RIGHT SINGLE QUOTATION MARK}":
        assert not fits_alphabet(sign), sign
