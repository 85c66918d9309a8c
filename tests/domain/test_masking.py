"""A mask gives away little, and never how long the value is (A-50, invariant 2)."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.domain.masking import DOTS, mask_contact, mask_email, mask_name, mask_phone
from tests.support.facts import email, phone

locals_ = st.text(st.characters(categories=["L", "N"], include_characters="._+-"), min_size=1, max_size=40)
domains = st.from_regex(r"[a-z0-9]{1,12}\.[a-z]{2,8}", fullmatch=True)


@pytest.mark.parametrize(
    ("address", "mask"),
    [
        ("amara.okafor@postbox.example", "a•••••r@postbox.example"),
        ("amar@postbox.example", "a•••••r@postbox.example"),
        ("obi@postbox.example", "•••••@postbox.example"),
        ("o@postbox.example", "•••••@postbox.example"),
        ("amara@amara-okafor.example", "a•••••a@•••••"),
        ("hello.okafor@okafor.example", "h•••••r@•••••"),
        ("example@postbox.example", "e•••••e@•••••"),
        ("e\u0301mile\u0301@postbox.example", "é•••••é@postbox.example"),
    ],
)
def test_email(address: str, mask: str) -> None:
    assert mask_email(address) == mask


@given(locals_, domains)
def test_an_email_mask_never_contains_the_local_part_nor_a_part_of_it(local: str, domain: str) -> None:
    mask = mask_email(f"{local}@{domain}")
    shown_local, _, shown_domain = mask.rpartition("@")
    assert local not in shown_local
    assert len(local) < 3 or local not in shown_domain
    assert len(shown_local.replace(DOTS, "")) <= 2 or not local.isascii()


@given(locals_, locals_, domains)
def test_an_email_mask_does_not_say_how_long_the_local_part_is(middle: str, other: str, domain: str) -> None:
    one, two = (f"ab{text}yz@{domain}" for text in (middle, other))
    masks = {mask_email(one), mask_email(two)}
    assume(not any(DOTS + "@" + DOTS in mask or mask.endswith(DOTS) for mask in masks))
    assert len(masks) == 1


@pytest.mark.parametrize(
    ("number", "mask"),
    [
        ("+2348035554471", "+234 ••• ••• 4471"),
        ("+442079460958", "+44 ••• ••• 0958"),
        ("+12125550123", "+1 ••• ••• 0123"),
        ("+4930901820", "+49 ••• ••• 20"),
        ("no number", DOTS),
        ("", DOTS),
    ],
)
def test_phone(number: str, mask: str) -> None:
    assert mask_phone(number) == mask


@given(st.integers(1, 10**14))
def test_a_phone_mask_shows_at_most_four_digits_after_the_country_code(digits: int) -> None:
    number = f"+44{digits}"
    mask = mask_phone(number)
    shown = mask.replace("+44", "", 1)
    assert sum(letter.isdigit() for letter in shown) <= 4
    assert len(str(digits)) < 6 or number[3:] not in mask.replace(" ", "")


@pytest.mark.parametrize(
    ("name", "mask"),
    [
        ("Amara Okafor", "A••••• O•••••"),
        ("Amara Ngozi Chidinma Okafor", "A••••• O•••••"),
        ("  Amara  ", "A•••••"),
        ("O", DOTS),
        ("Li X", "L••••• •••••"),
        ("", DOTS),
        ("E\u0301mile Zola", "É••••• Z•••••"),
    ],
)
def test_name(name: str, mask: str) -> None:
    assert mask_name(name) == mask


@given(st.lists(st.text(st.characters(categories=["L", "M"]), min_size=1, max_size=12), max_size=5))
def test_a_name_mask_contains_no_word_of_the_name(words: list[str]) -> None:
    mask = mask_name(" ".join(words))
    shown = {word.replace(DOTS, "") for word in mask.split(" ")}
    assert len(shown) <= 2
    assert all(word not in shown for word in words if len(word) > 1 and word.isascii())
    assert all(len(word) == 1 for word in shown - {""} if word.isascii())


def test_the_middle_of_a_name_is_not_even_counted() -> None:
    assert mask_name("Amara Okafor") == mask_name("Amara N Okafor") == mask_name("Amara N C Okafor")


def test_a_contact_point_is_masked_as_its_kind_is() -> None:
    assert mask_contact(phone()) == mask_phone(phone().value)
    assert mask_contact(email()) == mask_email(email().value)
