"""What stays together: people at one stairwell, building or plot make one demand unit."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from planner.findings import Finding, Severity
from planner.projection import LocalProjection

__all__ = ["group_places"]

SAME_BUILDING_M = 30.0
"""Homes that name the same building are one building only if they lie this close together."""


def group_places(
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
    place = _places(people)
    part, findings = _cut(people, place, most)
    frame = people.assign(place=place, part=part)
    units = _summarise(frame)
    key = pd.MultiIndex.from_frame(frame[["place", "part"]])
    unit = pd.MultiIndex.from_frame(units[["place", "part"]]).get_indexer(key).astype(np.int32)
    units.insert(0, "unit_id", [f"U{i + 1:05d}" for i in range(len(units))])
    return unit, units.drop(columns=["place", "part", "first"]), findings


def _places(people: pd.DataFrame) -> NDArray[np.int64]:
    """Number the places: same fence, same building and stairwell, and near enough to be one."""
    xy = LocalProjection.around(people["lon"], people["lat"]).to_xy(people["lon"], people["lat"])
    spot = np.unique(np.round(xy, 1), axis=0, return_inverse=True)[1].ravel()
    named = people["building"].to_numpy() != ""
    where = np.where(named, "", spot.astype(str))
    label = pd.factorize(
        pd.MultiIndex.from_arrays([people["fence"], people["building"], people["stairwell"], where])
    )[0]
    links = _linked_spots(xy, label)
    return connected_components(links, directed=False)[1].astype(np.int64)


def _linked_spots(xy: NDArray[np.float64], label: NDArray[np.int64]) -> coo_matrix:
    """Join each person to the others of the same label that live within `SAME_BUILDING_M`."""
    n = len(xy)
    spots, which = np.unique(np.column_stack([label, xy]), axis=0, return_inverse=True)
    which = which.ravel()
    first = np.full(len(spots), n, np.int64)
    np.minimum.at(first, which, np.arange(n))
    scaled = np.column_stack([spots[:, 0] * 1e6, spots[:, 1:]])
    near = cKDTree(scaled).query_pairs(SAME_BUILDING_M, output_type="ndarray")
    a = np.concatenate([np.arange(n), first[near[:, 0]]])
    b = np.concatenate([first[which], first[near[:, 1]]])
    return coo_matrix((np.ones(len(a), np.int8), (a, b)), shape=(n, n))


def _cut(
    people: pd.DataFrame, place: NDArray[np.int64], most: float | None
) -> tuple[NDArray[np.int64], list[Finding]]:
    """Cut places that no zone can hold, or where several centres live, into runs of floors."""
    part = np.zeros(len(people), np.int64)
    findings: list[Finding] = []
    homes = np.bincount(place, people["home"].to_numpy())
    centres = np.bincount(place, people["centre"].to_numpy(bool))
    pieces = np.maximum(1, centres)
    if most is not None:
        pieces = np.maximum(pieces, np.ceil(homes / most))
    for p in np.flatnonzero(pieces > 1):
        rows = np.flatnonzero(place == p)
        part[rows] = _runs(people.iloc[rows], int(pieces[p]))
        findings.append(_said(people.iloc[rows], int(homes[p]), int(centres[p]), int(pieces[p])))
    return part, sorted(findings, key=lambda f: f.what)


def _runs(rows: pd.DataFrame, pieces: int) -> NDArray[np.int64]:
    """Split one place into runs of whole floors, a centre to each run as far as there are centres."""
    floor = rows["floor"].map(_floor_number).to_numpy(float)
    order = np.lexsort((rows["id"].to_numpy(str), floor))
    homes = rows["home"].to_numpy()[order]
    level = floor[order]
    total, before = homes.sum(), np.cumsum(homes) - homes
    run = np.zeros(len(rows), np.int64)
    run[order] = np.minimum(before * pieces // max(total, 1), pieces - 1)
    for height in np.unique(level):
        on = order[level == height]
        if len(on) * pieces <= max(total, 1):
            run[on] = run[on[0]]
    centre = np.flatnonzero(rows["centre"].to_numpy(bool))
    by_run = centre[np.lexsort((rows["id"].to_numpy(str)[centre], run[centre]))]
    run[by_run] = np.arange(len(by_run)) if len(by_run) > 1 else run[by_run]
    return run


def _floor_number(text: str) -> float:
    digits = re.search(r"-?\d+", text)
    return float(digits.group()) if digits else 0.0


def _said(rows: pd.DataFrame, homes: int, centres: int, pieces: int) -> Finding:
    label = str(rows["label"].iloc[0]) or "a building"
    if centres > 1:
        why, why_zh = f"{centres} centres live in it", f"其中住有{centres}个中心户"
    else:
        why, why_zh = (
            f"its {homes} households are more than a zone may hold",
            f"共{homes}户,超过一个责任区的上限",
        )
    return Finding(
        "unit-cut",
        Severity.FIX,
        f"{label} was cut into {pieces} runs of floors: {why}",
        f"{label}按楼层分为{pieces}段:{why_zh}",
        "nothing, unless it must stay whole: then change the rule or the centres",
        "如须保持完整,请调整规则或中心户",
    )


def _summarise(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a unit, in an order that does not depend on the order of the rows."""
    ordered = frame.sort_values(["home", "id"], ascending=[False, True], kind="stable")
    grouped = ordered.groupby(["place", "part"], sort=False)
    units = grouped.agg(
        label=("label", _first_text),
        fence=("fence", "first"),
        households=("home", "sum"),
        members=("member", "sum"),
        load=("load", "sum"),
        lon=("lon", _middle),
        lat=("lat", _middle),
        first=("id", "first"),
    ).reset_index()
    keys = ["fence", "label", "lon", "lat", "first"]
    return units.sort_values(keys, kind="stable", ignore_index=True)


def _first_text(values: pd.Series) -> str:
    texts = [v for v in values if v]
    return min(texts) if texts else ""


def _middle(values: pd.Series) -> float:
    return float(np.sort(values.to_numpy())[(len(values) - 1) // 2])
