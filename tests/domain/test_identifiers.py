"""What is typed in the look-up field finds the account however it is spelt (part 5 of the main job)."""

import re
import unicodedata

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.identifiers import (
    MAX_TYPED,
    Candidate,
    Kind,
    Spellings,
    candidates,
    canonical_customer_number,
    canonical_email,
    canonical_phone,
    canonical_phones,
    canonical_user_name,
)

HERE = Spellings(regions=("GB", "NG", "DE"), customer_number=re.compile(r"RC\d{7}"), customer_prefix="RC")
anything = st.text(st.characters(exclude_categories=[]), max_size=60)
words = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("amara.okafor@postbox.example", "amara.okafor@postbox.example"),
        ("  Amara.Okafor@PostBox.Example ", "amara.okafor@postbox.example"),
        ("mailto:amara@postbox.example", "amara@postbox.example"),
        ("Amara Okafor <amara@postbox.example>", "amara@postbox.example"),
        ("amara@postbox.example.", "amara@postbox.example"),
        ("amara+desk@postbox.example", "amara+desk@postbox.example"),
        ("\u202aamara\u200b@postbox.example\ufeff", "amara@postbox.example"),
        ("jörg@BÜCHER.example", "jörg@xn--bcher-kva.example"),
        ("jo\u0308rg@bu\u0308cher.example", "jörg@xn--bcher-kva.example"),
        ("jörg@xn--bcher-kva.example", "jörg@xn--bcher-kva.example"),
        ("\uff4aörg@faß.example", "\uff4aörg@xn--fa-hia.example"),
        ("o'brien@postbox.example", "o'brien@postbox.example"),
        ("user@例え.テスト", "user@xn--r8jz45g.xn--zckzah"),
    ],
)
def test_an_email_address_has_one_form(typed: str, canonical: str) -> None:
    assert canonical_email(typed) == canonical


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "@",
            "amara",
            "amara@",
            "@postbox.example",
            "amara@localhost",
            "amara@@postbox.example",
            "a b@postbox.example",
        ),
        *(
            "amara@-postbox.example",
            "amara@post_box.example",
            "amara@postbox..example",
            "amara@[192.0.2.1]",
            "a@b c.example",
        ),
        *(
            "a\x00b@postbox.example",
            "x" * 65 + "@postbox.example",
            "amara@" + "x" * 64 + ".example",
            "a,b@postbox.example",
        ),
        *("a@" + "x." * 130 + "example", "\ud800@postbox.example", "amara@\ud800.example", "amara@postbox.example, b"),
    ],
)
def test_what_is_no_email_address(typed: str) -> None:
    assert canonical_email(typed) is None


def test_sharp_s_is_another_address_than_ss() -> None:
    assert canonical_email("straße@postbox.example") != canonical_email("strasse@postbox.example")


@given(words, words)
def test_case_and_composition_do_not_matter_to_an_address(local: str, domain: str) -> None:
    address = f"é{local}@{domain}x.example"
    spellings = (address, address.upper(), unicodedata.normalize("NFD", address), f" <{address}> ")
    assert len({canonical_email(spelling) for spelling in spellings}) == 1
    assert canonical_email(address) is not None


LONDON, LAGOS = "+442079460958", "+2348035554471"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+44 20 7946 0958", LONDON),
        ("+44 (0)20 7946 0958", LONDON),
        ("+44 (0) 20-7946-0958", LONDON),
        ("0044 20 7946 0958", LONDON),
        ("00442079460958", LONDON),
        ("0044 (0)20 7946 0958", LONDON),
        ("020 7946 0958", LONDON),
        ("(020) 7946 0958", LONDON),
        ("020/7946.0958", LONDON),
        ("tel:+44-20-7946-0958", LONDON),
        ("\uff0b44 20 7946 0958", LONDON),
        ("٠٢٠ ٧٩٤٦ ٠٩٥٨", LONDON),
        ("\u202a+44 20 7946 0958\u202c", LONDON),
        ("+44\u00a020\u20117946\u20130958", LONDON),
        ("+234 803 555 4471", LAGOS),
        ("00234 803 555 4471", LAGOS),
        ("0803 555 4471", LAGOS),
        ("+1 (212) 555-0123", "+12125550123"),
        ("+39 06 698 12345", "+390669812345"),
        ("07700 900123", "+447700900123"),
        ("+44 7700 900123", "+447700900123"),
    ],
)
def test_every_spelling_of_a_number_is_found(typed: str, number: str) -> None:
    """The last two are fictional (Ofcom's range for drama): possible, in use by nobody, and still one account's."""
    assert number in canonical_phones(typed, HERE.regions)


def test_what_is_kept_on_file_is_of_the_home_region_and_not_guessed() -> None:
    assert canonical_phone("07700 900123", "GB") == "+447700900123"
    assert canonical_phone("+234 803 555 4471", "GB") == LAGOS
    assert canonical_phones("(212) 555-0123", ("GB", "US"))[0] == "+12125550123"
    assert canonical_phone("(212) 555-0123", "GB") != "+12125550123"
    assert canonical_phone("4471", "GB") is None


def test_numbers_in_use_come_before_possible_ones() -> None:
    assert canonical_phones("07700 900123", ("GB", "DE")) == ("+497700900123", "+447700900123")


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "+",
            "0",
            "123",
            "+44",
            "amara",
            "+44 20 7946 0958 ext 12",
            "+44 20 7946 0958 x12",
            "020 7946 0958;ext=12",
        ),
        *(
            "020 7946 0958#12",
            "0800 FLOWERS",
            "+999 123 456 789",
            "+44 20 7946 0958 20 7946 0958",
            "00",
            "000000",
            "()",
            "+-",
        ),
    ],
)
def test_what_is_no_number_of_a_person(typed: str) -> None:
    assert canonical_phones(typed, HERE.regions) == ()


