"""The colours of zones are told apart by every eye."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from planner.model.palette import ZONE_COLOURS, ink

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB
DEUTAN = [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
]
PROTAN = [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
]
XYZ = [
    [0.4124564, 0.3575761, 0.1804375],
    [0.2126729, 0.7151522, 0.072175],
    [0.0193339, 0.119192, 0.9503041],
]


def linear(colour: str) -> NDArray[np.float64]:
    """Give a colour as linear RGB."""
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give linear RGB as CIELAB, D65."""
    t = np.array(XYZ) @ np.clip(rgb, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def ciede2000(one: NDArray[np.float64], two: NDArray[np.float64]) -> float:
    """Give the CIEDE2000 difference of two CIELAB colours."""
    (l1, a1, b1), (l2, a2, b2) = one, two
    mean_c = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(mean_c**7 / (mean_c**7 + 25**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    turn = (h2 - h1 + 180) % 360 - 180
    hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    ml, mc = (l1 + l2) / 2, (c1 + c2) / 2
    mh = ((h1 + h2) / 2 + (180 if abs(h1 - h2) > 180 else 0)) % 360
    rad = np.radians
    t = (1 - 0.17 * np.cos(rad(mh - 30)) + 0.24 * np.cos(rad(2 * mh)) + 0.32 * np.cos(rad(3 * mh + 6))
         - 0.2 * np.cos(rad(4 * mh - 63)))  # fmt: skip
    sl = 1 + 0.015 * (ml - 50) ** 2 / np.sqrt(20 + (ml - 50) ** 2)
    sc, sh = 1 + 0.045 * mc, 1 + 0.015 * mc * t
    rt = -np.sin(rad(60 * np.exp(-(((mh - 275) / 25) ** 2)))) * 2 * np.sqrt(mc**7 / (mc**7 + 25**7))
    dl, dc, dh = (l2 - l1) / sl, (c2 - c1) / sc, hue / sh
    return float(np.sqrt(dl**2 + dc**2 + dh**2 + rt * dc * dh))


def test_the_difference_is_the_published_one() -> None:
    """The yardstick itself agrees with the data of Sharma, Wu and Dalal (2005)."""
    assert ciede2000(
        np.array([50, 2.6772, -79.7751]), np.array([50, 0, -82.7485])
    ) == pytest.approx(2.0425, abs=1e-4)
    assert ciede2000(np.array([50, 2.5, 0]), np.array([73, 25, -18])) == pytest.approx(
        27.1492, abs=1e-4
    )


@pytest.mark.parametrize(
    "eye", [np.eye(3).tolist(), DEUTAN, PROTAN], ids=["common", "deutan", "protan"]
)
def test_any_two_colours_differ(eye: list[list[float]]) -> None:
    """Any two of the colours differ by 15 or more, for each kind of eye."""
    seen = [lab(np.array(eye) @ linear(c)) for c in ZONE_COLOURS]
    assert len(ZONE_COLOURS) >= 8
    assert min(ciede2000(a, b) for a, b in itertools.combinations(seen, 2)) >= 15


def test_white_letters_can_be_read_on_every_ink() -> None:
    """The number on a centre's house and on a badge has a contrast of 4.5 : 1 or more (WCAG 2.2, AA)."""
    for colour in ZONE_COLOURS:
        luminance = float(np.array(XYZ[1]) @ linear(ink(colour)))
        assert 1.05 / (luminance + 0.05) >= 4.5
