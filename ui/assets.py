"""Where the files that come with the desktop are."""

from pathlib import Path

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
"""Data beside the code, in the source tree and in an installed build alike."""
FONTS = RESOURCES / "fonts"
ICONS = RESOURCES / "icons"
THEMES = RESOURCES / "themes"
