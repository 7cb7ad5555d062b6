"""Walks in whole eighths of a metre: those that the plan's own streets give, and exact."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np

from planner.plan.eighths import EIGHTHS, Doors
from tests.plan.streets import with_streets
from tests.plans import make_plan_tables


def test_walks_are_the_shortest_on_the_streets() -> None:
    """From every fifth unit to all, held against networkx on the same whole numbers."""
    tables = with_streets(make_plan_tables())
    doors = Doors.of(tables)
    graph: nx.Graph[object] = nx.Graph()
    for a, b, length in zip(doors.start, doors.end, doors.length, strict=True):
        graph.add_edge(int(a), int(b), w=int(length))
    for u, (way, along, access) in enumerate(
        zip(doors.join, doors.along, doors.access, strict=True)
    ):
        graph.add_edge(f"u{u}", int(doors.start[way]), w=int(along + access))
        graph.add_edge(f"u{u}", int(doors.end[way]), w=int(doors.length[way] - along + access))
    for u in range(0, len(doors.join), 5):
        far = nx.single_source_dijkstra_path_length(graph, f"u{u}", weight="w")
        found = doors.walks(u) * EIGHTHS
        for v, walk in enumerate(found):
            one_piece = doors.join[u] == doors.join[v] and u != v
            level = abs(doors.along[u] - doors.along[v]) + doors.access[u] + doors.access[v]
            assert walk == (min(far[f"u{v}"], level) if one_piece else far[f"u{v}"])


def test_straight_lines_where_there_are_no_streets() -> None:
    """Without streets the walk is the line, as much longer as the plan's walks are."""
    doors = Doors.of(make_plan_tables())
    walks = doors.walks(3)
    line = np.linalg.norm((doors.spot - doors.spot[3]) / EIGHTHS, axis=1) * doors.detour
    assert walks[3] == 0
    assert np.abs(walks - line).max() <= 0.5 / EIGHTHS
    assert (walks * EIGHTHS == np.rint(walks * EIGHTHS)).all()


def test_homes_above_one_another_have_no_walk() -> None:
    """Two units of one door and one place: nothing to walk; who joins no street is out of reach."""
    tables = with_streets(make_plan_tables())
    told = Doors.of(tables)
    columns = {name: getattr(told, name).copy() for name in ("join", "along", "spot")}
    doors = replace(told, **columns)
    for column in (doors.join, doors.along, doors.spot):
        column[1] = column[0]
    assert doors.walks(0)[1] == 0
    doors.join[5] = -1
    assert np.isinf(doors.walks(0)[5])
    assert np.isinf(np.delete(doors.walks(5), 5)).all()
