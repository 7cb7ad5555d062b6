"""An address that names another town is never placed here in silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner.intake.gazetteer.geocode import find_places, geocode
from planner.intake.gazetteer.index import Gazetteer
from tests.conftest import ReadOnce
from tests.intake.gazetteer.test_geocode import town


@pytest.fixture(scope="module")
def helsinki(helsinki_pbf: Path, read_once: ReadOnce) -> Gazetteer:
    """The gazetteer of central Helsinki."""
    e = read_once(helsinki_pbf)
    return Gazetteer.build(e.addresses, e.buildings, e.streets, e.places)


@pytest.fixture(scope="module")
def bagongshan() -> Gazetteer:
    """One road of a town, with the names of its district and town."""
    return town(
        [("幸福路", str(n), 20.0 * n, 0) for n in range(1, 12)],
        places=[("八公山区", "district", 0, 50), ("土坝孜街道", "suburb", 60, 50)],
    )


@pytest.mark.parametrize(
    "text",
    [
        "Bulevardi 5, Tampere",
        "Bulevardi 5, 33100 Tampere",
        "Bulevardi 5 A 3, 20100 TURKU",
        "Bulevardi 5; Espoo",
    ],
)
def test_another_city_is_not_placed_here(helsinki: Gazetteer, text: str) -> None:
    """Street and number exist here, the city is another: no place, and the spot only as a candidate."""
    found = geocode([text], helsinki).iloc[0]
    assert np.isnan(found["lon"])
    assert found["cause"].startswith("ambiguous")
    (match,) = find_places([text], [""], helsinki)
    assert [c.label for c in match.candidates][:1] == ["Bulevardi 5"]


@pytest.mark.parametrize(
    "text",
    [
        "Bulevardi 5", "Bulevardi 5, Helsinki", "Bulevardi 5, 00120 HELSINKI", "Bulevardi 5, Helsinkk",
        "Bulevardi 5 A 3, Helsinki", "Bulevardi 5, Helsinki, Finland", "Bulevardi 5, Apt 3",
        "Bulevardi 5, Kamppi, Helsinki", "Bulevardi 5, 00120",
    ],
)  # fmt: skip
def test_names_of_here_do_not_hinder(helsinki: Gazetteer, text: str) -> None:
    """The city, its slips, quarters beside it, flats, postcodes and the country change nothing."""
    found = geocode([text], helsinki).iloc[0]
    assert found["matched"] == "Bulevardi 5"
    assert np.isfinite(found["lon"])


def test_a_name_that_the_sheet_shares_is_of_here(helsinki: Gazetteer) -> None:
    """What many addresses carry is a name of here, even if no map knows it; a single stranger is not."""
    labels = dict.fromkeys(map(str, helsinki.points.label))
    numbers = [t for t in labels if t.startswith("Bulevardi ") and "-" not in t][:8]
    texts = [*(f"{t}, Uusimaa" for t in numbers), "Bulevardi 5, Tampere"]
    found = geocode(texts, helsinki)
    assert np.isfinite(found["lon"].iloc[:-1]).all()
    assert np.isnan(found["lon"].iloc[-1])


@pytest.mark.parametrize(
    ("text", "placed"),
    [
        ("幸福路5号", True),
        ("八公山区幸福路5号", True),
        ("安徽省淮南市八公山区幸福路5号", True),
        ("八公山区土坝孜街道幸福路5号", True),
        ("土坝孜街道幸福路5号", True),
        ("大通区幸福路5号", False),
        ("淮南市大通区幸福路5号", False),
        ("上海市黄浦区幸福路5号", False),
        ("大通镇幸福路5号", False),
    ],
)
def test_chinese_districts(bagongshan: Gazetteer, text: str, *, placed: bool) -> None:
    """Another district, or another town without a district of here, is not placed."""
    found = geocode([text], bagongshan).iloc[0]
    assert np.isfinite(found["lon"]) == placed
    assert placed or found["cause"].startswith("ambiguous")


def test_a_town_that_the_map_does_not_know(bagongshan: Gazetteer) -> None:
    """In a district of here it is placed, but not with confidence."""
    found = geocode(["八公山区新庄孜街道幸福路5号"], bagongshan).iloc[0]
    assert np.isfinite(found["lon"])
    assert found["confidence"] < 0.8


def test_nothing_is_held_against_what_cannot_be_known() -> None:
    """A gazetteer without any place name judges nobody."""
    bare = town([("幸福路", "5", 0, 0), ("Main Street", "5", 50, 0)])
    assert np.isfinite(geocode(["大通区幸福路5号", "5 Main St, Anywhere"], bare)["lon"]).all()


def test_only_the_community_is_told(bagongshan: Gazetteer) -> None:
    """A community alone has its precision and a candidate, but no place."""
    gazetteer = town([("幸福路", "5", 0, 0)], places=[("土坝孜社区", "neighbourhood", 60, 50)])
    (match,) = find_places(["土坝孜社区"], [""], gazetteer)
    assert match.precision in ("community", "compound")
    (other,) = find_places(["某某花苑3栋"], ["土坝孜社区"], gazetteer)
    assert (other.xy, other.precision) == (None, "community")
    assert [c.precision for c in other.candidates] == ["community"]


def test_the_stairwell_of_the_office_table() -> None:
    """Where the table knows each stairwell, a home is placed at its own; the building is named without it."""
    rows = [("幸福路12号", f"3栋{n}单元", 116.8 + n * 0.0002) for n in (1, 2)]
    table = pd.DataFrame({"address": [r[0] for r in rows], "building": [r[1] for r in rows],
                          "lon": [r[2] for r in rows], "lat": 32.6, "name": ""})  # fmt: skip
    gazetteer = town([], table=table)
    found = geocode(["幸福路12号3栋2单元501", "幸福路12号3栋1单元"], gazetteer)
    assert found["precision"].tolist() == ["stairwell", "stairwell"]
    assert found["lon"].tolist() == pytest.approx([116.8004, 116.8002], abs=1e-7)
    assert found["matched"].tolist() == ["幸福路12号3栋"] * 2
