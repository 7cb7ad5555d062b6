"""The colours of zones: told apart by colour-blind eyes too."""

from __future__ import annotations

__all__ = ["ZONE_COLOURS", "ink"]

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


def ink(colour: str, share: float = 0.42) -> str:
    """Darken a colour for lines and letters.

    `colour`: ``#rrggbb``.
    `share`: how much of the page's dark is mixed in, 0 to 1.
    Gives: ``#rrggbb``.
    """
    # mixed in sRGB, as a browser would lay one over the other
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    mixed = (round((1 - share) * c + share * d) for c, d in zip(parts, _DARK, strict=True))
    return "#" + "".join(f"{c:02x}" for c in mixed)
