"""Everything that a finished plan holds, as plain tables: what is drawn, told and stored.

Geometry is EPSG:4326.  Ids are text, exactly as given.  A zone is named by its centre's id.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from planner.errors import Finding
    from planner.model.problem import Certificate, Part, Problem
    from planner.model.rules import RuleBook

__all__ = ["BASE_LAYERS", "GAP_CAUSES", "GapCause", "Past", "PlanTables"]

BASE_LAYERS = ("fences", "water", "green", "rails", "streets", "buildings")


@dataclass(frozen=True, slots=True)
class GapCause:
    """Why a household is not served as the rules ask.

    Parameters
    ----------
    code : str
        Stable name in files.
    title, title_zh : str
        For people.
    remedy, remedy_zh : str
        What to do about it.
    """

    code: str
    title: str
    title_zh: str
    remedy: str = ""
    remedy_zh: str = ""


def _causes() -> Mapping[str, GapCause]:
    text = resources.files("planner.model").joinpath("gap_causes.csv").read_text("utf-8")
    return MappingProxyType(
        {row["code"]: GapCause(**row) for row in csv.DictReader(text.splitlines())}
    )


GAP_CAUSES: Mapping[str, GapCause] = _causes()
"""By code, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Past:
    """A plan as it was before a change, packed: enough to go back.

    Parameters
    ----------
    fingerprint : str
        `planner.plan.provenance.plan_fingerprint` of that plan.
    same : tuple of str
        Base layers that are those of the plan after it, and are not stored twice.
    data : bytes
        Its file, compressed.
    """

    fingerprint: str
    same: tuple[str, ...]
    data: bytes


@dataclass(frozen=True, eq=False)
class PlanTables:
    """Everything that a finished plan holds.

    Parameters
    ----------
    units : GeoDataFrame
        Demand units, EPSG:4326 points, in the order of `problem`.  Columns: ``unit_id, label, building``
        (the same without the stairwell: in words, no identity)``, building_id`` (equal for the stairwells of
        one building, by the key of their door; not in plans of the first versions)``, fence,
        households (int), members (int), load, zone`` (centre id, "" if unserved), ``walk_m`` (NaN if
        unserved), ``access_m, moved`` (households that changed hands, int).
    households : GeoDataFrame
        One row a household, EPSG:4326 points (empty where the address was not found).  Columns:
        ``household_id, unit_id`` ("" if none), ``fence, zone, walk_m, load, precision, confidence, matched,
        gap`` (cause code or ""), ``previous_zone`` ("" if none), ``moved`` (bool), ``member`` (id of the
        member who serves it, "" if none), ``member_walk_m`` (NaN if none).  Never a name, a phone or a
        room; ``matched`` is the place that the address was matched to, building level.
    members : DataFrame
        ``member_id, unit_id, fence, zone, is_centre (bool), precision, matched``,
        ``households`` (how many the member looks after, 0 for one who rests).
    centres : GeoDataFrame
        Points, in the order of `problem`'s centres: ``centre_id, number`` (1.. as drawn), ``unit_id,
        fence, label, households, members, load, walk_mean_m, walk_p90_m, walk_max_m, broken`` (names of
        broken rules, comma-joined).
    zones : GeoDataFrame
        Polygons or multipolygons without overlaps, one a centre, same order: ``centre_id, number,
        fence, colour (int, neighbours differ), households, members, gaps (int), area_m2, walk_mean_m,
        walk_max_m, broken``.
    gaps : GeoDataFrame
        One row an uncovered household: ``household_id, unit_id, fence, zone, cause, detail``; point or empty.
    base : mapping of str to GeoDataFrame
        Layers of `BASE_LAYERS` for drawing; ``fences`` has ``fence``; ``streets`` has ``name, highway,
        walkable``; ``buildings`` has ``name, street, number``; ``water, green, rails`` have ``name``.
    problem : Problem
        What was solved.
    certificate : Certificate
        Recomputed from the plan, with the proven bound.
    parts : sequence of Part
        What was proven of each independent part.
    rules : RuleBook
        The rule book.
    findings : sequence of Finding
        What was noticed in the input.
    provenance : mapping
        Plain JSON values: ``title, created, data_date, attribution, network`` (mode in words, such as
        "streets" or "straight x1.30"), ``seed, versions, inputs, seconds`` (stage -> s), ``stopped,
        previous`` (fingerprint or null), ``move_price_m, homes_moved`` (int or null), ``pieces,
        synthetic`` (bool)``, guard`` (digests of what no file for others may hold)``, releases``.
    ways : GeoDataFrame or None
        Pieces of street on which the walks of `problem` run, EPSG:4326 lines: ``start, end`` (numbers of
        the crossings that a piece joins), ``length_m``.  None where walks do not follow streets.
    joins : DataFrame or None
        Where each unit joins them, in the order of `problem`: ``way`` (row of `ways`, -1 for none),
        ``along_m`` (from the start of that piece).
    helpers : DataFrame or None
        Households that a member looks after already: ``household_id, member_id, price_m`` (metres that
        it is worth to leave it so).  None where nobody does.
    cared : DataFrame or None
        Who counts for which share of care households: ``rule`` (its name in `problem`)``, person_id, member``
        (1 for a member who is given such homes, 0 for such a home).  None where none are shared out.
    wished : DataFrame or None
        Who wishes for which centre, by unit and without an id: ``unit_id`` ("" for no place)``, member`` (1
        or 0)``, wish1, wish2, wish3`` (ids of centres, "" for none).  None where nobody was asked.
    past : tuple of Past
        The plans before it, oldest first: see `planner.plan.store.past`.
    waived : bool
        Somebody answers for it that its files may go out although nobody's names are known.  Never stored:
        ``provenance["releases"]`` says who did, and when.
    """

    units: gpd.GeoDataFrame
    households: gpd.GeoDataFrame
    members: pd.DataFrame
    centres: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    gaps: gpd.GeoDataFrame
    base: Mapping[str, gpd.GeoDataFrame]
    problem: Problem
    certificate: Certificate
    parts: tuple[Part, ...]
    rules: RuleBook
    findings: tuple[Finding, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    ways: gpd.GeoDataFrame | None = None
    joins: pd.DataFrame | None = None
    helpers: pd.DataFrame | None = None
    cared: pd.DataFrame | None = None
    wished: pd.DataFrame | None = None
    past: tuple[Past, ...] = ()
    waived: bool = False
