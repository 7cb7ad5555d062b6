"""Private gates let the people behind them through, and nobody else."""

from __future__ import annotations

import numpy as np
import pytest

from planner.network import WalkingNetwork
from planner.network.streets.gates import gates_to_shut
from tests.network.streets.files import write

NONE = np.zeros(0, bool)


def shut(xy, steps, private, blocked=()):
    """Gates that nobody passes."""
    n = len(xy)
    flags = [np.isin(np.arange(n), list(which)) for which in (private, blocked)]
    return gates_to_shut(np.array(xy, float), np.array(steps, np.int64), *flags).tolist()


STREET = [(0, 0), (100, 0), (200, 0), (300, 0)]


def test_the_gate_of_a_compound_opens():
    """A compound with one private gate: there is no way through, so the gate is part of the street."""
    assert (
        shut([*STREET, (100, 10), (100, 60)], [(0, 1), (1, 2), (2, 3), (1, 4), (4, 5)], {4}) == []
    )


def test_a_private_gate_across_an_open_street_stays_shut():
    """Where both sides are reached without it, it is there to keep people from passing."""
    ring = [(0, 0), (100, 0), (100, 100), (0, 100)]
    assert shut(ring, [(0, 1), (1, 2), (2, 3), (3, 0)], {1}) == [1]


def test_nothing_opens_at_the_end_of_a_street():
    """A gate with nothing mapped behind it changes nothing."""
    assert shut([*STREET, (100, 10)], [(0, 1), (1, 2), (2, 3), (1, 4)], {4}) == [4]


@pytest.mark.parametrize(
    ("round_m", "again", "expected"), [(0, [], []), (400, [], [5]), (29, [(1, 0)], [])]
)
def test_two_gates_that_make_a_short_cut(round_m, again, expected):
    """Where the way through a compound is shorter than that round it, one gate alone stays open.

    A street that two ways share is no longer for that.
    """
    xy = [
        (0, 0),
        (0, round_m),
        (100, round_m),
        (100, 0),
        (10, 0),
        (90, 0),
        (50, 80),
        (200, 0),
        (400, 0),
    ]
    steps = [(0, 1), (1, 2), (2, 3), (0, 4), (4, 6), (6, 5), (5, 3), (3, 7), (7, 8)]
    assert shut(xy, steps + again, {4, 5}) == expected


def test_locked_gates_count_for_nothing():
    """A gate that is blocked anyway is neither opened nor told of."""
    assert (
        shut([*STREET, (100, 10), (100, 60)], [(0, 1), (1, 2), (2, 3), (1, 4), (4, 5)], {4}, {4})
        == []
    )
    assert len(gates_to_shut(np.zeros((0, 2)), np.zeros((0, 2), np.int64), NONE, NONE)) == 0


@pytest.mark.parametrize(
    ("gate", "walk_m"),
    [
        ({"access": "private"}, 260),
        ({"access": "private", "locked": "yes"}, None),
        ({"access": "no"}, None),
        ({"foot": "private"}, 260),
        ({}, 260),
    ],
)
def test_residents_use_their_gate(tmp_path, gate, walk_m):
    """A home behind the gate walks out along its own path; behind a locked one it walks nowhere."""
    at = {1: (0, 0), 2: (400, 0), 3: (200, 0), 4: (200, 20), 5: (200, 400)}
    body = ""
    for number, (x, y) in at.items():
        tags = {"barrier": "gate", **gate} if number == 4 else {}
        told = "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
        lon, lat = 117 + x / 93_600, 32.6 + y / 111_195
        body += f'<node id="{number}" lon="{lon}" lat="{lat}" version="1">{told}</node>'
    for number, refs in ((1, (1, 3, 2)), (2, (3, 4, 5))):
        nodes = "".join(f'<nd ref="{r}"/>' for r in refs)
        body += f'<way id="{number}" version="1">{nodes}<tag k="highway" v="residential"/></way>'
    net = WalkingNetwork.from_osm(write(tmp_path / "a.osm", body))
    homes = net.snap([117 + 210 / 93_600, 117 + 150 / 93_600], [32.6 + 200 / 111_195, 32.6])
    walks = net.walks(homes.take([0]), homes.take([1]), limit_m=None)
    assert len(walks) == (walk_m is not None)
    if walk_m is not None:
        assert walks.walk_m[0] == pytest.approx(walk_m, abs=3)
