"""The headers that the customer's pages are sent with: nothing loads, nothing leaks, nobody frames them."""

from collections.abc import Mapping
from types import MappingProxyType

_NO_FEATURES = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


def _policy(*sources: str) -> str:
    return "; ".join(
        ("default-src 'none'", *sources, "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'")
    )


PAGE_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Cache-Control": "no-store",
        "Content-Security-Policy": _policy("style-src 'self'", "script-src 'self'", "img-src 'self' data:"),
        "Content-Type": "text/html; charset=utf-8",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": _NO_FEATURES,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
    }
)
"""For every page. The address of a page holds its token: no cache, no referrer and no search engine may keep it
(C-FP-04). Scripts may come from ourselves only, never inline; the pages work without."""

ASSET_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Security-Policy": _policy(),
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
)
"""For the style sheet, the script and the icon. Their addresses change with their contents."""
