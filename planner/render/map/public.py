"""What anyone may see of a plan: outlines of zones, whom to call, rounded counts.

No building, no unit, no home's place; positions on a grid of some twenty metres, so that no outline
follows a single door.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from planner.model.arrays import Ints
from planner.model.caring import Pace
from planner.model.palette import ZONE_COLOURS, ink
from planner.model.plane import SCALE
from planner.model.tables import PlanTables
from planner.plan.care.shares import Needs, open_shares
from planner.plan.names import estates_told
from planner.privacy.audience import Audience
from planner.privacy.blocks import FEW, HIDDEN, shown_shares
from planner.privacy.person import People, Person
from planner.render.map.backdrop import MARGIN_DEG, base_lines, covered, widened
from planner.render.map.encoding import Grid
from planner.render.map.meeting import label_point, plan_words

__all__ = ["public_payload", "public_shapes", "rounded_counts", "shown_people"]

_TERMS = Audience.PUBLIC.terms
# Square degrees: pieces and holes below this follow single buildings, and are left out.
_LEAST = (3 * _TERMS.grid_steps / SCALE) ** 2
_WORDS = ("title", "created", "data_date", "attribution", "network", "synthetic")


def public_payload(
    tables: PlanTables,
    people: People | None = None,
    *,
    title: str | None = None,
    shares: pd.DataFrame | None = None,
) -> dict[str, Any]:
    """Gather what the page for anyone draws and says.

    `people`: for the names and office phones of the centres; without it zones have numbers only.
    `title`: heading; the plan's own by default.
    `shares`: from `planner.plan.care.shares.open_shares`; of all homes at the usual pace by default.
    Gives: plain JSON values; coordinates of zones in multiples of ``grid`` steps of 1e-6 degrees.
    """
    shapes = public_shapes(tables)
    view = covered(shapes, _TERMS.grid_steps / SCALE)
    bounds = widened(view, MARGIN_DEG * 2)
    grid = Grid(bounds, step=_TERMS.grid_steps)
    homes = rounded_counts(tables.zones["households"].to_numpy(np.int64))
    zones = [
        {
            "n": int(z["number"]),
            "colour": int(z["colour"]) % len(ZONE_COLOURS),
            "fence": str(z["fence"]),
            "homes": count,
            "name": person.name,
            "phone": person.office_phone,
            "at": label_point(shape, grid),
            "estates": estates if count >= 0 else [],
            "rings": rings,
        }
        for z, count, person, estates, shape, rings in zip(
            tables.zones.to_dict("records"),
            homes.tolist(),
            shown_people(tables, people),
            estates_told(tables, _TERMS.smallest),
            shapes,
            grid.lines(shapes),
            strict=True,
        )
    ]
    words = plan_words(tables, title)
    total = int(tables.zones["households"].sum())
    return {
        "audience": str(Audience.PUBLIC),
        "scale": SCALE,
        "origin": list(grid.origin),
        "grid": _TERMS.grid_steps,
        "view": view,
        "meta": {name: words[name] for name in _WORDS} | {"smallest": _TERMS.smallest},
        "figures": {"households": _rounded(total), "zones": len(tables.zones)},
        "colours": [[c, ink(c)] for c in ZONE_COLOURS],
        "shares": _told_shares(tables, shares),
        "zones": zones,
        "base": base_lines(tables, Grid(bounds, tolerance=0.000004, origin=grid.origin)),
    }


def _told_shares(tables: PlanTables, shares: pd.DataFrame | None) -> dict[str, Any]:
    """Tell shares of ``homes`` in per cent, a row a walk: whose, of whom, minutes, `FEW` for a hidden one."""
    if shares is None:
        shares = open_shares(tables, Needs.of(tables.households["household_id"], {}, ()), Pace())
    rows: list[list[Any]] = []
    for group in ("all", "care"):
        # Both walks are those of the same homes: each share is held against all that are told of them.
        own = shares[shares["group"] == group]
        total, care = int(own["of"].max()), group == "care"
        counts = own["households"].to_numpy(np.int64)
        shown = shown_shares(counts, total, _TERMS.smallest, _TERMS.rounded, sensitive=care)
        if (shown != FEW).any():
            of = zip(own["source"], own["minutes"], shown, strict=True)
            rows += [[str(s), group, float(minutes), int(percent)] for s, minutes, percent in of]
    return {"homes": _rounded(len(tables.households)), "rows": rows}


def shown_people(tables: PlanTables, people: People | None) -> list[Person]:
    """Give those whose names and office phones a public map shows: its centres, as the zones stand."""
    known = {} if people is None else people.members
    return [known.get(c, Person()) for c in tables.zones["centre_id"]]


def _rounded(count: int) -> int:
    return round(count / _TERMS.rounded) * _TERMS.rounded


def rounded_counts(counts: Ints) -> Ints:
    """Round counts, hide small ones, and never hide one alone: the total would give it away.

    Gives, shape (n,): multiples of 5; -1 below 10, -2 for one that is hidden with it.
    """
    shown = np.round(counts / _TERMS.rounded).astype(np.int64) * _TERMS.rounded
    few = (counts > 0) & (counts < _TERMS.smallest)
    shown[few] = FEW
    rest = np.flatnonzero(~few & (counts > 0))
    # one hidden count is the total less all the others
    if few.sum() == 1 and len(rest):
        shown[rest[counts[rest].argmin()]] = HIDDEN
    return shown


def public_shapes(tables: PlanTables) -> NDArray[Any]:
    """Simplify the outlines of zones together, so that neighbours keep their common border.

    Pieces that follow single buildings go to the zone around them first.
    """
    made = _without_scraps(np.array(tables.zones.geometry.to_numpy(), dtype=object))
    drawn = ~(shapely.is_empty(made) | shapely.is_missing(made))
    if drawn.any():
        # Together, as a coverage: simplified one by one, neighbours would overlap and leave gaps.
        made[drawn] = shapely.coverage_simplify(made[drawn], _TERMS.grid_steps / SCALE)
    return made


def _without_scraps(shapes: NDArray[Any]) -> NDArray[Any]:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    area = shapely.area(parts)
    largest = np.zeros(len(shapes))
    np.maximum.at(largest, owner, area)
    scrap = (area < _LEAST) & (area < largest[owner])
    tree = shapely.STRtree(parts[~scrap])
    home = owner[~scrap]
    pieces: list[list[Any]] = [[] for _ in shapes]
    for part, zone in zip(parts[~scrap], home, strict=True):
        pieces[zone].append(part)
    for part in parts[scrap]:
        near = tree.query(part, predicate="intersects")
        shared = shapely.length(shapely.intersection(tree.geometries[near], part.exterior))
        if len(near) and shared.max() > 0:
            pieces[home[near[shared.argmax()]]].append(part)
    joined = [shapely.union_all(p) if len(p) > 1 else shapely.MultiPolygon(p) for p in pieces]
    return np.array([_without_holes(shape, tree) for shape in joined], dtype=object)


def _without_holes(shape: Any, zones: shapely.STRtree) -> Any:
    """Leave out small holes in which there is no zone."""
    polygons = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
    kept = [[h for h in p.interiors if _is_hole(shapely.Polygon(h), zones)] for p in polygons]
    pairs = zip(polygons, kept, strict=True)
    return shapely.MultiPolygon([shapely.Polygon(p.exterior, holes) for p, holes in pairs])


def _is_hole(hole: shapely.Polygon, zones: shapely.STRtree) -> bool:
    within = len(zones.query(hole.representative_point(), "intersects"))
    return bool(hole.area >= _LEAST or within)
