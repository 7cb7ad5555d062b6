"""Reconstruction of hidden counts from a page alone, by whole-number programming.

Shares no code with the gate.

The attacker takes every number of the page for a sum over homes of units, knows that each unit that is
shown has a home (but where the page says that some have none), knows how counts are rounded, and asks of
each unit for the fewest and the most homes that fit everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

__all__ = ["known_units", "old_prices", "old_sums", "page_sums"]

Told = tuple[list[int], float, float]
MANY = 10_000.0


def spread(told: int, smallest: int, base: int) -> tuple[float, float]:
    """Give what a told count may be in truth."""
    if told == 0:
        return 0.0, 0.0
    if told == -1:
        return 1.0, smallest - 1.0
    if told < 0:
        return 0.0, MANY
    return max(told - base // 2, smallest), told + base // 2


def page_sums(data: dict[str, Any]) -> tuple[int, list[Told]]:
    """Read the sums of a page of today: blocks, zones, the whole."""
    n = len(data["units"]["block"])
    meta = data["meta"]
    inside: dict[int, list[int]] = {}
    for u, b in enumerate(data["units"]["block"]):
        inside.setdefault(b, []).append(u)
    sums: list[Told] = []
    for b, units in inside.items():
        low, high = spread(data["blocks"]["homes"][b], meta["smallest"], meta["rounded"])
        sums.append((units, low, high))
    total = data["figures"]["households"]
    if total >= 0:
        sums.append((list(range(n)), 0.0, total))
    return n, sums


def old_sums(page: dict[str, Any]) -> tuple[int, list[Told]]:
    """Read the sums of a page of an older version: units, blocks and zones, exactly."""
    homes, zone = page["units"]["homes"], page["units"]["zone"]
    sums: list[Told] = [
        ([u], *((1.0, 2.0) if h == -1 else (3.0, MANY) if h == -2 else (float(h), float(h))))
        for u, h in enumerate(homes)
    ]
    for told, group in ((page["edit"]["homes"], page["edit"]["block"]), (page["zones"], zone)):
        for k, total in enumerate(told):
            sums.append(([u for u, g in enumerate(group) if g == k], total, total))
    return len(homes), sums


def old_prices(page: dict[str, Any]) -> list[tuple[list[float], float]]:
    """Read the sums of walks of an older page: what each unit walks is plain from the streets on it."""
    block, walks = page["edit"]["block"], page["walks"]
    made = []
    for b, centre, cost in page["edit"]["pairs"]:
        weights = [walks[u][centre] if k == b else 0.0 for u, k in enumerate(block)]
        made.append((weights, cost / 100))
    return made


def known_units(
    n: int,
    sums: Sequence[Told],
    units: Sequence[int],
    prices: Sequence[tuple[list[float], float]] = (),
    *,
    empty: bool = False,
) -> dict[int, int]:
    """Attack: give the units among some whose homes can have one value only, and the value."""
    least = np.zeros(n) if empty else np.ones(n)
    for inside, _, high in sums:
        if high < len(inside):
            least[inside] = 0.0  # some unit has no home: the assumption falls
    rows = np.zeros((len(sums), n))
    for k, (inside, _, _) in enumerate(sums):
        rows[k, inside] = 1.0
    what = [LinearConstraint(rows, np.array([s[1] for s in sums]), np.array([s[2] for s in sums]))]
    if prices:
        cost = np.array([p[1] for p in prices])
        what.append(LinearConstraint(np.array([p[0] for p in prices]), cost - 0.01, cost + 0.01))
    bounds = Bounds(least, np.full(n, MANY))
    found: dict[int, int] = {}
    for u in units:
        wanted = np.eye(1, n, u)[0]
        low, high = (
            milp(sign * wanted, constraints=what, bounds=bounds, integrality=np.ones(n))
            for sign in (1, -1)
        )
        if low.x is not None and round(low.x[u]) == round(high.x[u]):
            found[u] = round(low.x[u])
    return found
