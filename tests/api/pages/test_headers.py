"""The headers of the customer's pages and of their files."""

from services.api.pages.headers import ASSET_HEADERS, PAGE_HEADERS


def _policy(headers: object) -> dict[str, str]:
    assert hasattr(headers, "__getitem__")
    parts = [part.strip().partition(" ") for part in headers["Content-Security-Policy"].split(";")]
    return {name: sources for name, _, sources in parts}


def test_a_page_may_load_from_itself_only() -> None:
    assert _policy(PAGE_HEADERS) == {
        "default-src": "'none'",
        "style-src": "'self'",
        "script-src": "'self'",
        "img-src": "'self' data:",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }


def test_the_address_of_a_page_goes_nowhere() -> None:
    """C-FP-04: the token is in it."""
    assert PAGE_HEADERS["Referrer-Policy"] == "no-referrer"
    assert PAGE_HEADERS["Cache-Control"] == "no-store"
    assert "noindex" in PAGE_HEADERS["X-Robots-Tag"]


def test_a_page_is_framed_by_nobody_and_guessed_at_by_nobody() -> None:
    assert PAGE_HEADERS["X-Frame-Options"] == "DENY"
    assert PAGE_HEADERS["X-Content-Type-Options"] == "nosniff"
    assert PAGE_HEADERS["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in PAGE_HEADERS["Permissions-Policy"]


def test_a_file_may_be_kept_and_may_load_nothing() -> None:
    assert "immutable" in ASSET_HEADERS["Cache-Control"]
    assert _policy(ASSET_HEADERS)["default-src"] == "'none'"
    assert "style-src" not in _policy(ASSET_HEADERS)
