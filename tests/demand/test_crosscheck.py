"""Layers that contradict each other are refused with the likely cause; those that fit pass unsaid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.demand.crosscheck import held_against_fences
from planner.errors import DatumError
from planner.intake.coordinates.datum import convert

WEST, SOUTH, STEP = 116.80, 32.60, 0.004
NAMES = ("甲社区", "乙社区", "丙社区", "丁社区")
NOBODY = pd.DataFrame({"lon": [], "lat": [], "community": []})


def fences(shift: Callable[[np.ndarray], np.ndarray] | None = None) -> gpd.GeoDataFrame:
    """Lay four communities of some 400 m side by side, two by two."""
    boxes = [
        shapely.box(
            WEST + i * STEP, SOUTH + j * STEP, WEST + (i + 1) * STEP, SOUTH + (j + 1) * STEP
        )
        for j in (0, 1)
        for i in (0, 1)
    ]
    shapes = boxes if shift is None else [shapely.transform(b, shift) for b in boxes]
    return gpd.GeoDataFrame({"fence": list(NAMES)}, geometry=shapes, crs="EPSG:4326")


def people(n: int = 200, named: bool = True, seed: int = 0) -> pd.DataFrame:
    """Spread people over the four communities, each naming its own."""
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 2 * STEP, (n, 2))
    which = (at[:, 1] > STEP) * 2 + (at[:, 0] > STEP)
    names = np.array(NAMES, object)[which.astype(int)]
    frame = {"lon": WEST + at[:, 0], "lat": SOUTH + at[:, 1], "community": names if named else ""}
    return pd.DataFrame(frame)


@pytest.mark.parametrize("named", [True, False])
def test_what_fits_is_left_alone(named: bool) -> None:
    """No word, with or without a community column, in any of its usual wordings."""
    homes = people(named=named)
    assert held_against_fences(homes, NOBODY, fences()) == []
    if named:
        short = homes.assign(community=homes["community"].str.removesuffix("社区") + " 居委会")
        assert held_against_fences(short, NOBODY, fences()) == []
        other = homes.assign(community="第一网格")
        assert held_against_fences(other, NOBODY, fences()) == []


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
@pytest.mark.parametrize("named", [True, False])
def test_a_web_maps_fences_are_named(datum: str, named: bool) -> None:
    """Half a kilometre off: the datum, the option and the share that would fit; in both languages."""
    drawn = fences(lambda c: convert(c[:, 0], c[:, 1], "wgs84", datum))
    with pytest.raises(DatumError) as caught:
        held_against_fences(people(named=named), NOBODY, drawn)
    text = str(caught.value)
    assert f'fences_datum = "{datum}"' in text
    assert "坐标" in caught.value.told(["zh"])
    assert caught.value.exit_code == 2


def test_homes_of_a_web_map_are_named() -> None:
    """Where the fences are right and the homes are not, it is their datum that is to be stated."""
    homes = people()
    turned = convert(homes["lon"], homes["lat"], "wgs84", "gcj02")
    with pytest.raises(DatumError) as caught:
        held_against_fences(homes.assign(lon=turned[:, 0], lat=turned[:, 1]), NOBODY, fences())
    assert 'set datum = "gcj02"' in str(caught.value)


def test_swapped_fences_are_named() -> None:
    """Latitude first, in a country where both could be degrees."""
    turned = fences(lambda c: c[:, ::-1])
    with pytest.raises(DatumError, match="swapped"):
        held_against_fences(people(), NOBODY, turned)


@pytest.mark.parametrize(
    ("stated", "true"), [(4549, 4548), (4547, 4548), (2437, 2436), (32651, 32650)]
)
def test_the_wrong_central_meridian_is_named(stated: int, true: int) -> None:
    """A layer tagged with the neighbouring zone: both codes are told, the right one as the remedy."""
    metres = fences().to_crs(true).set_crs(stated, allow_override=True)
    drawn = metres.to_crs(4326)
    drawn.attrs["crs"] = f"EPSG:{stated}"
    with pytest.raises(DatumError) as caught:
        held_against_fences(people(), NOBODY, drawn)
    assert f"EPSG:{stated}" in str(caught.value)
    assert f"EPSG:{true}" in caught.value.remedy


def test_fences_of_another_place_are_refused() -> None:
    """Nothing explains it: where both lie is told."""
    away = fences(lambda c: c + np.array([1.7, 0.9]))
    with pytest.raises(DatumError, match=r"118\.5.*people live around 116\.80"):
        held_against_fences(people(), NOBODY, away)


def test_names_of_other_communities_are_refused() -> None:
    """Everybody inside, but two in three in another community than the row names."""
    homes = people(300)
    turn = dict(zip(NAMES, (*NAMES[1:], NAMES[0]), strict=True))
    wrong = homes["community"].map(turn).where(np.arange(300) % 3 > 0, homes["community"])
    with pytest.raises(DatumError, match="in the community that their row names"):
        held_against_fences(homes.assign(community=wrong), NOBODY, fences())


def test_some_who_disagree_are_a_warning() -> None:
    """One in ten names another community: the fence counts, and about how many is told."""
    homes = people(200)
    wrong = homes["community"].where(np.arange(200) % 10 > 0, "丁社区")
    said = held_against_fences(homes.assign(community=wrong), NOBODY, fences())
    assert [f.code for f in said] == ["community-disagrees"]
    off = int((homes["community"] != wrong).sum())
    assert abs(int(said[0].what.split()[1]) - off) <= 4


def test_a_handful_says_nothing() -> None:
    """Nine people elsewhere are no evidence; members count as people do."""
    away: Any = people(9).assign(lon=100.0)
    assert held_against_fences(away, NOBODY, fences()) == []
    with pytest.raises(DatumError):
        held_against_fences(away, away, fences())


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 0.3), st.integers(0, 5))
def test_scatter_is_never_taken_for_a_datum(share: float, seed: int) -> None:
    """Some homes outside all fences, anywhere around, never look like a shift of the whole layer."""
    homes = people(200, seed=seed)
    rng = np.random.default_rng(seed)
    out = rng.random(200) < share
    homes.loc[out, "lon"] += rng.uniform(0.02, 0.2, out.sum()) * rng.choice([-1, 1], out.sum())
    held_against_fences(homes.assign(community=""), NOBODY, fences())


def test_communities_without_a_fence_are_told() -> None:
    """Two fences under one name leave a community without: its people come into the other, and it is told."""
    homes = people(60).assign(community="戊社区")
    (told,) = held_against_fences(homes, NOBODY, fences())
    assert (told.code, "60" in told.what, "戊社区" in told.what_zh) == (
        "community-unknown",
        True,
        True,
    )
    grids = homes.assign(community=[f"第{k % 9}网格" for k in range(60)])
    assert held_against_fences(grids, NOBODY, fences()) == []
