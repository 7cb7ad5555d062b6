"""The two columns of coordinates: read, told from metres, put right where they are swapped."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.errors import Finding, SchemaError
from planner.intake.coordinates.recognise import parse_dms, split_pair
from planner.intake.sheets.notes import LISTED, at_row, each, once
from planner.model.arrays import Bools, Floats
from planner.model.plane import DEGREE_M

__all__ = [
    "Area",
    "apply_area",
    "likely_crs",
    "likely_crs_zh",
    "metres_outside",
    "read_coordinates",
]

Area = tuple[float, float, float, float]
"""Smallest lon, smallest lat, largest lon, largest lat, in degrees."""
METRES: Final = 1000.0  # no degree is so large, and no easting so small
MOST: Final = 0.5  # share of a column from which on the column is wrong, not some of its rows
MARGIN: Final = 0.05  # degrees, some five kilometres: people live beyond the edge of a map
# Zones of six degrees are 13 to 23 in China, those of three degrees 25 to 45: numbers tell them apart.
FIRST_3_DEGREE: Final = 25


def read_coordinates(frame: pd.DataFrame) -> tuple[Floats, Floats, Bools, list[Finding]]:
    """Read lon and lat.

    Parameters
    ----------
    frame : DataFrame, n rows
        ``lon``, ``lat`` and ``address`` as text, ``file, sheet, row``.

    Returns
    -------
    lon, lat : ndarray of float64, shape (n,)
        Degrees; NaN where absent or not a place.
    bad : ndarray of bool, shape (n,)
        Something was given, and it is not a place: (0, 0), 999, NaN, one of the two alone.

    Raises
    ------
    SchemaError
        The columns hold metres.
    """
    lon, lat, given, said = _parsed(frame)
    _refuse_metres(lon, lat, frame)
    said += _unswap_by_range(lon, lat, frame)
    place = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    # Both are what programs write for "unknown", and both lie in the sea.
    place &= ~((lon == 0) & (lat == 0)) & ~((lon == -1) & (lat == -1))
    bad = given & ~place
    lon[~place] = lat[~place] = np.nan
    told = Finding.of("bad-coordinates", {"column": "lon"})
    said += each(frame, np.flatnonzero(bad & (frame["address"] != "").to_numpy()), told)
    return lon, lat, bad, said


def _parsed(frame: pd.DataFrame) -> tuple[Floats, Floats, Bools, list[Finding]]:
    texts = [frame[c].to_numpy(object) for c in ("lon", "lat")]
    given = (texts[0] != "") | (texts[1] != "")
    lon, lat = (
        pd.to_numeric(pd.Series(t, dtype=object), errors="coerce").to_numpy(float, copy=True)
        for t in texts
    )
    mended: list[int] = []
    for i in np.flatnonzero(given & ~(np.isfinite(lon) & np.isfinite(lat))):
        read = _as_text(*(str(t[i]) for t in texts))
        if read is not None:
            lon[i], lat[i] = read
            mended.append(int(i))
    told = Finding.of("degrees-text", {"column": "lon"})
    tell = len(mended) > LISTED
    return lon, lat, given, once(frame, len(mended), told) if tell else each(frame, mended, told)


def _as_text(lon: str, lat: str) -> tuple[float, float] | None:
    """Read two cells that are no plain numbers: each by itself, else the pair that one of them holds."""
    x, y = _degrees(lon), _degrees(lat)
    if x is not None and y is not None:
        return (x, y) if np.isfinite([x, y]).all() else None
    # 116,39 is one number with a decimal comma whose partner is missing, not a pair.
    pairs = (split_pair(t) for t in (lon, lat) if parse_dms(t) is None)
    return next((pair for pair in pairs if pair is not None), None)


def _degrees(text: str) -> float | None:
    """Read one coordinate; metres stay numbers, so that they can be told as such."""
    try:
        return float(text)
    except ValueError:
        return parse_dms(text)


def _refuse_metres(lon: Floats, lat: Floats, frame: pd.DataFrame) -> None:
    given = np.isfinite(lon) & np.isfinite(lat)
    far = given & ((np.abs(lon) > METRES) | (np.abs(lat) > METRES))
    if not given.any() or far.sum() <= MOST * given.sum():
        return
    x, y = np.nanmedian(np.where(far, lon, np.nan)), np.nanmedian(np.where(far, lat, np.nan))
    large, small = max(abs(x), abs(y)), min(abs(x), abs(y))
    likely = {"likely": likely_crs(large, small), "likely_zh": likely_crs_zh(large, small)}
    told = Finding.of("metres", {"column": "lon"}, n=int(far.sum()), x=x, y=y, **likely)
    first = at_row(frame, int(np.flatnonzero(far)[0]), told)
    raise SchemaError.of("not-degrees", {"findings": [first]}, file=first.file)


def likely_crs(large: float, small: float) -> str:
    """Guess in words which grid two coordinates in metres belong to.

    Parameters
    ----------
    large, small : float
        The larger and the smaller of the two, without sign.
    """
    if times := _times(large, small):
        return f"degrees times {times:,}: divide them by that"
    if zone := _zone(large):
        return (
            f"CGCS2000, 3-degree Gauss-Kruger zone {zone}, central meridian {3 * zone} degrees east "
            f"(EPSG:{4488 + zone})"
            if zone >= FIRST_3_DEGREE
            else f"CGCS2000, 6-degree Gauss-Kruger zone {zone} (EPSG:{4478 + zone})"
        )
    if large > FIRST_3_DEGREE * 1e6:
        return "CGCS2000 with a zone number before the easting (EPSG:4513 to 4533)"
    if (large > 5e6 and small > 5e6) or large > 7.5e6:
        return "web Mercator (EPSG:3857)"
    return "a Gauss-Kruger or UTM grid such as CGCS2000 (EPSG:4534 to 4554)"


def likely_crs_zh(large: float, small: float) -> str:
    """Say `likely_crs` in Chinese."""
    if times := _times(large, small):
        return f"经纬度乘以{times:,}，请除以该数"
    if zone := _zone(large):
        if zone >= FIRST_3_DEGREE:
            return f"CGCS2000三度带第{zone}带，中央经线{3 * zone}°（EPSG:{4488 + zone}）"
        return f"CGCS2000六度带第{zone}带（EPSG:{4478 + zone}）"
    if large > FIRST_3_DEGREE * 1e6:
        return "带带号的CGCS2000高斯-克吕格投影（EPSG:4513至4533）"
    if (large > 5e6 and small > 5e6) or large > 7.5e6:
        return "Web墨卡托投影（EPSG:3857）"
    return "不带带号的高斯-克吕格投影，如CGCS2000三度带（EPSG:4534至4554），请查明中央经线"


def _times(large: float, small: float) -> int:
    """Read by how much degrees of China were multiplied; 0 where the two cannot be such.

    No easting reaches as far, not even with the number of a zone before it.
    """
    for times in (1_000_000, 10_000_000):
        if 73 * times < large < 136 * times and 3 * times < small < 54 * times:
            return times
    return 0


def _zone(large: float) -> int:
    """Read the number of a zone that stands before an easting in metres; 0 where there is none."""
    zone = int(large // 1e6) if 0 < large < 1e8 else 0
    easting = large - 1e6 * zone
    # 13 to 15 may as well be millions of metres of web Mercator
    known = zone in range(16, 24) or zone in range(FIRST_3_DEGREE, 46)
    return zone if known and 1e5 < easting < 9e5 else 0


def _unswap_by_range(lon: Floats, lat: Floats, frame: pd.DataFrame) -> list[Finding]:
    """Take a latitude past 90 degrees, with a longitude below, for a longitude."""
    given = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 180)
    return _unswap(lon, lat, given & (np.abs(lat) > 90) & (np.abs(lon) <= 90), given, frame)


def _unswap(
    lon: Floats, lat: Floats, wrong: Bools, given: Bools, frame: pd.DataFrame
) -> list[Finding]:
    """Exchange the two in the rows that are wrong, or in all where most are; say which."""
    whole = wrong.sum() > MOST * given.sum()
    which = given if whole else wrong
    lon[which], lat[which] = lat[which].copy(), lon[which].copy()
    told = Finding.of("swapped/column" if whole else "swapped/row", {"column": "lon"})
    return (
        once(frame, int(given.sum()), told) if whole else each(frame, np.flatnonzero(wrong), told)
    )


def apply_area(frame: pd.DataFrame, area: Area) -> tuple[pd.DataFrame, list[Finding]]:
    """Swap coordinates that lie in the area only when swapped.

    Parameters
    ----------
    frame : DataFrame
        With ``lon, lat`` in degrees, ``file, sheet, row``; left as it is.
    area : Area
        Where homes should lie; 0.05 degrees around it count too.
    """
    lon, lat = frame["lon"].to_numpy(float, copy=True), frame["lat"].to_numpy(float, copy=True)
    given = np.isfinite(lon) & np.isfinite(lat)
    wrong = given & ~_inside(lon, lat, area) & _inside(lat, lon, area)
    if not wrong.any():
        return frame, []
    said = _unswap(lon, lat, wrong, given, frame)
    return frame.assign(lon=lon, lat=lat), said


def metres_outside(lon: Floats, lat: Floats, area: Area) -> Floats:
    """Say how far points lie outside a box.

    Parameters
    ----------
    lon, lat : ndarray of float64, shape (n,)
        Degrees; NaN gives NaN.

    Returns
    -------
    ndarray of float64, shape (n,)
        Metres on the sphere; 0 inside.
    """
    west, south, east, north = area
    across = np.maximum(np.maximum(west - lon, lon - east), 0) * np.cos(np.radians(lat))
    return DEGREE_M * np.hypot(across, np.maximum(np.maximum(south - lat, lat - north), 0))


def _inside(lon: Floats, lat: Floats, area: Area) -> Bools:
    west, south, east, north = area
    across = (lon >= west - MARGIN) & (lon <= east + MARGIN)
    return across & (lat >= south - MARGIN) & (lat <= north + MARGIN)
