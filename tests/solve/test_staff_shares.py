"""Care households shared out among single members: 300 small zones against every way there is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from planner.solve.staff import FAR_M, Staffing, staff
from planner.solve.staff_shares import HARD_M, Shared, staff_shared

CASES = 300


def _zone(seed: int) -> dict:
    """Up to four homes and three members, with limits of homes and up to two shares of care."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 5)), int(rng.integers(1, 4))
    low, high = sorted(int(v) for v in rng.integers(0, 5, 2))
    shares = []
    for _ in range(int(rng.integers(1, 3))):
        sides = sorted(float(v) for v in rng.integers(0, 3, 2))
        able = rng.random(m) < 0.7
        able[rng.integers(m)] = True
        price = float(rng.choice([30.0, 5000.0, HARD_M]))
        pair = (sides[0], sides[1]) if rng.random() < 0.6 else (None, sides[1])
        shares.append(Shared(rng.random(n) < 0.6, able, *pair, price))
    return {
        "load": np.ones(n, int), "walk_m": rng.integers(0, 30, (n, m)) * 10.0,
        "low": float(low), "high": float(max(high, 1)),
        "ceiling": np.where(rng.random(m) < 0.3, 1.0, np.nan) if rng.random() < 0.4 else None,
        "shares": shares,
    }  # fmt: skip


def _cost(zone: dict, who: tuple[int, ...], serving: tuple[int, ...]) -> float:
    """Price one way, from the statement: walks, homes beyond floor and ceiling, care beyond its own."""
    given = np.array(who)
    walk = zone["walk_m"]
    total = float(sum(walk[i, j] for i, j in enumerate(who)))
    for j in range(walk.shape[1]):
        high = zone["high"]
        if zone["ceiling"] is not None:
            high = min(high, np.nan_to_num(zone["ceiling"][j], nan=np.inf))
        low = min(zone["low"], high, len(who))
        held = int((given == j).sum())
        total += FAR_M * (max(low - held, 0) * (j in serving) + max(held - high, 0))
        for share in zone["shares"]:
            mine = int((share.counts & (given == j)).sum())
            if not share.able[j]:
                total += share.price_m * mine
                continue
            total += share.price_m * max((share.low or 0.0) - mine, 0.0) * (j in serving)
            total += share.price_m * max(mine - share.high, 0.0)
    return total


def _best(zone: dict, count: int) -> float:
    n, m = zone["walk_m"].shape
    return min(
        _cost(zone, who, serving)
        for serving in itertools.combinations(range(m), count)
        for who in itertools.product(serving, repeat=n)
    )


def test_the_best_of_all_ways() -> None:
    """Who serves and whom, with own ceilings, hard and elastic shares, kinds of members: the least price."""
    for seed in range(CASES):
        zone = _zone(seed)
        found = staff_shared(**zone)
        who = tuple(int(j) for j in found.share.argmax(axis=1))
        serving = tuple(int(j) for j in np.flatnonzero(found.serves))
        assert set(who) <= set(serving), seed
        assert _cost(zone, who, serving) == pytest.approx(_best(zone, len(serving))), seed


def _two(low: float | None, high: float | None, price: float, able: list[bool]) -> Staffing:
    walk = np.array([[0.0, 90.0], [0.0, 90.0], [0.0, 90.0], [90.0, 0.0]])
    care = Shared(np.array([True, True, True, False]), np.array(able), low, high, price)
    return staff_shared(np.ones(4, int), walk, 1, 4, None, [care])


def test_two_or_three_each() -> None:
    """A ceiling sends the third care household to the other member; without it all are with the nearest."""
    assert (
        staff(np.ones(4, int), [[0, 90], [0, 90], [0, 90], [90, 0]], 1, 4).share[:3, 0].sum() == 3
    )
    assert _two(None, 2.0, 1000.0, [True, True]).share[:3, 0].sum() == 2
    assert _two(None, 2.0, 10.0, [True, True]).share[:3, 0].sum() == 3
    assert _two(None, 3.0, 1000.0, [False, True]).share[:3, 1].sum() == 3


def test_nobody_and_nothing() -> None:
    """A zone without homes, or without members, is told as it is without shares."""
    care = Shared(np.zeros(0, bool), np.ones(2, bool), None, 2.0, 10.0)
    found = staff_shared(np.zeros(0, int), np.zeros((0, 2)), 1, 4, None, [care])
    assert found.share.shape == (0, 2)
    assert not found.serves.any()
