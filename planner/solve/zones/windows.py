"""Plan and bound of a large part, brought together window by window.

A window is some zones side by side.  In turn each window's relaxation is solved, which raises the
bound; then each window's zones are taken apart where the relaxation leaves a choice or disagrees with
the plan, and put together again at best (relaxation-induced neighbourhoods: E. Danna, E. Rothberg,
C. Le Pape, Mathematical Programming 102, 2005).  Windows that do not touch are solved side by side;
what comes out does not depend on how many at a time.
"""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np

from planner.model.arrays import Bools, Floats, Ints
from planner.solve.crew import Crew
from planner.solve.zones.exact import solve_exactly
from planner.solve.zones.instance import Instance, cut_out
from planner.solve.zones.proof.relaxed import Relaxed, Window
from planner.solve.zones.track import Track

__all__ = ["apart", "by_windows", "partition", "raise_bound", "touching"]

SURE = 0.99  # share from which on the relaxation is taken to have decided
SIZE = 50  # zones of a window when bounds are raised
# How plans are bettered, pass by pass: zones of a window; what a pair may cost more than its unit's
# cheapest way, as a share of the mean cost; steps from a unit in doubt within which others may change
# too.  Zones that stay too full want chains through many others, which the last two leave room for.
PASSES = ((10, 1.0, 2), (20, 1.0, 3), (20, 2.0, 6), (40, 1.0, 4))
BATCH = 16
NODES = 100  # of branch and bound: a window that wants more gains little for its time
CLOSE = 0.3  # share of the gap that is enough for a window
WORTH = 0.5  # share of the gap below which the zones of a window are good enough as they are
TURNS = 8
ENOUGH = 0.02  # share of the gap that a turn must close for another to follow
MOST_HANDS = 4


def touching(instance: Instance, pair: Ints) -> Ints:
    """Count the neighbours that zones of a plan have in one another, shape (n_centres, n_centres)."""
    one, m = instance, instance.n_centres
    zone = np.where(pair >= 0, one.centre[pair], -1)
    a = np.repeat(zone, np.diff(one.near.start))
    b = zone[one.near.to]
    across = (a >= 0) & (b >= 0) & (a != b)
    return np.bincount(a[across] * m + b[across], minlength=m * m).reshape(m, m)


def partition(links: Ints, size: int, first: Floats) -> list[Ints]:
    """Divide zones into windows that hang together where they can; centres of each, ascending.

    Parameters
    ----------
    links : ndarray of int, shape (n_centres, n_centres)
        From `touching`.
    size : int
        Zones of a window; the last ones may be smaller.
    first : ndarray of float, shape (n_centres,)
        Windows are grown from the zone that has most of this, of those left.
    """
    free = np.ones(len(links), bool)
    windows: list[Ints] = []
    while free.any():
        seed = int(np.argmax(np.where(free, first, -np.inf)))
        free[seed] = False
        window, ring = [seed], links[seed].astype(np.int64).copy()
        hop = np.where(ring > 0, 1, len(links))
        while len(window) < size:
            offered = free & (ring > 0)
            if not offered.any():
                break
            # Round windows: by steps from the seed, then by how much they touch.
            rank = np.where(offered, hop * (links.sum() + 1) - ring, np.iinfo(np.int64).max)
            new = int(np.argmin(rank))
            free[new] = False
            window.append(new)
            ring += links[new]
            hop = np.where(links[new] > 0, np.minimum(hop, hop[new] + 1), hop)
        windows.append(np.sort(np.array(window, np.int64)))
    return _merged(windows, links, size)


def _merged(windows: list[Ints], links: Ints, size: int) -> list[Ints]:
    """Let small leftovers join the neighbour that they touch most."""
    windows = list(windows)
    for i in range(len(windows) - 1, 0, -1):
        small = windows[i]
        if len(small) > size // 3:
            continue
        contact = [
            links[np.ix_(small, w)].sum() if j != i and len(w) + len(small) <= 3 * size // 2 else 0
            for j, w in enumerate(windows)
        ]
        best = int(np.argmax(contact))
        if contact[best] > 0:
            windows[best] = np.union1d(windows[best], small)
            del windows[i]
    return windows


def apart(windows: list[Ints], links: Ints) -> list[list[Ints]]:
    """Sort windows into rounds such that no two of a round touch."""
    rounds: list[list[Ints]] = []
    for window in windows:
        for made in rounds:
            if not any(links[np.ix_(window, other)].any() for other in made):
                made.append(window)
                break
        else:
            rounds.append([window])
    return rounds


