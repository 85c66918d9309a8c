"""The picture of a key."""

import re

import pytest

from services.api.pages.qr import key_groups, picture
from tests.api.pages.cards import KEY, URI


def test_the_picture_is_black_on_white_with_its_quiet_zone() -> None:
    svg = picture(URI)
    assert 'fill="#fff"' in svg
    assert 'stroke="#000"' in svg
    (size,) = {int(side) for side in re.findall(r'viewBox="0 0 (\d+) \1"', svg)}
    version = (size - 2 * 4 - 17) / 4
    assert version == int(version) >= 1, "a QR code has 17 + 4 x version modules, and 4 of quiet on each side"
    assert "style=" not in svg


def test_the_picture_says_what_it_is_given() -> None:
    assert picture(URI) == picture(URI)
    assert picture(URI) != picture(URI.replace("amara", "amarb"))


def test_the_key_comes_in_fours() -> None:
    assert "".join(key_groups(URI)) == KEY
    assert {len(group) for group in key_groups(URI)} == {4}
    assert key_groups("otpauth://totp/x?secret=ABCDE%3D%3D%3D") == ("ABCD", "E")


@pytest.mark.parametrize("uri", ["otpauth://totp/x", "otpauth://totp/x?secret=A&secret=B"])
def test_an_address_without_one_secret_is_refused(uri: str) -> None:
    with pytest.raises(ValueError, match="one secret"):
        key_groups(uri)
