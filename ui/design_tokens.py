"""The look of the desktop, as data.

tests/ui/test_tokens.py recomputes every contrast ratio.
Idea: calm grey-blue canvas, white cards, one petrol accent used only for the next step, focus and selection; a dark
ink rail in every theme, so the frame of the application never changes. Colour never carries meaning alone.

Python and not TOML: it is read before the first paint, and a module costs a tenth of what a parser does.
"""

TYPE: dict[str, tuple[int, int]] = {  # role = [pixels at text size 1.0, weight]
    "caption": (11, 500),  # labels above values, heads, pills
    "small": (12, 400),  # second lines, hints
    "body": (13, 400),  # default, inputs; buttons use 500
    "strong": (13, 600),  # row titles, key figures
    "title": (15, 600),  # card titles
    "head": (20, 600),  # page title, caller's name
    "figure": (26, 600),  # one large number
    "code": (20, 500),  # one-time codes, in the mono face
    "readout": (34, 500),  # the number an agent reads out, in the mono face
}

SPACE: dict[str, int] = {  # pixels, 4 px grid; never scaled by the text size
    "xs": 4,
    "s": 8,
    "m": 12,
    "l": 16,
    "xl": 24,
    "gap": 14,  # between cards
    "card_x": 18,
    "card_y": 16,
    "page_x": 20,
    "page_y": 18,
}

RADIUS: dict[str, int] = {
    "control": 7,
    "card": 12,
    "ring": 10,
}

SIZE: dict[str, int] = {  # pixels at text size 1.0; grow with the text
    "control": 34,
    "control_small": 28,
    "pill": 22,
    "topbar": 56,
    "rail_width": 76,
    "rail_item": 58,
    "icon": 16,
    "inset": 13,  # between the sides of a button and its words
    "inset_small": 10,
    "inset_field": 11,
    "indicator": 14,  # of a radio button or a check box, inside its border
    "indicator_ring": 5,
    "icon_rail": 20,
    "dot": 30,
}

LIGHT: dict[str, str | int | bool] = {
    "dark": False,
    "border": 1,  # card and control borders
    "ring": 2,  # focus ring
    "outlined": False,  # soft fills get a border of their tone
    "canvas": "#EEF1F4",
    "surface": "#FFFFFF",
    "sunken": "#F5F7F9",
    "raised": "#FFFFFF",
    "hover": "#EDF2F5",
    "press": "#E0E8EC",
    "line": "#DDE3E8",
    "line_strong": "#7E8C98",
    "ink": "#14202A",
    "ink2": "#42525F",
    "ink3": "#5C6C79",
    "disabled": "#98A4AE",
    "accent": "#0B6577",
    "accent_hover": "#095464",
    "accent_press": "#07444F",
    "on_accent": "#FFFFFF",
    "accent_soft": "#DDF0F3",
    "accent_ink": "#0A5666",
    "ok": "#1A7444",
    "ok_soft": "#E0F3E8",
    "warn": "#8A5300",
    "warn_soft": "#FCEFD6",
    "bad": "#B3261E",
    "bad_soft": "#FCE8E6",
    "bad_hover": "#97201A",
    "on_bad": "#FFFFFF",
    "plum": "#6241B5",
    "plum_soft": "#ECE7FA",
    "neutral_soft": "#E9EDF0",
    "rail": "#10262E",
    "rail_edge": "#10262E",
    "rail_hover": "#1B3640",
    "rail_on": "#E9F6F8",
    "rail_off": "#A5BAC3",
    "rail_sel": "#1F4450",
    "select": "#DCEEF2",
    "focus": "#0B6577",
    "focus_rail": "#8FE3F2",
}

DARK: dict[str, str | int | bool] = {
    "dark": True,
    "border": 1,
    "ring": 2,
    "outlined": False,
    "canvas": "#0D1317",
    "surface": "#151D22",
    "sunken": "#11191D",
    "raised": "#1B252B",
    "hover": "#1E2A31",
    "press": "#26343C",
    "line": "#26323A",
    "line_strong": "#70808C",
    "ink": "#E9EFF2",
    "ink2": "#B7C4CC",
    "ink3": "#91A1AC",
    "disabled": "#5D6B75",
    "accent": "#5CC7DB",
    "accent_hover": "#7AD5E6",
    "accent_press": "#46B2C6",
    "on_accent": "#04242B",
    "accent_soft": "#123640",
    "accent_ink": "#7AD5E6",
    "ok": "#62CF93",
    "ok_soft": "#12301F",
    "warn": "#F0B457",
    "warn_soft": "#372709",
    "bad": "#FF8A80",
    "bad_soft": "#3D1714",
    "bad_hover": "#FFA199",
    "on_bad": "#3A0905",
    "plum": "#B9A2F5",
    "plum_soft": "#2A2147",
    "neutral_soft": "#232F36",
    "rail": "#090E11",
    "rail_edge": "#26323A",
    "rail_hover": "#152027",
    "rail_on": "#E9F6F8",
    "rail_off": "#8FA3AD",
    "rail_sel": "#17323A",
    "select": "#173741",
    "focus": "#5CC7DB",
    "focus_rail": "#8FE3F2",
}

# High contrast: black ground, white ink, every line drawn, every tone outlined, a yellow focus ring that nothing else
# uses. All text at least 7:1 (WCAG 2.2, 1.4.6), all lines at least 4.5:1.

CONTRAST: dict[str, str | int | bool] = {
    "dark": True,
    "border": 2,
    "ring": 3,
    "outlined": True,
    "canvas": "#000000",
    "surface": "#000000",
    "sunken": "#0B0B0B",
    "raised": "#101010",
    "hover": "#2B2B2B",
    "press": "#3A3A3A",
    "line": "#9A9A9A",
    "line_strong": "#FFFFFF",
    "ink": "#FFFFFF",
    "ink2": "#F1F1F1",
    "ink3": "#DADADA",
    "disabled": "#BDBDBD",
    "accent": "#6FE3F5",
    "accent_hover": "#A6F0FB",
    "accent_press": "#D2F8FD",
    "on_accent": "#000000",
    "accent_soft": "#002A33",
    "accent_ink": "#A6F0FB",
    "ok": "#7BF0A8",
    "ok_soft": "#002B14",
    "warn": "#FFC95C",
    "warn_soft": "#2E2000",
    "bad": "#FFA8A0",
    "bad_soft": "#3A0805",
    "bad_hover": "#FFC9C4",
    "on_bad": "#000000",
    "plum": "#D0BEFF",
    "plum_soft": "#1E1440",
    "neutral_soft": "#1C1C1C",
    "rail": "#000000",
    "rail_edge": "#FFFFFF",
    "rail_hover": "#2B2B2B",
    "rail_on": "#FFFFFF",
    "rail_off": "#E4E4E4",
    "rail_sel": "#003844",
    "select": "#00313C",
    "focus": "#FFE14D",
    "focus_rail": "#FFE14D",
}

THEMES = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}
