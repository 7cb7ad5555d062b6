"""What the page needs to edit a plan: its blocks, and what each centre would cost them.

Everything is read off the problem of the blocks, which holds nothing that the page's audience may not see
(`planner.privacy.blocks`).  A block hangs together and has one zone, so zones of blocks are connected
exactly when `planner.model.audit` finds the zones of units connected.

Sums are whole centimetres, so that the page's figures and the audit of the blocks agree.
"""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.model.arrays import Floats, Ints
from planner.model.problem import Problem, ZoneRule
from planner.model.tables import PlanTables
from planner.plan.frames import unit_positions
from planner.plan.provenance import locks_of, notes_of, plan_fingerprint
from planner.privacy.blocks import Blocks
from planner.render.text.words import rule_words

__all__ = ["edit_payload", "packed"]

# Nearest centres that a block brings along; fewer in plans of more than `LARGE` units.
MOST_CANDIDATES, LARGE, FEWER_CANDIDATES = 24, 8_000, 8


def packed(value: Any) -> str:
    """Write plain JSON values as gzip in base64: equal values, equal text."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    data = gzip.compress(text.encode("utf-8", "replace"), 6, mtime=0)
    return base64.b64encode(data).decode("ascii")


def edit_payload(tables: PlanTables, blocks: Blocks) -> dict[str, Any]:
    """Gather what the page needs to edit a plan.

    Gives: plain JSON values. Columns by block: ``zone, homes, fixed`` (1 where a centre lives, 2 where
    units were joined that do not touch)``, left`` (load charged when unserved). Columns by pair of
    block and centre: ``count`` (pairs of each block), ``centre`` and, in centimetres, ``cost, far,
    penalty, change``; ``beyond`` counts homes beyond the walk limit, ``paced`` is households x walk
    where loads are not households.
    """
    problem = blocks.problem
    edges = problem.adjacency
    return {
        "plan": plan_fingerprint(tables),
        "units": [str(u) for u in tables.units["unit_id"]],
        "block": blocks.of.tolist(),
        "zone": blocks.zone.tolist(),
        "fixed": blocks.fixed.tolist(),
        "homes": problem.households.tolist(),
        "left": _short(np.where(problem.load > 0, problem.load, 1.0)),
        "home": problem.home.tolist(),
        "pairs": _pairs(blocks, tables.rules.walk.limit_m),
        "edges": [np.diff(edges[:, 0], prepend=0).tolist(), (edges[:, 1] - edges[:, 0]).tolist()],
        "rules": [_rule(rule, problem) for rule in problem.rules],
        "unserved": problem.unserved_m,
        "locks": unit_positions(tables, locks_of(tables)).tolist(),
        "notes": [dict(note) for note in notes_of(tables)],
    }


def _short(values: NDArray[Any]) -> list[Any]:
    """Whole numbers where they are whole."""
    rounded = np.round(np.asarray(values, float), 6)
    return [int(v) if v == int(v) else v for v in rounded.tolist()]


def _rule(rule: ZoneRule, problem: Problem) -> dict[str, Any]:
    mine = rule.is_for(problem.fence[problem.home])
    return {
        "name": rule.name,
        "words": rule_words(rule.name),
        "low": rule.low,
        "high": rule.high,
        "hard": rule.hard,
        "price": rule.price_m,
        "amount": _short(rule.amount),
        "per": None if rule.per is None else _short(rule.per),
        # where a rule is for all, the page holds what it always did
        **({} if rule.fences is None else {"zones": np.flatnonzero(mine).tolist()}),
        # by zone: how its floor and its ceiling differ
        **({} if rule.own is None else {"own": [_short(side[problem.home]) for side in rule.own]}),
    }


def _pairs(blocks: Blocks, limit_m: float) -> dict[str, Any]:
    """Give the pairs that the page takes along: a block's own centre, and the nearest of the others."""
    problem, zone = blocks.problem, blocks.zone
    owner, centre = problem.pair_unit.astype(np.int64), problem.pair_centre
    home = np.zeros(problem.n_units, bool)
    home[problem.home] = True
    own = centre == zone[owner]
    rank = _rank(owner, np.where(own, -1.0, problem.walk_m))
    # a page of 35,000 homes must open on an old machine
    most = MOST_CANDIDATES if len(blocks.of) <= LARGE else FEWER_CANDIDATES
    keep = own | (~home[owner] & (rank < most))

    def centimetres(values: Floats) -> list[int]:
        return np.rint(values[keep] * 100).astype(np.int64).tolist()

    homes, walk = problem.households[owner], problem.walk_m
    # the rule for walks is told by homes; where loads differ from them both are needed
    load_is_homes = np.array_equal(problem.load, problem.households)
    return {
        "count": np.bincount(owner[keep], minlength=problem.n_units).tolist(),
        "centre": centre[keep].tolist(),
        "cost": centimetres(problem.load[owner] * walk),
        "far": np.rint(blocks.far_m[keep]).astype(int).tolist(),
        "penalty": centimetres(problem.penalty_m),
        "change": centimetres(problem.change_m),
        "beyond": (homes * (walk > limit_m))[keep].tolist(),
        "paced": None if load_is_homes else centimetres(homes * walk),
    }


def _rank(group: Ints, value: Floats) -> Ints:
    """Rank of each value in its group, which come sorted."""
    # the groups keep their places when they are sorted within, so a rank is how far in one stands
    rank = np.empty(len(group), np.int64)
    rank[np.lexsort((value, group))] = np.arange(len(group)) - np.searchsorted(group, group)
    return rank
