"""What the internal map shows of coverage and care: bands, care households, who has one helper, last visits.

It goes into a page for the office alone; the gate refuses any other that holds it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely

from planner.model.tables import PlanTables
from planner.plan.frames import unit_positions
from planner.privacy.audience import Audience
from planner.render.text.coverage_words import Told
from planner.render.text.shown import meeting_terms

__all__ = ["beside_plan", "care_payload", "needs_by_kind"]

FINE_DEG = 2e-5  # two metres: a band is looked at
DIGITS = 6


def care_payload(tables: PlanTables, told: Told) -> dict[str, Any]:
    """Gather what is drawn over the plan.

    Parameters
    ----------
    told : Coverage
        With bands, care households, and of a log those that were not visited for long.

    Returns
    -------
    dict
        ``bands``: source -> list of ``[from, to, rings]`` (minutes; degrees, latitude first); ``homes``: one
        row a door with care households: ``[latitude, longitude, homes, least helpers, days]``, days since the
        last visit of who waits longest (-1 for never, null for in time); ``limit_m``; ``sites``: of each
        candidate for one centre more ``[latitude, longitude, name, homes within the limit then, metres saved,
        doors]``, a door being ``[latitude, longitude, homes, metres nearer or null, new within the limit]``;
        ``site_m``, that limit; ``heat``: services of the log, ``[latitude, longitude, services]`` a door;
        ``away``: of the worst absences ``[latitude, longitude, id, homes left, care households left,
        doors]``, a door being ``[latitude, longitude, homes]``; ``needs``: needs that stay open, ``[latitude,
        longitude, needs]`` a door.
    """
    bands: dict[str, list[Any]] = {}
    layer = told.bands
    if layer is not None:
        columns = (layer[name] for name in ("source", "from_min", "to_min"))
        for source, start, end, shape in zip(*columns, layer.geometry, strict=True):
            bands.setdefault(str(source), []).append(
                [float(start), float(end), list(_rings(shape))]
            )
    homes = [] if told.care is None else list(_doors(tables, told.care, told.unseen))
    points = tables.units.geometry.to_numpy()
    heat = [] if told.heat is None else told.heat.to_dict("records")
    sites = list(_sites(tables, told.sites, told.brought))
    return {
        "bands": bands,
        "homes": homes,
        "limit_m": told.about.get("helper_m"),
        "sites": sites,
        "heat": [[*_place(points[row["unit"]]), int(row["services"])] for row in heat],
        "away": list(_away(tables, told.left_alone)),
        "site_m": told.about.get("limit_m"),
        "needs": list(_open_needs(tables, told.unmet)),
    }


def _open_needs(tables: PlanTables, unmet: pd.DataFrame | None) -> Iterator[list[Any]]:
    """Give the needs that nobody meets, door by door; of homes without a place there is no door."""
    if unmet is None:
        return
    homes = dict(zip(tables.households["household_id"], tables.households["unit_id"], strict=True))
    at = unit_positions(tables, [homes[h] for h in unmet["household_id"]])
    points = tables.units.geometry.to_numpy()
    units, counts = np.unique(at[at >= 0], return_counts=True)
    yield from ([*_place(points[u]), int(n)] for u, n in zip(units, counts, strict=True))


def _sites(
    tables: PlanTables, sites: pd.DataFrame | None, brought: pd.DataFrame | None
) -> Iterator[list[Any]]:
    """Give each candidate with the doors that it would bring nearer, the own one for its place."""
    if sites is None or brought is None:
        return
    points = tables.units.geometry.to_numpy()

    for site in sites.to_dict("records"):
        own = brought[brought["rank"] == site["rank"]]
        doors = [
            [
                *_place(points[int(row.unit)]),
                int(row.homes),
                None if math.isinf(row.now_m) else round(row.now_m - row.walk_m),
                int(row.new),
            ]
            for row in own.itertuples()
        ]
        name = " ".join(dict.fromkeys(t for t in (str(site["candidate"]), str(site["place"])) if t))
        yield [
            *_place(points[int(own["unit"].iloc[0])]),
            name,
            int(site["homes"]),
            round(float(site["saved_m"])),
            doors,
        ]


def _away(tables: PlanTables, left: pd.DataFrame | None) -> Iterator[list[Any]]:
    """Give each of the worst absences with the doors that it leaves without anyone."""
    if left is None:
        return
    points = tables.units.geometry.to_numpy()
    for name, rows in left.groupby("member_id", sort=False):
        units = rows["unit"].tolist()
        homes = [int(n) for n in rows["homes"]]
        doors = [
            [*_place(points[u]), n] for u, n in zip(units[1:], homes[1:], strict=True) if u >= 0
        ]
        if units[0] >= 0:
            yield [*_place(points[units[0]]), str(name), sum(homes), int(rows["care"].sum()), doors]


def _place(point: Any) -> list[float]:
    return [round(float(point.y), DIGITS), round(float(point.x), DIGITS)]


def _rings(shape: Any) -> Iterator[list[list[list[float]]]]:
    """Give each polygon as its rings, the outer one first."""
    for part in shapely.get_parts(shapely.simplify(shape, FINE_DEG)):
        if shapely.get_type_id(part) != shapely.GeometryType.POLYGON or part.is_empty:
            continue
        rings = [part.exterior, *part.interiors]
        yield [np.round(shapely.get_coordinates(r)[:, ::-1], DIGITS).tolist() for r in rings]


def _doors(
    tables: PlanTables, care: pd.DataFrame, unseen: pd.DataFrame | None
) -> Iterator[list[Any]]:
    """Give one row a door, for homes of one stairwell stand on one point."""
    unit_of = dict(
        zip(
            tables.households["household_id"],
            unit_positions(tables, tables.households["unit_id"]).tolist(),
            strict=True,
        )
    )
    waits: Mapping[str, float] = {}
    if unseen is not None:
        waits = dict(zip(unseen["household_id"], unseen["days"], strict=True))
    by_unit: dict[int, list[tuple[int, float | None]]] = {}
    for home, helpers in zip(care["household_id"], care["helpers"], strict=True):
        unit = unit_of.get(home, -1)
        if unit >= 0:
            days = waits.get(home)
            by_unit.setdefault(unit, []).append((int(helpers), days))
    points = tables.units.geometry.to_numpy()
    for unit, rows in sorted(by_unit.items()):
        late = [math.inf if math.isnan(d) else d for _, d in rows if d is not None]
        longest = max(late, default=None)
        days = None if longest is None else -1 if math.isinf(longest) else int(longest)
        place = [round(float(points[unit].y), DIGITS), round(float(points[unit].x), DIGITS)]
        yield [*place, len(rows), min(n for n, _ in rows), days]


def needs_by_kind(unmet: pd.DataFrame | None, smallest: int) -> list[list[Any]]:
    """Count the needs that nobody meets for a meeting: ``[Chinese, English, count]`` of each kind.

    A kind with fewer than the threshold is left out; no sum is told, from which it would follow.
    """
    if unmet is None:
        return []
    counts = unmet.groupby(["kind", "zh", "en"], sort=True).size().reset_index(name="n")
    kept = counts[counts["n"] >= smallest]
    return [
        [str(zh), str(en), int(n)]
        for zh, en, n in zip(kept["zh"], kept["en"], kept["n"], strict=True)
    ]


def beside_plan(tables: PlanTables, told: Told, audience: Audience) -> dict[str, Any]:
    """Gather what a page tells besides the plan: layers for the office, needs by kind for a meeting."""
    if audience is Audience.INTERNAL:
        return care_payload(tables, told)
    return {"needs": needs_by_kind(told.unmet, meeting_terms(tables).smallest)}