def by_windows(track: Track, relaxed: Relaxed, *, seed: int) -> None:
    """Better the plan and raise the bound until they meet or nothing comes of it.

    The prices are those that `raise_bound` leaves; the seed is for HiGHS.
    """
    crew = Crew(MOST_HANDS)
    for turn in range(TURNS):
        gap = track.aim_m - track.bound_m
        for size, within, rings in PASSES:
            if track.over:
                return
            _better_plan(
                track, relaxed, crew, size=size, within=within, rings=rings, seed=seed + turn
            )
        if track.over:
            return
        raise_bound(track, relaxed, within=1.0, seed=seed + turn)
        if track.over or gap - (track.aim_m - track.bound_m) < ENOUGH * gap:
            return


def raise_bound(track: Track, relaxed: Relaxed, *, within: float, seed: int) -> None:
    """Solve the relaxation of all windows in turn; track and prices take over what is proven.

    Pairs that cost more than `within` above their unit's cheapest way, as a share of the mean cost, are
    left out at first.
    """
    track.turn("relaxation")
    links, crew = touching(track.instance, track.pair), Crew(MOST_HANDS)
    first = relaxed.waste(track.pair)

    def work(centres: Ints) -> Window | None:
        return relaxed.solve(
            centres, within * relaxed.scale, track.clock, seed=seed, halt=crew.halt
        )

    for side_by_side in apart(partition(links, SIZE, first), links):
        for window in crew.all(work, side_by_side):
            if window is not None:
                relaxed.adopt(window)
        track.bound(min(relaxed.bound_m, track.value_m), relaxed.way)
        if track.over:
            return


def _better_plan(
    track: Track, relaxed: Relaxed, crew: Crew, *, size: int, within: float, rings: int, seed: int
) -> None:
    """Take the most wasteful zones apart, with their neighbours, and put them together again."""
    track.turn("windows")
    links, one = touching(track.instance, track.pair), track.instance
    waste = relaxed.waste(track.pair)
    worth = WORTH * max(track.gap, 1e-4) * track.cost_m / one.n_centres
    open_unit = _doubtful(relaxed, track.pair, rings)

    def work(centres: Ints) -> Ints | None:
        if track.clock.left <= 0:
            return None
        width = within * relaxed.scale
        return _rearranged(track, relaxed, centres, open_unit, width, seed, crew.halt)

    windows = [w for w in partition(links, size, waste) if waste[w].sum() > worth * len(w)]
    # In batches, so that what was found is told from time to time.
    for some in (windows[i : i + BATCH] for i in range(0, len(windows), BATCH)):
        pair = track.pair.copy()
        for found in crew.all(work, some):
            if found is not None:
                pair[one.unit[found]] = found
        track.plan(pair, "windows")
        if track.over:
            return


def _doubtful(relaxed: Relaxed, pair: Ints, rings: int) -> Bools:
    """Find units that the relaxation splits or places elsewhere, and those near them."""
    one = relaxed.instance
    doubt = (pair >= 0) & ~(relaxed.share[pair] >= SURE)
    owner = np.repeat(np.arange(one.n_units), np.diff(one.near.start))
    for _ in range(rings):
        wider = doubt.copy()
        wider[one.near.to[doubt[owner]]] = True
        doubt = wider
    return doubt


def _rearranged(
    track: Track,
    relaxed: Relaxed,
    centres: Ints,
    open_unit: Bools,
    within: float,
    seed: int,
    halt: threading.Event,
) -> Ints | None:
    """Find the best arrangement of some zones of the plan among the pairs that look good.

    Units that are not open stay, and pairs that cost more than `within` above their unit's cheapest
    way are left out.  Given are new pairs of all units of these zones, if that is better.
    """
    one, pair = relaxed.instance, track.pair
    mine = relaxed.pairs_of(centres)
    among = np.zeros(one.n_centres, np.bool_)
    among[centres] = True
    inside = (pair >= 0) & among[one.centre[pair]]
    keep = np.zeros(one.n_pairs, np.bool_)
    keep[mine] = (relaxed.reduced[mine] <= within) & (inside & open_unit)[one.unit[mine]]
    keep[pair[inside]] = True
    small, pairs = cut_out(one, keep, centres)
    # Who has a centre keeps one: leaving a unit out would be the cheapest of all arrangements.
    small = replace(small, skip_cost=np.full(small.n_units, np.inf))
    start = np.searchsorted(pairs, pair[inside])
    before = small.value(start, forgiving=True)
    found = solve_exactly(
        small,
        start=start,
        gap=CLOSE * track.gap,
        nodes=NODES,
        seconds=track.clock.left,
        seed=seed,
        halt=halt,
    )
    if found.pair is None or small.value(found.pair) >= before - 1e-6 * before:
        return None
    return np.where(found.pair >= 0, pairs[found.pair], -1)
