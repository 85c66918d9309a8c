"""The style sheet: every contrast of WCAG 2.2 AA in both themes, targets that a thumb hits, and no motion."""

import re

import pytest

from services.api.pages.assets import ASSETS

CSS = ASSETS["style.css"].body.decode()
SCRIPT = ASSETS["page.js"].body.decode()

Theme = dict[str, str]


def _tokens(block: str) -> Theme:
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9A-F]{6});", block))


_ROOTS = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
LIGHT, DARK = _tokens(_ROOTS[0]), _tokens(_ROOTS[1])

# (foreground, background, least): 7 for running text, 4.5 for other text, 3 for edges and focus (1.4.3, 1.4.11).
PAIRS = [
    ("ink", "surface", 7.0),
    ("ink", "canvas", 7.0),
    ("ink", "sunken", 7.0),
    ("ink", "hover", 7.0),
    ("ink", "press", 7.0),
    ("ink", "warn-soft", 7.0),
    ("ink2", "surface", 4.5),
    ("ink2", "canvas", 4.5),
    ("ink2", "sunken", 4.5),
    ("ink3", "surface", 4.5),
    ("ink3", "sunken", 4.5),
    ("accent", "surface", 4.5),
    ("accent", "canvas", 4.5),
    ("accent", "warn-soft", 4.5),
    ("on-accent", "accent", 4.5),
    ("on-accent", "accent-hover", 4.5),
    ("on-bad", "bad", 4.5),
    ("on-bad", "bad-hover", 4.5),
    ("accent-ink", "accent-soft", 4.5),
    ("ok", "ok-soft", 4.5),
    ("warn", "warn-soft", 4.5),
    ("bad", "bad-soft", 4.5),
    ("bad", "surface", 4.5),
    ("rail-on", "rail", 4.5),
    ("focus-rail", "rail", 3.0),
    ("line-strong", "surface", 3.0),
    ("focus", "surface", 3.0),
    ("focus", "canvas", 3.0),
    ("accent", "canvas", 3.0),
    ("bad", "canvas", 3.0),
]


def _luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_contrast(theme: Theme, text: str, ground: str, least: float) -> None:
    assert contrast(theme[text], theme[ground]) >= least


def test_both_themes_have_every_colour_that_is_used() -> None:
    used = set(re.findall(r"var\(--([a-z0-9-]+)\)", CSS))
    assert used <= LIGHT.keys()
    assert LIGHT.keys() == DARK.keys()
    assert LIGHT.keys() <= used


def test_colours_stand_nowhere_but_in_the_tokens_on_paper_and_behind_the_qr_code() -> None:
    rules = re.sub(r":root \{.*?\}", "", CSS, flags=re.DOTALL)
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", rules)) <= {"#fff", "#000"}


def test_text_grows_with_the_readers_size() -> None:
    """X-06: sizes of text are relative; nothing but hairlines, and what is hidden, is measured in pixels."""
    pixels = re.findall(r"(?:([a-z-]+): [^;{]*?)(\d+)px", CSS)
    assert {size for _, size in pixels} <= {"1", "2", "3"}
    assert not [size for name, size in pixels if name.startswith("font")]


@pytest.mark.parametrize("selector", [r"button, \.button", r'input\[type="text"\], input\[type="password"\]'])
def test_targets_are_large(selector: str) -> None:
    """X-07 asks for 24 px; a thumb wants 48."""
    rule = re.search("^" + selector + r" \{(.*?)\}", CSS, re.DOTALL | re.MULTILINE)
    assert rule
    assert "min-height: 3rem" in rule[1]


def test_the_readers_own_settings_are_honoured() -> None:
    for asked in ("prefers-color-scheme: dark", "forced-colors: active", "@media print", ":focus-visible"):
        assert asked in CSS
    for moving in ("animation", "transition", "@keyframes", "outline: none", "outline: 0"):
        assert moving not in CSS


def test_nothing_is_loaded_from_elsewhere() -> None:
    for text in (CSS, SCRIPT):
        for far in ("http:", "https:", "//cdn", "@import", "url(", "fetch", "XMLHttp", "eval", "innerHTML", "cookie"):
            assert far not in text


def test_a_files_version_follows_its_contents() -> None:
    assert len({asset.version for asset in ASSETS.values()}) == len(ASSETS)
    assert {name: asset.media_type.split(";")[0] for name, asset in ASSETS.items()} == {
        "style.css": "text/css",
        "page.js": "text/javascript",
        "icon.svg": "image/svg+xml",
    }


def test_the_sheet_is_small() -> None:
    assert sum(len(asset.body) for asset in ASSETS.values()) < 16_000


def test_no_colour_of_ours_outlives_forced_colours() -> None:
    """Browsers leave a drawing alone whose colour has a rule of its own: each is taken back, by one as strong."""
    own, forced = CSS.split("@media (forced-colors: active)", 1)
    coloured = re.findall(r"((?:\.[a-z]+)+ \.icon)(?:, [^{]*)? \{[^}]*\bcolor:", own)
    assert coloured
    for selector in coloured:
        assert selector in forced.split("@media", 1)[0], selector


def test_a_long_word_of_a_heading_fits_on_a_phone_in_large_text() -> None:
    """X-06, 390 pixels wide at 200 %: a heading grows less than its text where "authenticator" would break in two."""
    heading = re.search(r"^h1 \{ font-size: max\(([\d.]+)rem, min\(([\d.]+)rem, ([\d.]+)vw\)\);", CSS, re.MULTILINE)
    assert heading
    least, most, share = (float(number) for number in heading.groups())
    assert (least >= 1.25, most > least) == (True, True)
    letters, width, margins = len("authenticator") * 0.6, 390, 64
    assert max(least * 32, min(most * 32, width * share / 100)) * letters <= width - margins
