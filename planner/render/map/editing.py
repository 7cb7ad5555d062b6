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
from planner.model.project import MOVE_PRICE_M
from planner.model.rules import WalkLimit
from planner.model.tables import PlanTables
from planner.plan.eighths import Doors
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
    where loads are not households.  For centres that move: ``walk`` (how walks are charged)``, doors``
    (streets and where units join them, eighths of a metre)``, away`` (by block, centimetres: the price of
    going to a centre that it was never with)``, last`` (the last number that a zone had).
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
        "walk": _walk(tables.rules.walk, in_blocks=problem is not tables.problem),
        "fence": problem.fence.tolist(),
        "doors": _doors(Doors.of(tables)),
        "last": max(
            int(tables.provenance.get("last_number") or 0), int(tables.centres["number"].max())
        ),
        "away": _away(tables.problem, blocks),
        "locks": unit_positions(tables, locks_of(tables)).tolist(),
        "notes": [dict(note) for note in notes_of(tables)],
    }


def _walk(walk: WalkLimit, *, in_blocks: bool) -> dict[str, Any]:
    return {
        "limit": walk.limit_m,
        "price": walk.price,
        "reach": walk.reach,
        "hard": walk.hard,
        # what `planner apply --complete` asks of a home that follows
        "move": MOVE_PRICE_M,
        # walks of blocks are means in whole metres, those of the office's own page are exact
        "blocks": in_blocks,
    }


def _doors(doors: Doors) -> dict[str, Any]:
    """Write the streets down; crossings as steps, which pack well."""
    return {
        "start": np.diff(doors.start, prepend=0).tolist(),
        "end": (doors.end - doors.start).tolist(),
        "length": doors.length.tolist(),
        "join": doors.join.tolist(),
        "along": doors.along.tolist(),
        "access": doors.access.tolist(),
        "spot": (doors.spot - doors.spot.min(axis=0)).ravel().tolist(),
        "detour": doors.detour,
    }


def _away(problem: Problem, blocks: Blocks) -> list[int]:
    told, n = blocks.problem, len(blocks.zone)
    dearest = np.zeros(problem.n_units)
    np.maximum.at(dearest, problem.pair_unit, problem.change_m)
    whole = np.bincount(blocks.of, dearest, n)
    if told is problem:
        return np.rint(whole * 100).astype(np.int64).tolist()
    unit, width = problem.pair_unit, max(problem.n_centres, 1)
    key, row = np.unique(blocks.of[unit] * width + problem.pair_centre, return_inverse=True)
    paid = np.bincount(row.ravel(), problem.change_m, len(key))
    count = np.bincount(row.ravel(), minlength=len(key))
    least = np.full(n, np.inf)
    every = count == np.bincount(blocks.of, minlength=n)[key // width]
    np.minimum.at(least, (key // width)[every], paid[every])
    # a block counts as changing hands all but where most of it was, as in `planner.privacy.blocks`
    homes = problem.households[unit]
    price = float(np.rint((problem.change_m[homes > 0] / homes[homes > 0]).max(initial=0.0)))
    return np.rint(told.households * price * (whole > least) * 100).astype(np.int64).tolist()


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
    own = centre == zone[owner]
    rank = _rank(owner, np.where(own, -1.0, problem.walk_m))
    # a page of 35,000 homes must open on an old machine
    most = MOST_CANDIDATES if len(blocks.of) <= LARGE else FEWER_CANDIDATES
    keep = own | (rank < most)

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
