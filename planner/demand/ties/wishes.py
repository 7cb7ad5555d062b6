"""Two-way choice: wishes of homes and members meet the plan as prices of pairs, and are counted afterwards.

A wish is for a centre, so that its price hangs on the pair of a unit and a centre alone: search, lower
bound, certificate and second proof take it as they take a walk that is too long.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from planner.errors import Finding
from planner.intake.identity import match_ids
from planner.intake.wish_sheet import WishSheet
from planner.model.arrays import AnyInts, Floats, Ints
from planner.model.problem import Problem

__all__ = ["MOST", "Wished", "wish_shares", "wished"]

MOST = 3


@dataclass(frozen=True, eq=False)
class Wished:
    """Who wishes for whom, by position.

    Parameters
    ----------
    name : tuple of str, length n
        Ids of the homes and members that wish.
    member : ndarray of bool, shape (n,)
        Whether it is a member.
    unit : ndarray of int, shape (n,)
        Where each lives, -1 for no place.
    centre : ndarray of int, shape (n, 3)
        Centres that each wishes for, the dearest first; -1 for none.
    """

    name: tuple[str, ...]
    member: np.ndarray
    unit: Ints
    centre: Ints

    def __len__(self) -> int:
        return len(self.name)

    def met(self, assignment: ArrayLike) -> Ints:
        """Tell which wish of each a plan meets: 1 to 3, 0 for none, shape (n,)."""
        zone = np.append(np.asarray(assignment, np.int64), -1)[self.unit]
        hit = (self.centre == zone[:, None]) & (zone[:, None] >= 0)
        return np.where(hit.any(axis=1), hit.argmax(axis=1) + 1, 0)

    def counts(self, assignment: ArrayLike) -> dict[str, int]:
        """Count ``wishes, first, second, third, unmet``."""
        met = np.bincount(self.met(assignment), minlength=MOST + 1).tolist()
        names = ("unmet", "first", "second", "third")
        return {"wishes": len(self)} | dict(zip(names, met, strict=True))


def wished(
    sheet: WishSheet,
    homes: Sequence[str],
    home_unit: AnyInts,
    members: Sequence[str],
    member_unit: AnyInts,
    centres: Iterable[str],
) -> tuple[Wished, tuple[Finding, ...]]:
    """Find the ids of a sheet of wishes.

    Parameters
    ----------
    homes, members, centres : sequence of str
        Ids in order; an id that a home and a member share is the home's.
    home_unit, member_unit : ndarray of int
        Unit of each, -1 for none.

    Returns
    -------
    Wished
    tuple of Finding
        How many rows name nobody, and how many wishes name no centre.
    """
    at = {"home": _places(homes), "member": _places(members), "centre": _places(centres)}
    asked = [who for who, _ in sheet.rows]
    found = {kind: match_ids(asked, at[kind]) for kind in ("home", "member")}
    seats = match_ids([c for _, some in sheet.rows for c in some], at["centre"])
    names, member, unit, centre = [], [], [], []
    nobody = nowhere = 0
    for who, some in sheet.rows:
        kind = next((k for k in ("home", "member") if who in found[k]), None)
        if kind is None:
            nobody += 1
            continue
        own = [at["centre"][seats[c]] for c in some[:MOST] if c in seats]
        nowhere += len(some[:MOST]) - len(own)
        if not own:
            continue
        place = at[kind][found[kind][who]]
        names.append(found[kind][who])
        member.append(kind == "member")
        unit.append(int((home_unit if kind == "home" else member_unit)[place]))
        centre.append([*own, *[-1] * (MOST - len(own))])
    counts = {"wish-nobody": nobody, "wish-no-centre": nowhere}
    said = tuple(Finding.of(code, n=n) for code, n in counts.items() if n)
    return Wished(
        tuple(names),
        np.array(member, bool),
        np.array(unit, np.int64),
        np.array(centre, np.int64).reshape(-1, MOST),
    ), said


def _places(names: Iterable[str]) -> dict[str, int]:
    return {str(i): k for k, i in reversed(list(enumerate(names)))}


def wish_shares(problem: Problem, wishes: Wished) -> Floats:
    """Give by how many wishes each pair falls short, summed over who lives in the unit, shape (n_pairs,).

    The dearest wish met costs nothing, the second a third of one unmet, the third two thirds.
    """
    n = max(problem.n_centres, 1)
    placed = np.flatnonzero(wishes.unit >= 0)
    unmet = np.bincount(wishes.unit[placed], minlength=problem.n_units).astype(float)
    total = unmet[problem.pair_unit]
    key = problem.pair_unit.astype(np.int64) * n + problem.pair_centre
    for rank in range(MOST):
        mine = placed[wishes.centre[placed, rank] >= 0]
        wanted = wishes.unit[mine] * n + wishes.centre[mine, rank]
        at = np.minimum(np.searchsorted(key, wanted), max(len(key) - 1, 0))
        hit = key[at] == wanted if len(key) else np.zeros(0, bool)
        np.subtract.at(total, at[hit], 1.0 - rank / MOST)
    return np.maximum(total, 0.0)
