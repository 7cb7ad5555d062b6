"""The streets that the walks of a plan follow."""

from __future__ import annotations

import numpy as np

from planner.model.plane import LocalProjection
from planner.network import StraightNetwork, WalkingNetwork
from planner.network.distance import Mesh, walks
from planner.network.streets.ways import walked_ways
from planner.network.values import Snaps
from tests.plans import LAT, LON, STEP_X, STEP_Y
from tests.walked import grid_network


def homes(network: WalkingNetwork, n: int, seed: int) -> Snaps:
    """Join homes at random to a town of 9 x 6 blocks."""
    rng = np.random.default_rng(seed)
    return network.snap(LON + rng.random(n) * 9 * STEP_X, LAT + rng.random(n) * 6 * STEP_Y)


def test_walks_are_as_long_on_what_is_kept() -> None:
    """Shortest walks between the pairs asked about are the same on the kept streets, to the nanometre."""
    network = grid_network(9, 6)
    snaps = homes(network, 60, 1)
    home = np.array([3, 17, 40], np.int32)
    true = network.walks(snaps.take(home), snaps, limit_m=400.0)
    found = walked_ways(network, snaps, home, (true.target, true.source, true.walk_m))
    assert found is not None
    assert len(found.start) < len(network.edges)
    mesh = Mesh(
        int(max(found.start.max(), found.end.max())) + 1,
        np.column_stack([found.start, found.end]).astype(np.int32),
        found.length_m,
    )
    kept = Snaps(
        found.join.astype(np.int32),
        found.along_m,
        snaps.access_m,
        snaps.xy,
        snaps.home_xy,
        snaps.crosses,
    )
    again = walks(mesh, kept.take(home), kept, 400.0)
    np.testing.assert_array_equal(again.source, true.source)
    np.testing.assert_array_equal(again.target, true.target)
    np.testing.assert_array_equal(again.walk_m, true.walk_m)


def test_lines_run_from_crossing_to_crossing() -> None:
    """Each line starts and ends where its crossings lie, in degrees, and is as long as it says."""
    network = grid_network(9, 6)
    snaps = homes(network, 40, 2)
    true = network.walks(snaps.take([0]), snaps, limit_m=None)
    found = walked_ways(network, snaps, np.array([0]), (true.target, true.source, true.walk_m))
    assert found is not None
    spots: dict[int, tuple[float, float]] = {}
    for line, a, b, metres in zip(found.lines, found.start, found.end, found.length_m, strict=True):
        xy = network.projection.to_xy(*np.array(line.coords).T)
        assert abs(np.hypot(*np.diff(xy, axis=0).T).sum() - metres) < 1e-3
        for node, spot in ((a, line.coords[0]), (b, line.coords[-1])):
            assert np.allclose(spots.setdefault(int(node), spot), spot, atol=1e-9)


def test_straight_lines_have_no_ways() -> None:
    """Where walks do not follow streets there is nothing to keep."""
    network = StraightNetwork(LocalProjection(LON, LAT))
    snaps = network.snap([LON, LON + 0.001], [LAT, LAT])
    none = np.zeros(0, np.int64)
    assert walked_ways(network, snaps, np.array([0]), (none, none, np.zeros(0))) is None
