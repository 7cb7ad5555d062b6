"""What stays together: people at one stairwell, building or plot make one demand unit."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from planner.errors import Finding, Severity
from planner.model.plane import LocalProjection

__all__ = ["floor_number", "group_units"]

SAME_BUILDING_M = 30.0
"""Homes that name the same building are one building only if they lie this close together."""


def group_units(
    people: pd.DataFrame, most: float | None
) -> tuple[NDArray[np.int32], pd.DataFrame, list[Finding]]:
    """Group people into demand units.

    Parameters
    ----------
    people : DataFrame
        ``id, lon, lat, fence, building, stairwell, floor, label, load, home`` (1 for a household),
        ``member`` (1 for a member), ``centre`` (bool).  All located.
    most : float or None
        Households that a zone may hold: a larger unit is cut into runs of whole floors.

    Returns
    -------
    unit : ndarray of int32, shape (n_people,)
        Unit of each person; the same whatever the order of the rows.
    units : DataFrame
        ``unit_id, label, fence, households, members, load, lon, lat``.
    findings : list of Finding
        Units that were cut, and why.
    """
    door = _doors(people)
    part, findings = _cut(people, door, most)
    frame = people.assign(door=door, part=part)
    units = _summarise(frame)
    key = pd.MultiIndex.from_frame(frame[["door", "part"]])
    unit = pd.MultiIndex.from_frame(units[["door", "part"]]).get_indexer(key).astype(np.int32)
    units.insert(0, "unit_id", [f"U{i + 1:05d}" for i in range(len(units))])
    return unit, units.drop(columns=["door", "part", "first"]), findings


def _doors(people: pd.DataFrame) -> NDArray[np.int64]:
    """Give each door a number: same fence, same building and stairwell, and near enough to be one."""
    xy = LocalProjection.around(people["lon"], people["lat"]).to_xy(people["lon"], people["lat"])
    spot = np.unique(np.round(xy, 1), axis=0, return_inverse=True)[1].ravel()
    named = people["building"].to_numpy() != ""
    where = np.where(named, "", spot.astype(str))
    label = pd.factorize(
        pd.MultiIndex.from_arrays([people["fence"], people["building"], people["stairwell"], where])
    )[0]
    return connected_components(_linked(xy, label), directed=False)[1].astype(np.int64)


def _linked(xy: NDArray[np.float64], label: NDArray[np.int64]) -> coo_matrix:
    """Join each person to the others of the same label that live within `SAME_BUILDING_M`."""
    n = len(xy)
    spots, which = np.unique(np.column_stack([label, xy]), axis=0, return_inverse=True)
    which = which.ravel()
    first = np.full(len(spots), n, np.int64)
    np.minimum.at(first, which, np.arange(n))
    scaled = np.column_stack([spots[:, 0] * 1e6, spots[:, 1:]])
    near = KDTree(scaled).query_pairs(SAME_BUILDING_M, output_type="ndarray")
    a = np.concatenate([np.arange(n), first[near[:, 0]]])
    b = np.concatenate([first[which], first[near[:, 1]]])
    return coo_matrix((np.ones(len(a), np.int8), (a, b)), shape=(n, n))


def _cut(
    people: pd.DataFrame, door: NDArray[np.int64], most: float | None
) -> tuple[NDArray[np.int64], list[Finding]]:
    """Cut doors that no zone can hold, or where several centres live, into runs of floors."""
    part = np.zeros(len(people), np.int64)
    findings: list[Finding] = []
    homes = np.bincount(door, people["home"].to_numpy())
    centres = np.bincount(door, people["centre"].to_numpy(bool))
    pieces = np.maximum(1, centres)
    if most is not None:
        pieces = np.maximum(pieces, np.ceil(homes / most))
    for p in np.flatnonzero(pieces > 1):
        rows = np.flatnonzero(door == p)
        part[rows] = _runs(people.iloc[rows], int(pieces[p]), np.inf if most is None else most)
        made = len(np.unique(part[rows]))
        findings.append(_said(people.iloc[rows], int(homes[p]), int(centres[p]), made))
    return part, sorted(findings, key=lambda f: f.what)


def _runs(rows: pd.DataFrame, pieces: int, most: float) -> NDArray[np.int64]:
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
    label = str(rows["label"].iloc[0]) or "a building"
    if centres > 1:
        why, why_zh = f"{centres} centres live in it", f"其中住有{centres}个中心户"
    else:
        why, why_zh = (
            f"its {homes} households are more than a zone may hold",
            f"共{homes}户，超过一个责任区的上限",
        )
    return Finding(
        "unit-cut",
        Severity.FIX,
        f"{label} was cut into {pieces} runs of floors: {why}",
        f"{label}按楼层分为{pieces}段:{why_zh}",
        "nothing, unless it must stay whole: then change the rule or the centres",
        "如须保持完整，请调整规则或中心户",
    )


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
    ).reset_index()
    unit = np.asarray(grouped.ngroup(), np.int64)
    units["label"] = _first_text(unit, ordered["label"])
    units["lon"] = _middle(unit, ordered["lon"].to_numpy(float))
    units["lat"] = _middle(unit, ordered["lat"].to_numpy(float))
    keys = ["fence", "label", "lon", "lat", "first"]
    return units.sort_values(keys, kind="stable", ignore_index=True)


def _first_text(unit: NDArray[np.int64], values: pd.Series) -> NDArray[np.object_]:
    """Give the text of each unit that comes first in order, an empty one only where all are."""
    codes, texts = pd.factorize(values.fillna("").astype(object), sort=True)
    order = np.lexsort((codes, (values == "").to_numpy(), unit))
    return np.asarray(texts, object)[codes[order[_starts(unit[order])]]]


def _middle(unit: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the lower median of each unit."""
    order = np.lexsort((values, unit))
    starts = _starts(unit[order])
    sizes = np.diff(starts, append=len(unit))
    return values[order][starts + (sizes - 1) // 2]


def _starts(ordered: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.flatnonzero(np.diff(ordered, prepend=-1))
