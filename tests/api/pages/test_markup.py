"""Every page: markup that any browser, screen reader and content policy can live with."""

from urllib.parse import urlsplit

import pytest

from services.api.pages.views import (
    Page,
    http_status,
)
from tests.api.pages.cards import (
    DENIABLE,
    DESK,
    EVERY,
    OPEN,
    OVER,
    PAGES,
    REFUSED,
    named,
)
from tests.support.markup import Element, read

every_page = pytest.mark.parametrize("page", EVERY, ids=named)


def tree(page: Page) -> Element:
    return read(PAGES.render(page))


@every_page
def test_the_page_says_what_and_in_which_language_it_is(page: Page) -> None:
    root = tree(page)
    (html,) = root.all("html")
    (title,) = root.all("title")
    (heading,) = root.all("h1")
    assert (html.get("lang"), html.get("dir")) == ("en", "ltr")
    assert title.text.endswith(f" · {DESK.company}")
    assert heading.text.strip() in title.text
    assert len(root.all("main")) == 1


@every_page
def test_every_id_is_unique_and_every_reference_leads_somewhere(page: Page) -> None:
    elements = tree(page).all()
    ids = [element.get("id") for element in elements if element.get("id")]
    wanted = [
        reference
        for element in elements
        for name in ("for", "aria-describedby", "aria-labelledby")
        for reference in (element.get(name) or "").split()
    ]
    assert len(ids) == len(set(ids))
    assert set(wanted) <= set(ids)


@every_page
def test_everything_that_is_operated_has_a_name(page: Page) -> None:
    root = tree(page)
    labels = {label.get("for"): label.text.strip() for label in root.all("label")}
    assert all(labels.get(field.get("id")) for field in root.all("input") if field.get("type") != "hidden")
    assert all(control.text.strip() for control in root.all("button", "a"))
    assert all(picture.get("aria-label") for picture in root.all() if picture.get("role") == "img")


@every_page
def test_a_drawing_is_hidden_from_screen_readers_or_named(page: Page) -> None:
    def unnamed(element: Element) -> int:
        if element.get("role") == "img":
            return 0
        here = element.tag == "svg" and element.get("aria-hidden") != "true"
        return here + sum(unnamed(child) for child in element.children if isinstance(child, Element))

    assert unnamed(tree(page)) == 0


@every_page
def test_nothing_is_loaded_from_elsewhere_and_nothing_is_inline(page: Page) -> None:
    """What the content policy would block must not be there in the first place."""
    for element in tree(page).all():
        assert "style" not in element.attributes
        assert not [name for name in element.attributes if name.startswith("on")]
        for name in ("src", "href", "action", "formaction", "srcset", "data"):
            target = urlsplit(element.get(name) or "/c/")
            allowed = target.scheme in {"tel", "otpauth"} or (not target.scheme and not target.netloc)
            assert allowed, f"<{element.tag} {name}={element.get(name)}>"
            assert target.scheme or target.path.startswith("/c/")
        assert element.tag not in {"style", "iframe", "object", "embed", "base"}
        assert element.tag != "script" or (element.get("src") and not element.text.strip())


@pytest.mark.parametrize("page", [*OPEN, *REFUSED, DENIABLE], ids=named)
def test_one_form_that_posts_to_where_it_came_from(page: Page) -> None:
    """The address holds the token; it is not repeated in the page. Nothing is done by a GET: scanners look first."""
    (form,) = tree(page).all("form")
    assert form.attributes == {"method": "post"}
    assert all(button.get("type") == "submit" for button in form.all("button"))


@every_page
def test_every_form_has_the_script_that_sends_none_twice(page: Page) -> None:
    root = tree(page)
    scripts = [urlsplit(script.get("src") or "").path for script in root.all("script")]
    assert scripts == ["/c/page.js"] * bool(root.all("form"))


@pytest.mark.parametrize("page", OVER, ids=named)
def test_nothing_can_be_done_on_a_page_that_is_over(page: Page) -> None:
    assert tree(page).all("form", "input", "button", "script") == []


@every_page
def test_the_page_works_without_scripts(page: Page) -> None:
    """What needs a script is hidden until one runs, and none of it is needed to go on."""
    root = tree(page)
    for element in root.all():
        if "data-needs-script" in element.attributes:
            assert "hidden" in element.attributes
            assert not [field for field in element.all("input") if "required" in field.attributes or field.get("name")]


@every_page
def test_help_is_on_every_page_and_the_number_can_be_tapped(page: Page) -> None:
    """WCAG 2.2, 3.2.6 Consistent Help; N-GEN-02."""
    (footer,) = tree(page).all("footer")
    (link,) = footer.all("a")
    assert (link.get("href"), link.text) == ("tel:+442079460018", DESK.support_phone)
    assert DESK.support_hours in footer.text


@pytest.mark.parametrize("page", REFUSED, ids=named)
def test_a_refusal_is_told_in_the_title_at_the_field_and_in_the_status(page: Page) -> None:
    """WCAG 2.2, 3.3.1 Error Identification; X-10."""
    root = tree(page)
    wrong = [field for field in root.all("input") if field.get("aria-invalid") == "true"]
    assert root.all("title")[0].text.startswith("Error: ")
    assert http_status(page) == 422
    assert wrong
    assert [field.get("id") for field in root.all("input") if "autofocus" in field.attributes] == [wrong[0].get("id")]
    by_id = {element.get("id"): element for element in root.all()}
    for field in wrong:
        told = "".join(by_id[one].text for one in (field.get("aria-describedby") or "").split())
        assert "Error:" in told
