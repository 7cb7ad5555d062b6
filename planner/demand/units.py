"""What stays together: people at one stairwell, building or plot make one demand unit."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from planner.demand.entrances import same_spot
from planner.errors import Finding
from planner.intake.address.door import Door
from planner.model.arrays import Bools, Floats, Ints, Ints32
from planner.model.plane import LocalProjection

__all__ = ["floor_number", "group_units"]

# Homes whose building is known by its number alone are of one building only if they lie this close.
SAME_BUILDING_M = 30.0
# Homes of one named building may lie this far apart: it was measured twice, or is long.
SAME_DOOR_M = 150.0
# A home without any address on the point of a known building is a home of that building.
SAME_POINT_M = 1.0
APART = 1e7  # metres between two groups in a search tree: no group reaches another
LISTED = 20


def group_units(
    people: pd.DataFrame, most: float | None
) -> tuple[Ints32, pd.DataFrame, list[Finding]]:
    """Group people into demand units.

    Parameters
    ----------
    people : DataFrame
        ``id, lon, lat, fence, place, building, stairwell, floor, written, load, home`` (1 for a
        household), ``member`` (1 for a member), ``centre`` (bool).  All located; doors as
        `planner.demand.entrances.with_doors` gives them.
    most : float or None
        Households that a zone may hold: a larger unit is cut into runs of whole floors.

    Returns
    -------
    unit : ndarray of int32, shape (n_people,)
        Unit of each person; the same whatever the order of the rows, and whatever the wording of a door.
    units : DataFrame
        ``unit_id, label, building, fence, households, members, load, lon, lat, place, building_id``
        (equal for all stairwells of one building).
    findings : list of Finding
        Units that were cut, buildings that stand on two points, and why.
    """
    plane = LocalProjection.around(people["lon"], people["lat"])
    xy = plane.to_xy(people["lon"], people["lat"])
    people = _completed(people.reset_index(drop=True), xy)
    door = _doors(people, xy)
    part, findings = _cut(people, door, most)
    frame = people.assign(door=door, part=part, house=_doors(people, xy, stairwells=False))
    units = _summarise(frame)
    key = pd.MultiIndex.from_frame(frame[["door", "part"]])
    unit = pd.MultiIndex.from_frame(units[["door", "part"]]).get_indexer(key).astype(np.int32)
    units.insert(0, "unit_id", [f"U{i + 1:05d}" for i in range(len(units))])
    units["building_id"] = [f"B{i + 1:05d}" for i in pd.factorize(units["house"])[0]]
    findings += [*_on_two_points(people, door), *same_spot(people)]
    return unit, units.drop(columns=["door", "part", "first", "house"]), findings


def _completed(people: pd.DataFrame, xy: Floats) -> pd.DataFrame:
    """Fill in what a wording leaves out from whoever lives at the same spot and says more.

    A column 楼栋 names no estate, an address may give the street number in its place, a member may
    not say the stairwell: each of them would be a unit of its own, away from its own door.
    """
    place, building = people["place"].to_numpy(object), people["building"].to_numpy(object)
    estate = np.array([bool(p) and "#" not in p for p in place], bool)
    numbered = building != ""
    near = _nearest(
        xy,
        _numbers(people["fence"], building),
        numbered & estate,
        numbered & ~estate,
        _numbers(place),
    )
    place = np.where(near >= 0, place[near], place)
    blank = (place == "") & ~numbered
    rank = _numbers(place, building)
    near = _nearest(xy, _numbers(people["fence"]), numbered, blank, rank, SAME_POINT_M)
    place, building = (np.where(near >= 0, v[near], v) for v in (place, building))
    found = people.assign(place=place, building=building)
    return _labelled(found.assign(stairwell=_stairwells(found)))


def _labelled(people: pd.DataFrame) -> pd.DataFrame:
    """Name each door in full and in one style: a place is called what most of its people call it."""
    said = people[(people["place"] != "") & (people["written"] != "")]
    counts = said.groupby(["fence", "place", "written"], sort=True).size().rename("n").reset_index()
    chief = counts.sort_values(["n", "written"], ascending=[False, True], kind="stable")
    chief = chief.drop_duplicates(["fence", "place"])
    names = {(f, p): w for f, p, w in chief[["fence", "place", "written"]].to_numpy().tolist()}
    known: dict[tuple[str, ...], Door] = {}
    doors = []
    for row in people[["fence", "place", "building", "stairwell"]].itertuples(
        index=False, name=None
    ):
        if row not in known:
            known[row] = Door(*row[1:], written=names.get(row[:2], ""))
        doors.append(known[row])
    labels = {name: [getattr(d, name) for d in doors] for name in ("label", "building_label")}
    return people.assign(**labels)


def _stairwells(people: pd.DataFrame) -> NDArray[np.object_]:
    """Bring members to the stairwell of the homes: they live with those whom they serve."""
    keys = ["fence", "place", "building"]
    homes = people[(people["home"] == 1) & (people["building"] != "")]
    counts = homes.groupby([*keys, "stairwell"], sort=True).size().rename("n").reset_index()
    # Of a building whose homes tell no stairwell all are one unit; else the one with most homes.
    counts = counts.assign(known=counts["stairwell"] != "")
    chief = counts.sort_values(["n", "stairwell"], ascending=[False, True], kind="stable")
    lived = set(map(tuple, counts[[*keys, "stairwell"]].to_numpy()))
    of = {
        known: {tuple(k): s for *k, s in reversed(rows[[*keys, "stairwell"]].to_numpy().tolist())}
        for known, rows in chief.groupby("known")
    }
    made = people["stairwell"].to_numpy(object).copy()
    rows = np.flatnonzero((people["home"] == 0) & (people["building"] != ""))
    wholes = people[keys].iloc[rows].itertuples(index=False, name=None)
    for i, whole in zip(rows, wholes, strict=True):
        if (*whole, made[i]) in lived:
            continue
        if made[i] == "":
            made[i] = of.get(True, {}).get(whole, "")
        elif (*whole, "") in lived:
            made[i] = ""
    return made


def _numbers(*columns: object) -> Ints:
    """Give equal rows of some columns equal numbers."""
    rows = pd.MultiIndex.from_arrays([np.asarray(c, object) for c in columns])
    return pd.factorize(rows)[0].astype(np.int64)


def _nearest(
    xy: Floats,
    group: Ints,
    known: Bools,
    asked: Bools,
    rank: Ints,
    within_m: float = SAME_BUILDING_M,
) -> Ints:
    """Find for each row that is asked about the nearest known one of its group.

    It is -1 where none is near, or where several of different ranks are equally near.
    """
    found = np.full(len(xy), -1, np.int64)
    # One tree for all groups: a third coordinate keeps them out of each other's reach, where a tree
    # a group would be built 2,000 times.
    apart = np.column_stack([group * APART, xy])
    rows, at = np.flatnonzero(known), np.flatnonzero(asked)
    if not len(rows) or not len(at):
        return found
    spots = np.column_stack([apart[rows], rank[rows]])
    rows = rows[np.unique(spots, axis=0, return_index=True)[1]]
    tree: Any = KDTree(apart[rows])
    away, near = tree.query(apart[at], k=[1, 2, 3, 4], distance_upper_bound=within_m)
    near = rows[np.minimum(near, len(rows) - 1)]
    tied = np.isfinite(away) & (away <= away[:, :1] + 1e-6)
    clear = ((rank[near] == rank[near[:, :1]]) | ~tied).all(axis=1) & tied[:, 0]
    found[at[clear]] = near[clear, 0]
    return found


def _doors(people: pd.DataFrame, xy: Floats, *, stairwells: bool = True) -> Ints:
    """Give each door a number: same fence, same key, and near enough to be one.

    Without `stairwells` it is that of the building: all doors of one building have one.
    """
    spot = np.unique(np.round(xy, 1), axis=0, return_inverse=True)[1].ravel()
    building, place = people["building"].to_numpy(), people["place"].to_numpy()
    # An estate or a village by its name alone is no door: there each spot is one.
    named = (building != "") | np.array(["#" in p for p in place], bool)
    stairs = people["stairwell"] if stairwells else np.full(len(people), "", object)
    label = _numbers(people["fence"], place, building, stairs, np.where(named, -1, spot))
    links = _linked(xy, label, (place != "") & (building != ""))
    return connected_components(links, directed=False)[1].astype(np.int64)


def _linked(xy: Floats, label: Ints, placed: Bools) -> coo_matrix:
    """Join each person to the others of the same door that live near enough."""
    n = len(xy)
    rows = np.column_stack([label, xy])
    spots, first, which = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    which = which.ravel()
    apart = np.column_stack([spots[:, 0] * APART, spots[:, 1:]])
    near = KDTree(apart).query_pairs(SAME_DOOR_M, output_type="ndarray")
    away = np.hypot(*(apart[near[:, 0], 1:] - apart[near[:, 1], 1:]).T)
    near = near[(away <= SAME_BUILDING_M) | placed[first[near[:, 0]]]]
    a = np.concatenate([np.arange(n), first[near[:, 0]]])
    b = np.concatenate([first[which], first[near[:, 1]]])
    return coo_matrix((np.ones(len(a), np.int8), (a, b)), shape=(n, n))


def _on_two_points(people: pd.DataFrame, door: Ints) -> list[Finding]:
    """Tell of buildings that are one by name and two by place."""
    known = people.assign(door=door)[(people["place"] != "") & (people["building"] != "")]
    groups = known.groupby(["fence", "place", "building", "stairwell"], sort=True)
    count = groups["door"].nunique()
    label: Any = groups["building_label"].min()
    return [
        Finding.of(
            "building-two-points", {"column": "lon"}, label=label.loc[key], n=n, apart=SAME_DOOR_M
        )
        for key, n in count[count > 1].head(LISTED).items()
    ]


def _cut(people: pd.DataFrame, door: Ints, most: float | None) -> tuple[Ints, list[Finding]]:
    """Cut doors that no zone can hold, or where several centres live, into runs of floors."""
    part = np.zeros(len(people), np.int64)
    findings: list[Finding] = []
    homes = np.bincount(door, people["home"].to_numpy())
    centres = np.bincount(door, people["centre"].to_numpy(bool))
    # Two centres in one stairwell would share a home unit, and each needs one of its own.
    pieces = np.maximum(1, centres)
    if most is not None:
        pieces = np.maximum(pieces, np.ceil(homes / most))
    for p in np.flatnonzero(pieces > 1):
        rows = np.flatnonzero(door == p)
        part[rows] = _runs(people.iloc[rows], int(pieces[p]), np.inf if most is None else most)
        made = len(np.unique(part[rows]))
        findings.append(_said(people.iloc[rows], int(homes[p]), int(centres[p]), made))
    return part, sorted(findings, key=lambda f: f.what)


def _runs(rows: pd.DataFrame, pieces: int, most: float) -> Ints:
    """Split one door into about `pieces` runs of whole floors, none above `most` households.

    A floor is split only if it alone is above `most`.  Where several centres live, each gets a run.
    """
    floor = rows["floor"].map(floor_number).to_numpy(float)
    ids = rows["id"].to_numpy(str)
    home = rows["home"].to_numpy()
    fair = home.sum() / pieces
    run = np.zeros(len(rows), np.int64)
    current, filled, before = 0, 0.0, 0.0
    for height in np.unique(floor):
        on = np.flatnonzero(floor == height)
        on = on[np.argsort(ids[on], kind="stable")]
        size = float(home[on].sum())
        if filled and (filled + size > most or before + size / 2 > fair * (current + 1)):
            current, filled = current + 1, 0.0
        step = ((np.cumsum(home[on]) - home[on]) // most).astype(np.int64) if size > most else 0
        run[on] = current + step
        current = int(run[on].max())
        before += size
        filled = float(home[on][run[on] == current].sum()) + (filled if size <= most else 0.0)
    centre = np.flatnonzero(rows["centre"].to_numpy(bool))
    if len(centre) > 1:
        run[centre[np.lexsort((ids[centre], run[centre]))]] = np.arange(len(centre))
    return run


def floor_number(text: str) -> float:
    """Read the height of a floor; 0 where there is no number."""
    digits = re.search(r"-?\d+", text)
    return float(digits.group()) if digits else 0.0


def _said(rows: pd.DataFrame, homes: int, centres: int, pieces: int) -> Finding:
    label = (
        max(map(str, rows["building_label"]), key=lambda text: (len(text), text)) or "a building"
    )
    key = "unit-cut/centres" if centres > 1 else "unit-cut/homes"
    return Finding.of(key, label=label, pieces=pieces, homes=homes, centres=centres)


def _summarise(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a unit, in an order that does not depend on the order of the rows."""
    ordered = frame.sort_values(["home", "id"], ascending=[False, True], kind="stable")
    grouped = ordered.groupby(["door", "part"], sort=False)
    units = grouped.agg(
        fence=("fence", "first"),
        households=("home", "sum"),
        members=("member", "sum"),
        load=("load", "sum"),
        first=("id", "first"),
        label=("label", "first"),
        building=("building_label", "first"),
        place=("place", "first"),
        house=("house", "first"),
        key=("building", "first"),
        stair=("stairwell", "first"),
    ).reset_index()
    unit = np.asarray(grouped.ngroup(), np.int64)
    units["lon"] = _middle(unit, ordered["lon"].to_numpy(float))
    units["lat"] = _middle(unit, ordered["lat"].to_numpy(float))
    # No row number and no id but as the last resort: the order of the sheet must not number the
    # units.
    order = ["fence", "place", "key", "stair", "lon", "lat", "first"]
    units["key"], units["stair"] = (units[c].str.zfill(6) for c in ("key", "stair"))
    units = units.sort_values(order, kind="stable", ignore_index=True)
    return units.drop(columns=["key", "stair"])


def _middle(unit: Ints, values: Floats) -> Floats:
    """Give the lower median of each unit."""
    order = np.lexsort((values, unit))
    starts = _starts(unit[order])
    sizes = np.diff(starts, append=len(unit))
    return values[order][starts + (sizes - 1) // 2]


def _starts(ordered: Ints) -> Ints:
    return np.flatnonzero(np.diff(ordered, prepend=-1))
