"""Each person gets a door: one key for each stairwell, from whatever wording, column or lookup.

Identity lies in `place`, `building` and `stairwell`; labels are derived from them and name nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from planner.errors import Finding, Severity
from planner.intake.address.door import Door, door_of
from planner.intake.address.parse import parse_each

__all__ = ["DOOR_COLUMNS", "same_spot", "with_doors"]

DOOR_COLUMNS = ("place", "building", "stairwell", "floor", "written")
EXACT = ("address point", "building", "stairwell")
"""Precisions at which the place that was found is a building, and so says more than the wording."""
LISTED = 20
SAME_POINT_DECIMALS = 6
"""Eleven centimetres: coordinates that were copied from one another, not measured twice."""


def with_doors(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Give each person a door.

    Parameters
    ----------
    frame : DataFrame
        ``address, building, stairwell, floor`` (as written, "" if not given), ``matched, precision`` (of the
        lookup), ``file, sheet, row``.

    Returns
    -------
    frame : DataFrame
        With ``place, building, stairwell, floor`` in one spelling ("" where unknown), ``written`` (the place
        in words) and ``label`` (all of it in words, without room).
    findings : list of Finding
        Rows whose columns and address tell of two doors.
    """
    found = frame["matched"].where(frame["precision"].isin(EXACT), "")
    asked = frame[["address", "building", "stairwell", "floor"]].assign(found=found).astype(str)
    read = parse_each(dict.fromkeys([*asked["address"], *asked["found"]]))
    known: dict[tuple[str, ...], Door] = {}
    doors: list[Door] = []
    for address, building, stairwell, floor, match in asked.itertuples(index=False):
        key = (address, building, stairwell, floor, match)
        if key not in known:
            line = read[address] if address else None
            own = door_of(line, building=building, stairwell=stairwell, floor=floor)
            known[key] = _at(own, door_of(read[match]) if match else Door())
        doors.append(known[key])
    columns = {name: [getattr(d, name) for d in doors] for name in (*DOOR_COLUMNS, "label")}
    made = frame.assign(**{name: np.array(v, object) for name, v in columns.items()})
    conflict = np.array([d.conflict for d in doors], bool)
    return made, list(_conflicting(frame, conflict))


def _at(own: Door, found: Door) -> Door:
    """Believe the place that was found: two wordings of one building end at one record."""
    if not found.place:
        return own
    return replace(
        own,
        place=found.place,
        written=found.written,
        building=found.building or own.building,
        stairwell=own.stairwell or found.stairwell,
    )


def _conflicting(frame: pd.DataFrame, conflict: np.ndarray) -> Iterable[Finding]:
    what = "the columns and the address tell of two doors; the columns were believed"
    zh = "楼栋、单元列与地址所述不一致，已以列为准"
    rows = np.flatnonzero(conflict)
    for i in rows[:LISTED]:
        at = frame.iloc[int(i)]
        yield Finding(
            "door-conflict", Severity.WARN, what, zh, "correct the one that is wrong",
            "请更正其中错误的一处", str(at["file"]), str(at["sheet"]), int(at["row"]), "address",
        )  # fmt: skip
    if len(rows) > LISTED:
        n = len(rows) - LISTED
        yield Finding("door-conflict", Severity.WARN, f"{n} more rows: {what}", f"另有{n}行：{zh}")


def same_spot(people: pd.DataFrame) -> list[Finding]:
    """Tell of buildings that share one point to the decimetre, where each is known by name.

    Parameters
    ----------
    people : DataFrame
        Located people: ``lon, lat, place, building, building_label``.
    """
    named = people[(people["building"] != "") & (people["place"] != "")]
    if named.empty:
        return []
    point = named[["lon", "lat"]].round(SAME_POINT_DECIMALS)
    one = named.assign(x=point["lon"], y=point["lat"]).drop_duplicates(
        ["x", "y", "place", "building"]
    )
    said = []
    for _, there in one.groupby(["x", "y"], sort=True):
        if len(there) > 1:
            names = sorted(set(there["building_label"]))
            told = ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")
            said.append(
                Finding(
                    "two-buildings-one-point", Severity.WARN,
                    f"{len(there)} buildings stand on one point: {told}; walks to them are the same",
                    f"{len(there)}栋楼坐标相同：{told}；其步行距离无法区分",
                    "give each building its own coordinates", "请为每栋楼提供各自的坐标", column="lon",
                )
            )  # fmt: skip
    return said