def test_a_national_number_may_be_of_several_regions_in_their_order() -> None:
    both = canonical_phones("030 901820", ("DE", "GB"))
    assert both[0] == "+4930901820"


def test_with_a_country_code_the_regions_do_not_matter() -> None:
    for typed in ("+44 20 7946 0958", "0044 20 7946 0958"):
        assert canonical_phones(typed, ("US",)) == canonical_phones(typed, ()) == (LONDON,)


@st.composite
def spelt_numbers(draw: st.DrawFn) -> tuple[str, str]:
    """An example number of a region's plan, as E.164 and in some spelling."""
    region = draw(st.sampled_from(["GB", "NG", "DE"]))
    kind = draw(st.sampled_from([phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE]))
    number = phonenumbers.example_number_for_type(region, kind)
    assert number is not None
    form = draw(
        st.sampled_from([phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.INTERNATIONAL])
    )
    spelt = phonenumbers.format_number(number, form)
    if spelt.startswith("+") and draw(st.booleans()):
        spelt = "00" + spelt[1:]
    separator = draw(st.sampled_from([" ", "-", ".", "/", "", "\u00a0"]))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), re.sub(r"[\s-]", separator, spelt)


@given(spelt_numbers(), st.permutations(["GB", "NG", "DE"]))
def test_different_spellings_lead_to_the_same_number(spelt: tuple[str, str], regions: list[str]) -> None:
    number, spelling = spelt
    assert number in canonical_phones(spelling, regions)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("RC-0418 227", "RC0418227"),
        ("rc0418227", "RC0418227"),
        ("0418 227", "RC0418227"),
        ("RC\u20130418.227", "RC0418227"),
        ("RC-0418 22", None),
        ("XX-0418 227", None),
        ("RC-0418 2277", None),
    ],
)
def test_a_customer_number_has_one_form(typed: str, number: str | None) -> None:
    assert canonical_customer_number(typed, HERE) == number


def test_without_a_pattern_there_are_no_customer_numbers() -> None:
    assert canonical_customer_number("RC-0418 227", Spellings()) is None


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" AmaraO ", "amarao"),
        ("Jo\u0308rg", "jörg"),
        ("T\u0308an", "\u1e97an"),
        ("amara okafor", None),
        ("", None),
        ("a\x07", None),
        ("x" * 129, None),
    ],
)
def test_a_user_name_has_one_form(typed: str, name: str | None) -> None:
    assert canonical_user_name(typed) == name


@pytest.mark.parametrize(
    ("typed", "kinds"),
    [
        ("RC-0418 227", [Kind.CUSTOMER_NUMBER]),
        ("rc0418227", [Kind.CUSTOMER_NUMBER, Kind.USER_NAME]),
        ("amara@postbox.example", [Kind.EMAIL, Kind.USER_NAME]),
        ("+44 20 7946 0958", [Kind.PHONE]),
        ("+442079460958", [Kind.PHONE, Kind.USER_NAME]),
        ("amarao", [Kind.USER_NAME]),
        ("Amara Okafor", []),
        ("+44 20 7946 0958 ext 12", []),
        ("x" * (MAX_TYPED + 1), []),
        ("amarao" + " " * MAX_TYPED, []),
        ("   ", []),
    ],
)
def test_every_reading_is_given_likeliest_first(typed: str, kinds: list[Kind]) -> None:
    assert [candidate.kind for candidate in candidates(typed, HERE)] == kinds


@given(anything)
def test_whatever_is_typed_is_read_or_is_nothing(text: str) -> None:
    found = candidates(text, HERE)
    assert len(set(found)) == len(found)
    assert all(candidate.canonical for candidate in found)


@given(
    anything | st.from_regex(r"\A[\w.+-]{1,20}@[\w-]{1,20}\.[\w]{2,6}\Z") | st.from_regex(r"\A[+0][0-9 ()-]{6,16}\Z")
)
def test_the_canonical_form_is_its_own_canonical_form(text: str) -> None:
    for kind, canonical in candidates(text, HERE):
        assert Candidate(kind, canonical) in candidates(canonical, HERE)
    email, name = canonical_email(text), canonical_user_name(text)
    assert email is None or canonical_email(email) == email
    assert name is None or canonical_user_name(name) == name
    for number in canonical_phones(text, HERE.regions):
        assert canonical_phone(number, "US") == number


@given(
    anything | st.from_regex(r"\A[+0]?[0-9 ()./-]{4,18}\Z") | spelt_numbers().map(lambda spelt: spelt[1]),
    st.sampled_from(["GB", "US", "IT", "DE"]),
)
def test_one_number_is_read_as_the_first_of_all_its_readings(text: str, home: str) -> None:
    """`canonical_phone` takes a short cut that an import of millions needs; it must lead to the same place."""
    assert canonical_phone(text, home) == next(iter(canonical_phones(text, (home,))), None)


@given(anything)
def test_invisible_letters_change_nothing(text: str) -> None:
    assert (
        candidates("\u202a" + "\u200b".join(text) + "\u202c", HERE) == candidates(text, HERE)
        or len(text) * 2 > MAX_TYPED
    )
