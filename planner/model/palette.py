"""The colours of zones: told apart by colour-blind eyes too."""

from __future__ import annotations

__all__ = ["WHITE_ON_INK", "ZONE_COLOURS", "ink"]

ZONE_COLOURS = (
    "#3a59b5",
    "#eeb056",
    "#35ccb1",
    "#c5756e",
    "#72c2f8",
    "#895201",
    "#468da3",
    "#925268",
)
"""Any two differ by a CIEDE2000 of 15 or more, also as seen with deuteranopia and protanopia."""

_DARK = (0x1F, 0x29, 0x33)


WHITE_ON_INK = 4.5
"""Least contrast of white letters on an ink: WCAG 2.2, 1.4.3, level AA."""


def ink(colour: str) -> str:
    """Darken a colour for lines and letters: so far that white letters can be read on it.

    `colour`: ``#rrggbb``.
    Gives: ``#rrggbb``.
    """
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    share = 0.42
    # mixed in sRGB, as a browser would lay one over the other
    while 1.05 / (_luminance(mixed := _mixed(parts, share)) + 0.05) < WHITE_ON_INK:
        share += 0.02
    return "#" + "".join(f"{c:02x}" for c in mixed)


def _mixed(rgb: list[int], share: float) -> list[int]:
    return [round((1 - share) * c + share * d) for c, d in zip(rgb, _DARK, strict=True)]


def _luminance(rgb: list[int]) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in rgb)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
