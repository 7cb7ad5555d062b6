"""Which piece of street people live on, and what is said of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from planner.demand.footing import footing, footing_of
from planner.network import StraightNetwork, WalkingNetwork
from tests.network.worlds import PLANE, layer, network

VILLAGES = network([(0, 0), (2000, 0)], [(0, 900), (1000, 900)])


def people(*rows, fence=""):
    """Homes and centres: east, north, homes, whether a centre lives there."""
    lon, lat = PLANE.to_lon_lat(np.array([r[:2] for r in rows], float)).T
    homes, centre = zip(*(r[2:] for r in rows), strict=True)
    names = [fence] * len(rows) if isinstance(fence, str) else fence
    return pd.DataFrame(
        {"lon": lon, "lat": lat, "fence": names, "households": homes, "centre": centre}
    )


def test_two_villages_are_two_pieces():
    """Each with its streets, homes and centres; one finding tells of both in figures."""
    told = footing(people((100, 9, 40, True), (500, 9, 24, False), (100, 909, 36, True)), VILLAGES)
    assert [(p.households, p.centres) for p in told.pieces] == [(64, 1), (36, 1)]
    assert [p.share for p in told.pieces] == pytest.approx([2 / 3, 1 / 3], abs=1e-4)
    (said,) = told.findings
    assert said.code == "street-pieces"
    assert "64 homes and 1 centres on 2.0 km (67 % of the streets)" in said.what
    assert "36户" in said.what_zh


def test_one_piece_is_not_told_of():
    """Streets that nobody lives on do not matter."""
    told = footing(people((100, 909, 36, True)), VILLAGES)
    assert [(p.households, p.length_m) for p in told.pieces] == [(36, pytest.approx(1000, abs=0.1))]
    assert told.findings == ()


PATH = network([(0, 0), (2000, 0)], [(100, 70), (600, 70)])


@pytest.mark.parametrize(
    ("rows", "fence", "pieces"),
    [
        ([(200, 5, 1, True), (200, 65, 9, False)], "", [0, 0]),
        ([(200, 5, 1, True), (200, 65, 9, True)], "", [0, 1]),
        ([(200, 5, 1, False), (200, 65, 9, False)], "", [0, 1]),
        ([(200, 5, 1, True), (200, 65, 9, False)], ["a", "b"], [0, 1]),
        ([(200, 5, 1, True), (200, 110, 9, False)], "", [0, 1]),
    ],
    ids=["near", "own centre", "no centre", "other community", "far"],
)
def test_homes_without_a_centre_join_the_street_beside(rows, fence, pieces):
    """Those on a piece without a centre of their community, where one with a centre is near."""
    told = footing(people(*rows, fence=fence), PATH)
    assert PATH.pieces_of(told.snaps).tolist() == pieces


def test_nobody_is_led_round_a_locked_gate(tmp_path):
    """The path behind it is a piece of its own, however near the street is."""
    from tests.network.streets.files import write

    at = {1: (0, 0), 2: (1000, 0), 3: (500, 0), 4: (500, 20), 5: (500, 90)}
    body = ""
    for number, (x, y) in at.items():
        gate = '<tag k="barrier" v="gate"/><tag k="locked" v="yes"/>' if number == 4 else ""
        lon, lat = 117 + x / 93_600, 32.6 + y / 111_195
        body += f'<node id="{number}" lon="{lon}" lat="{lat}" version="1">{gate}</node>'
    for number, refs in ((1, (1, 3, 2)), (2, (3, 4, 5))):
        nodes = "".join(f'<nd ref="{r}"/>' for r in refs)
        body += f'<way id="{number}" version="1">{nodes}<tag k="highway" v="path"/></way>'
    net = WalkingNetwork.from_osm(write(tmp_path / "a.osm", body))
    assert net.gated.tolist() == [0, 1]
    frame = people((300, 5, 1, True))
    inner = frame.assign(lon=117 + 505 / 93_600, lat=32.6 + 70 / 111_195, centre=False)
    told = footing(pd.concat([frame, inner], ignore_index=True), net)
    assert net.pieces_of(told.snaps).tolist() == [0, 1]


def test_a_river_is_not_crossed_for_a_centre():
    """Far banks without a bridge are not joined."""
    wet = network(
        [(0, 0), (2000, 0)], [(100, 70), (600, 70)], barriers=layer([(-50, 35), (2050, 35)])
    )
    told = footing(people((200, 5, 1, True), (200, 65, 9, False)), wet)
    assert wet.pieces_of(told.snaps).tolist() == [0, 1]


def test_straight_lines_have_no_pieces():
    """Nothing is said where there are no streets."""
    told = footing(people((0, 0, 5, True), (500, 900, 5, False)), StraightNetwork(PLANE))
    assert (told.pieces, told.findings) == ((), ())


def test_a_check_foresees_the_same():
    """From located people, spots taken together; who has no place is left out."""
    rows = people((100, 9, 1, False), (100, 9, 1, False), (100, 909, 1, False))
    rows = pd.concat([rows, rows.iloc[:1].assign(lon=np.nan)], ignore_index=True)
    members = people((500, 9, 0, True), (300, 909, 0, True)).rename(columns={"centre": "is_centre"})
    told = footing_of(rows, members, VILLAGES)
    assert [(p.households, p.centres) for p in told.pieces] == [(2, 1), (1, 1)]
    assert len(told.snaps) == 4
    alone = footing_of(rows, members.drop(columns="is_centre"), VILLAGES)
    assert [(p.households, p.centres) for p in alone.pieces] == [(2, 0), (1, 0)]
