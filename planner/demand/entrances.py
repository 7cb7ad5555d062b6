"""Each person gets a door: one key for each stairwell, from whatever wording, column or lookup.

Identity lies in `place`, `building` and `stairwell`; labels are derived from them and name nothing.  A place
is put into words only where somebody else writes it so: free text of one home may hold a person's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from planner.errors import Finding
from planner.intake.address.door import Door, door_of
from planner.intake.address.parse import Address, parse_each
from planner.intake.sheets.notes import at_row

__all__ = ["DOOR_COLUMNS", "same_spot", "with_doors", "worded"]

DOOR_COLUMNS = ("place", "building", "stairwell", "floor", "written")
# Precisions at which the place that was found is a building, and so says more than the wording.
EXACT = ("address point", "building", "stairwell")
LISTED = 20
# So many rows that name a place alike vouch for it; what fewer say, and no map or column, is not told.
NAMED_BY = 5
_PARTS = ("community", "road", "branch_road", "compound", "sub_compound")
# Eleven centimetres: coordinates that were copied from one another, not measured twice.
SAME_POINT_DECIMALS = 6


def with_doors(
    frame: pd.DataFrame, knows: Callable[[str, str], bool] | None = None
) -> tuple[pd.DataFrame, list[Finding]]:
    """Give each person a door.

    Parameters
    ----------
    frame : DataFrame
        ``address, building, stairwell, floor`` (as written, "" if not given), ``matched, precision`` (of the
        lookup), ``file, sheet, row``.
    knows : callable, optional
        (part of an address, its value) -> whether a map, a table of buildings or a column of estates has it;
        without it nothing is known.

    Returns
    -------
    frame : DataFrame
        With ``place, building, stairwell, floor`` in one spelling ("" where unknown), ``written`` (the place
        in words), ``vouched`` (whether a map, a table or a column has that place) and ``label`` (all of it in
        words, without room); see `worded`.
    findings : list of Finding
        Rows whose columns and address tell of two doors.
    """
    found = frame["matched"].where(frame["precision"].isin(EXACT), "")
    asked = frame[["address", "building", "stairwell", "floor"]].assign(found=found).astype(str)
    read = parse_each(dict.fromkeys([*asked["address"], *asked["found"]]))
    known: dict[tuple[str, ...], Door] = {}
    doors: list[Door] = []
    vouched: list[bool] = []
    for address, building, stairwell, floor, match in asked.itertuples(index=False):
        key = (address, building, stairwell, floor, match)
        if key not in known:
            line = read[address] if address else None
            own = door_of(line, building=building, stairwell=stairwell, floor=floor)
            known[key] = _at(own, door_of(read[match]) if match else Door())
        doors.append(known[key])
        vouched.append(bool(match) or _vouched(read.get(address), knows))
    columns = {name: [getattr(d, name) for d in doors] for name in (*DOOR_COLUMNS, "label")}
    made = frame.assign(
        **{name: np.array(v, object) for name, v in columns.items()}, vouched=vouched
    )
    conflict = np.array([d.conflict for d in doors], bool)
    return made, list(_conflicting(frame, conflict))


def _vouched(address: Address | None, knows: Callable[[str, str], bool] | None) -> bool:
    """Tell whether every name in an address is one that somebody else has written down."""
    if address is None or knows is None:
        return False
    said = [(part, getattr(address, part)) for part in _PARTS]
    return all(knows(part, value) for part, value in said if value)


def worded(frames: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    """Leave a place in words only where it is vouched for, or named alike by many rows.

    `frames`: households and members, from `with_doors`; they vouch for one another.
    """
    every = pd.concat([frame[["place", "vouched"]] for frame in frames])
    named = every.groupby("place")["vouched"].agg(["size", "any"])
    told = set(named.index[(named["size"] >= NAMED_BY) | named["any"]])
    made = []
    for frame in frames:
        written = frame["written"].where(frame["place"].isin(told), "")
        rows = zip(frame["building"], frame["stairwell"], written, strict=True)
        label = np.array([Door("", b, s, written=w).label for b, s, w in rows], object)
        made.append(frame.assign(written=written, label=label))
    return made


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
    rows = np.flatnonzero(conflict)
    for i in rows[:LISTED]:
        yield at_row(frame, i, Finding.of("door-conflict", {"column": "address"}))
    if len(rows) > LISTED:
        yield Finding.of("door-conflict/more", n=len(rows) - LISTED)


def same_spot(people: pd.DataFrame) -> list[Finding]:
    """Tell of buildings that share one point to the decimetre, where each is known by name.

    `people`: located people: ``lon, lat, place, building, building_label``.
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
            place = {"column": "lon"}
            said.append(Finding.of("two-buildings-one-point", place, n=len(there), told=told))
    return said
