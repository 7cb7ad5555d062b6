"""Catalogue, entries 73 to 80: street extracts of a made-up town, good, odd and hostile."""

# ruff: noqa: E501 - one entry a line

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from planner.api.check.check import check
from planner.errors import NetworkError, Severity
from planner.network import WalkingNetwork, read_extract

LON, LAT = 117.0, 32.6
EAST_M, NORTH_M = 93_860.0, 110_900.0
"""Metres in a degree there."""
At = tuple[float, float]


def osm(path: Path, ways: Sequence[tuple[Sequence[At], dict[str, str]]], *, extra: str = "", head: str = "",
        first: int = 1, drop: Sequence[int] = (), date: str = "2024-05-06") -> Path:  # fmt: skip
    """Write ways given in metres; equal points are one node. Nodes in `drop` are referred to and absent."""
    ids: dict[At, int] = {}
    lines = []
    for number, (points, tags) in enumerate(ways, start=1):
        refs = [ids.setdefault(p, (len(ids) + 1) * first) for p in points]
        inner = "".join(f'<nd ref="{r}"/>' for r in refs)
        inner += "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
        lines.append(
            f'<way id="{number * first}" version="1" timestamp="{date}T00:00:00Z">{inner}</way>'
        )
    nodes = "".join(
        f'<node id="{i}" version="1" lat="{LAT + y / NORTH_M:.8f}" lon="{LON + x / EAST_M:.8f}"/>'
        for (x, y), i in ids.items() if i not in drop
    )  # fmt: skip
    body = f'<osm version="0.6">{nodes}{"".join(lines)}{extra}</osm>'
    path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{body}', "utf-8")
    return path


def network(path: Path) -> WalkingNetwork:
    """Read an extract as a network."""
    return WalkingNetwork.from_osm(read_extract(path))


def walk(net: WalkingNetwork, a: At, b: At) -> float:
    """Walk between two homes given in metres; infinite where there is none."""
    at = np.array([a, b], float)
    snaps = net.snap(LON + at[:, 0] / EAST_M, LAT + at[:, 1] / NORTH_M)
    pairs = net.walks(snaps.take([0]), snaps.take([1]), limit_m=None)
    return float(pairs.walk_m[0]) if len(pairs.walk_m) else float("inf")


STREET = {"highway": "residential"}
MAIN: list[tuple[Sequence[At], dict[str, str]]] = [
    ([(0, 0), (500, 0), (1000, 0)], STREET),
    ([(500, 0), (500, 500)], STREET),
]


@pytest.mark.parametrize(("gap_m", "bridged"), [(300.0, False), (800.0, False)])
def test_073_islands_never_make_infinite_walks(tmp_path: Path, gap_m: float, bridged: bool) -> None:
    """073 F-ISLAND: an island is listed with its place and length; homes on it walk on it, and not off it."""
    y = -gap_m
    net = network(osm(tmp_path / "a.osm", [*MAIN, ([(0, y), (400, y)], STREET)]))
    _, island = net.pieces
    assert island.length_m == pytest.approx(400, abs=2)
    assert (island.lat - LAT) * NORTH_M == pytest.approx(y, abs=2)
    assert walk(net, (200, y + 5), (300, y + 5)) == pytest.approx(110, abs=1)
    assert np.isinf(walk(net, (200, y + 5), (900, 5)))


def test_074_nobody_walks_through_a_river(tmp_path: Path) -> None:
    """074 F-RIVER: 80 m apart across the water is 2.4 km by the bridge."""
    ways: list[tuple[Sequence[At], dict[str, str]]] = [
        ([(0, 0), (1200, 0), (1200, 80)], STREET), ([(0, 80), (1200, 80)], STREET),
        ([(-200, 40), (1190, 40)], {"waterway": "river"}),
    ]  # fmt: skip
    net = network(osm(tmp_path / "a.osm", ways))
    assert walk(net, (10, 0), (10, 80)) == pytest.approx(2460, abs=10)


def test_075_a_home_far_from_any_street_is_told(tmp_path: Path) -> None:
    """075 F-SNAP: the leg to the street is known; beyond the limit asked for a home joins nothing."""
    net = network(osm(tmp_path / "a.osm", MAIN))
    far = LON + 250 / EAST_M, LAT - 600 / NORTH_M
    assert net.snap(*np.array([far]).T).access_m[0] == pytest.approx(600, abs=3)
    assert net.snap(*np.array([far]).T, max_m=300).edge[0] == -1


@pytest.mark.parametrize(
    ("tags", "walked"),
    [
        ({"highway": "residential", "oneway": "yes"}, True),
        ({"highway": "motorway"}, False),
        ({"highway": "living_street", "access": "private"}, True),
        ({"highway": "residential", "access": "no"}, False),
        ({"highway": "residential", "foot": "no"}, False),
        ({"highway": "steps"}, True),
        ({"highway": "footway", "tunnel": "yes"}, True),
        ({"route": "ferry"}, False),
        ({"highway": "construction"}, False),
        ({"highway": "footway", "access": "no", "foot": "yes"}, True),
    ],
    ids=lambda value: (
        "-".join(f"{k}.{v}" for k, v in value.items()) if isinstance(value, dict) else ""
    ),
)
def test_076_walking_rules(tmp_path: Path, tags: dict[str, str], walked: bool) -> None:
    """076 F-ONEWAY: a short cut is walked, both ways, or not, by its tags; compounds stay reachable."""
    net = network(osm(tmp_path / "a.osm", [*MAIN, ([(0, 0), (500, 500)], tags)]))
    for a, b in (((0, 0), (500, 500)), ((500, 500), (0, 0))):
        assert walk(net, a, b) == pytest.approx(707 if walked else 1000, abs=3)


