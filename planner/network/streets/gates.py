"""Private gates: the people who live behind one pass it, nobody takes it as a way through.

Walks are measured on an undirected graph, which knows no owners.  A compound with one private gate can
be left open, for nobody gets anywhere by walking through it.  Where several gates would make a short
cut for outsiders, only the main one stays open.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from planner.model.arrays import Bools, Floats, Ints

__all__ = ["gates_to_shut"]


def gates_to_shut(xy: Floats, steps: Ints, private: Bools, blocked: Bools) -> Ints:
    """Tell which private gates nobody passes.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2)
        Nodes in the plane.
    steps : ndarray of int64, shape (s, 2)
        Neighbouring nodes of the streets.
    private, blocked : ndarray of bool, shape (n,)
        Gates that only residents pass, and nodes that nobody does.

    Returns
    -------
    ndarray of int64
        Nodes: gates within one open street, and all but the main gate of a compound through which
        others would walk.
    """
    gates = np.flatnonzero(private & ~blocked)
    if not len(gates):
        return gates
    # What two ways share is one step (scipy would add the two up); one of no length would be no arc.
    steps = np.unique(np.sort(steps, axis=1), axis=0)
    metres = np.maximum(np.hypot(*(xy[steps[:, 0]] - xy[steps[:, 1]]).T), 1e-6)
    free = ~(private | blocked)
    inside = free[steps].all(axis=1)
    graph = _graph(steps[inside], metres[inside], len(xy))
    label = connected_components(graph, directed=False)[1]
    size = np.bincount(label[steps[inside, 0]], metres[inside], minlength=len(xy))
    beside: dict[int, set[int]] = {int(g): set() for g in gates}
    for a, b in steps.tolist():
        for gate, other in ((a, b), (b, a)):
            if gate in beside and free[other]:
                beside[gate].add(int(label[other]))
    shut: list[int] = []
    behind: dict[int, list[int]] = defaultdict(list)
    for gate, parts in beside.items():
        if len(parts) == 1:
            shut.append(gate)  # both sides are reached without it, or there is no other side
        elif parts:
            # The compound is the smaller side: the town has more streets than any yard.
            behind[min(parts, key=lambda part: (size[part], part))].append(gate)
    for part, some in behind.items():
        if len(some) > 1:
            shut += _all_but_main(part, some, steps, metres, label)
    return np.array(sorted(shut), np.int64)


def _graph(steps: Ints, metres: Floats, n: int) -> csr_array:
    ends = np.concatenate([steps, steps[:, ::-1]])
    return csr_array((np.tile(metres, 2), tuple(ends.T)), shape=(n, n))


def _all_but_main(
    part: int, gates: list[int], steps: Ints, metres: Floats, label: Ints
) -> list[int]:
    """Keep all gates of a compound unless the way through it is shorter than the way round."""
    among = np.isin(steps, gates)
    within = (label[steps] == part) & ~among
    side = ((within | among).all(axis=1)) & within.any(axis=1)
    n = len(label)
    through = dijkstra(_graph(steps[side], metres[side], n), directed=False, indices=gates)
    around = dijkstra(_graph(steps[~side], metres[~side], n), directed=False, indices=gates)
    if (through[:, gates] >= around[:, gates]).all():
        return []
    # The gate from which the farthest door is nearest stays open.
    reach = np.where(np.isfinite(through), through, 0.0)[:, label == part].max(axis=1)
    main = min(zip(reach.tolist(), gates, strict=True))[1]
    return [gate for gate in gates if gate != main]