def test_077_an_extract_without_streets_is_refused(tmp_path: Path) -> None:
    """077 F-EMPTY: no streets at all, or none for walking, is said; nothing is planned on it."""
    for tags in ({"building": "yes"}, {"highway": "motorway"}):
        path = osm(tmp_path / "a.osm", [([(0, 0), (100, 0), (100, 100), (0, 0)], tags)])
        with pytest.raises(NetworkError, match=r"a\.osm") as caught:
            network(path)
        assert caught.value.remedy


def homes(path: Path, lon: float, n: int = 40) -> Path:
    """Write homes along the first street, shifted to a longitude."""
    rows = [f"H{i},{lon + i * 20 / EAST_M:.7f},{LAT + (i % 7) / NORTH_M:.7f}" for i in range(n)]
    path.write_text("编号,经度,纬度\n" + "\n".join(rows) + "\n", "utf-8")
    return path


def test_077_streets_that_cover_half_the_homes_are_refused_with_the_share(tmp_path: Path) -> None:
    """077 F-EMPTY, 080 F-STALE: streets of another place, or of a part, are refused with the share covered."""
    streets = osm(tmp_path / "a.osm", MAIN)
    report = check(homes(tmp_path / "h.csv", LON + 10), ground=streets)
    assert report.exit_code == 2
    assert any(f.code == "other-place" and "0 %" in f.what for f in report.findings), str(report)
    assert check(homes(tmp_path / "h.csv", LON), ground=streets).exit_code == 0


@pytest.mark.parametrize("share", [0.2, 0.6, 0.97])
def test_078_a_file_cut_short_is_refused(tmp_path: Path, share: float) -> None:
    """078 F-BADOSM: half an extract is never half a network; the file is named."""
    path = osm(tmp_path / "cut.osm", MAIN)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(NetworkError, match=r"cut\.osm"):
        network(path)


ODD = {
    "missing-node": {"drop": (2,), "ways": [*MAIN, ([(1000, 0), (1500, 0), (2000, 0)], STREET)]},
    "latitude-91": {"extra": '<node id="99" version="1" lat="91" lon="117"/>'},
    "negative-ids": {"first": -1},
    "duplicate-ids": {"extra": '<node id="1" version="1" lat="32.6" lon="117"/>'},
    "no-length": {"ways": [*MAIN, ([(0, 0), (0, 0)], STREET)]},
    "self-loop": {"ways": [*MAIN, ([(1000, 0), (1050, 0), (1050, 50), (1000, 0)], STREET)]},
    "one-node": {"ways": [*MAIN, ([(1000, 0)], STREET)]},
    "bad-coordinate": {"extra": '<node id="99" version="1" lat="32.6Z" lon="117"/>', "stop": True},
}


@pytest.mark.parametrize("name", ODD)
def test_078_odd_extracts_are_cut_or_counted(tmp_path: Path, name: str) -> None:
    """078 F-BADOSM: missing nodes cut a way, nodes off the globe are dropped; walks stay right."""
    values = dict(ODD[name])
    stop = values.pop("stop", False)
    path = osm(tmp_path / "a.osm", values.pop("ways", MAIN), **values)  # type: ignore[arg-type]
    if stop:
        with pytest.raises(NetworkError, match=r"a\.osm"):
            read_extract(path)
        return
    extract = read_extract(path)
    net = WalkingNetwork.from_osm(extract)
    assert np.isfinite(net.length_m).all()
    assert (net.length_m > 0).all()
    if name == "missing-node":
        assert extract.counts["street_ways_cut"] > 0
    else:
        assert walk(net, (0, 0), (500, 500)) == pytest.approx(1000, abs=3)
    if name == "latitude-91":
        assert extract.counts["invalid_locations"] == 1


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
        '<!DOCTYPE osm [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE osm SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
    ids=["laughs", "file", "net"],
)
def test_079_entities_are_refused_unread(tmp_path: Path, head: str) -> None:
    """079 F-ENTITY: within a second, without reading a file or opening a connection."""
    path = osm(tmp_path / "a.osm", MAIN, head=head)
    began = time.process_time()
    with pytest.raises(NetworkError, match="not a plain OpenStreetMap file"):
        network(path)
    assert time.process_time() - began < 1


def test_080_an_old_extract_is_told_of(tmp_path: Path) -> None:
    """080 F-STALE: streets as they were years ago are used, with their date in a warning."""
    sheet = homes(tmp_path / "h.csv", LON)
    old = check(sheet, ground=osm(tmp_path / "old.osm", MAIN, date="2012-05-06"))
    (said,) = [f for f in old.findings if f.code == "old-streets"]
    assert said.severity is Severity.WARN
    assert "2012-05-06" in said.what
    assert "2012-05-06" in said.what_zh
    from datetime import date

    new = check(sheet, ground=osm(tmp_path / "new.osm", MAIN, date=date.today().isoformat()))
    assert not any(f.code == "old-streets" for f in new.findings)
