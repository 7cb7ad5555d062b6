"""Coordinates as people write them: degrees, minutes, pairs in one cell, swapped, or not degrees at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.errors import Finding, SchemaError, Severity
from planner.intake.sheets.cell_values import LISTED, Notes, half_width

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
METRES: Final = 1000.0
MOST: Final = 0.5
MARGIN: Final = 0.05
EARTH_M: Final = 111_195.0
"""Metres a degree of latitude."""
FIRST_3_DEGREE: Final = 25
"""Zones of six degrees are 13 to 23 in China, those of three degrees 25 to 45: numbers tell them apart."""
_DMS = re.compile(
    r"^([EWNS东西南北])?(?:经|纬)?\s*(-?\d+(?:\.\d+)?)\s*[°度d]\s*(?:(\d+(?:\.\d+)?)\s*['′分m]\s*)?"
    r"(?:(\d+(?:\.\d+)?)\s*(?:''|[\"″秒s])\s*)?([EWNS])?$", re.I,
)  # fmt: skip
_PAIR = re.compile(r"^\(?\s*(-?\d+\.\d+)\s*[,;\s]\s*(-?\d+\.\d+)\s*\)?$")
_COMMA = re.compile(r"^-?\d{1,3},\d{3,}$")
_WRAP = str.maketrans(
    {"\u2032": "'", "\u2033": '"', "\u2019": "'", "\u201d": '"', "\u2018": "'", "\u201c": '"'}
)


@dataclass(frozen=True, eq=False)
class _Read:
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    given: NDArray[np.bool_]


def read_coordinates(
    frame: pd.DataFrame, notes: Notes
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Read lon and lat.

    Parameters
    ----------
    frame : DataFrame, n rows
        ``lon`` and ``lat`` as text.
    notes : Notes
        Told of every repair.

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
    read = _parsed(frame, notes)
    lon, lat = read.lon.copy(), read.lat.copy()
    _refuse_metres(lon, lat, frame)
    _unswap_by_range(lon, lat, notes)
    place = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    place &= ~((lon == 0) & (lat == 0)) & ~((lon == -1) & (lat == -1))
    bad = read.given & ~place
    lon[~place] = lat[~place] = np.nan
    notes.each(
        "bad-coordinates", Severity.WARN, np.flatnonzero(bad & (frame["address"] != "").to_numpy()),
        "the coordinates are not a place; the address is used instead", "坐标无效，改用地址", "lon",
    )  # fmt: skip
    return lon, lat, bad


def _parsed(frame: pd.DataFrame, notes: Notes) -> _Read:
    texts = [frame[c].to_numpy(object).copy() for c in ("lon", "lat")]
    given = (texts[0] != "") | (texts[1] != "")
    values = [
        pd.to_numeric(pd.Series(t), errors="coerce").to_numpy(float, copy=True) for t in texts
    ]
    odd = np.flatnonzero(given & ~(np.isfinite(values[0]) & np.isfinite(values[1])))
    mended: list[int] = []
    for i in odd:
        pair = next((m for t in texts if (m := _PAIR.match(half_width(str(t[i]))))), None)
        if pair is not None:
            values[0][i], values[1][i] = float(pair[1]), float(pair[2])
        else:
            for k in (0, 1):
                if not np.isfinite(values[k][i]):
                    values[k][i] = _degrees(str(texts[k][i]))
        if np.isfinite(values[0][i]) and np.isfinite(values[1][i]):
            mended.append(int(i))
    what, zh = "degrees written as text, pairs or minutes were read", "已识别度分秒或文本坐标"
    if len(mended) > LISTED:
        notes.once("degrees-text", Severity.FIX, len(mended), what, zh, "lon")
    else:
        notes.each("degrees-text", Severity.FIX, np.array(mended, np.intp), what, zh, "lon")
    return _Read(values[0], values[1], given)


def _degrees(text: str) -> float:
    folded = half_width(text.translate(_WRAP)).strip()
    match = _DMS.match(folded)
    if match:
        side = (match[1] or match[5] or "").upper()
        value = float(match[2]) + float(match[3] or 0) / 60 + float(match[4] or 0) / 3600
        return -value if side in ("W", "S", "西", "南") else value
    if _COMMA.match(folded):
        folded = folded.replace(",", ".")
    try:
        return float(folded)
    except ValueError:
        return float("nan")


def _refuse_metres(lon: NDArray[np.float64], lat: NDArray[np.float64], frame: pd.DataFrame) -> None:
    given = np.isfinite(lon) & np.isfinite(lat)
    far = given & ((np.abs(lon) > METRES) | (np.abs(lat) > METRES))
    if not given.any() or far.sum() <= MOST * given.sum():
        return
    x, y = np.nanmedian(np.where(far, lon, np.nan)), np.nanmedian(np.where(far, lat, np.nan))
    large, small = max(abs(x), abs(y)), min(abs(x), abs(y))
    i = int(np.flatnonzero(far)[0])
    finding = Finding(
        "metres",
        Severity.STOP,
        f"{int(far.sum())} coordinates are metres, not degrees (about {x:,.0f}, {y:,.0f}); "
        f"likely {likely_crs(large, small)}",
        f"{int(far.sum())}处坐标为投影米制（约{x:,.0f}，{y:,.0f}），不是经纬度；"
        f"可能是{likely_crs_zh(large, small)}",
        "convert them to WGS-84 degrees, or hand in a GeoPackage that states its CRS",
        "请转换为WGS-84经纬度，或提交写明坐标系的GeoPackage",
        frame["file"].iloc[i],
        frame["sheet"].iloc[i],
        int(frame["row"].iloc[i]),
        "lon",
    )
    raise SchemaError(f"{frame['file'].iloc[i]}: lon and lat are not degrees", findings=[finding])


def likely_crs(large: float, small: float) -> str:
    """Guess in words which grid two coordinates in metres belong to.

    Parameters
    ----------
    large, small : float
        The larger and the smaller of the two, without sign.
    """
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
    if zone := _zone(large):
        if zone >= FIRST_3_DEGREE:
            return f"CGCS2000三度带第{zone}带，中央经线{3 * zone}°（EPSG:{4488 + zone}）"
        return f"CGCS2000六度带第{zone}带（EPSG:{4478 + zone}）"
    if large > FIRST_3_DEGREE * 1e6:
        return "带带号的CGCS2000高斯-克吕格投影（EPSG:4513至4533）"
    if (large > 5e6 and small > 5e6) or large > 7.5e6:
        return "Web墨卡托投影（EPSG:3857）"
    return "不带带号的高斯-克吕格投影，如CGCS2000三度带（EPSG:4534至4554），请查明中央经线"


def _zone(large: float) -> int:
    """Read the number of a zone that stands before an easting in metres; 0 where there is none."""
    zone = int(large // 1e6) if 0 < large < 1e8 else 0
    easting = large - 1e6 * zone
    # 13 to 15 may as well be millions of metres of web Mercator
    known = zone in range(16, 24) or zone in range(FIRST_3_DEGREE, 46)
    return zone if known and 1e5 < easting < 9e5 else 0


def _unswap_by_range(lon: NDArray[np.float64], lat: NDArray[np.float64], notes: Notes) -> None:
    """Take a latitude past 90 degrees, with a longitude below, for a longitude."""
    given = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 180)
    wrong = given & (np.abs(lat) > 90) & (np.abs(lon) <= 90)
    if not wrong.any():
        return
    whole = wrong.sum() > MOST * given.sum()
    _swap(lon, lat, given if whole else wrong)
    _say_swapped(notes, np.flatnonzero(wrong), int(given.sum()) if whole else 0)


def _swap(lon: NDArray[np.float64], lat: NDArray[np.float64], which: NDArray[np.bool_]) -> None:
    lon[which], lat[which] = lat[which].copy(), lon[which].copy()


def _say_swapped(notes: Notes, rows: NDArray[np.intp], whole: int) -> None:
    if whole:
        notes.once("swapped", Severity.FIX, whole,
        "lon and lat were swapped in the whole column and put right",
                   "整列经纬度颠倒，已更正", "lon")  # fmt: skip
    else:
        notes.each("swapped", Severity.FIX, rows, "lon and lat were swapped in this row and put right",
                   "该行经纬度颠倒，已更正", "lon")  # fmt: skip


def apply_area(frame: pd.DataFrame, area: Area, findings: list[Finding]) -> pd.DataFrame:
    """Swap coordinates that lie in the area only when swapped.

    Parameters
    ----------
    frame : DataFrame
        With ``lon, lat`` in degrees, ``file, sheet, row``; left as it is.
    area : Area
        Where homes should lie; 0.05 degrees around it count too.
    findings : list of Finding
        Is added to.
    """
    lon, lat = frame["lon"].to_numpy(float, copy=True), frame["lat"].to_numpy(float, copy=True)
    given = np.isfinite(lon) & np.isfinite(lat)
    wrong = given & ~_inside(lon, lat, area) & _inside(lat, lon, area)
    if not wrong.any():
        return frame
    whole = wrong.sum() > MOST * given.sum()
    _swap(lon, lat, given if whole else wrong)
    _say_swapped(Notes(frame, findings), np.flatnonzero(wrong), int(given.sum()) if whole else 0)
    return frame.assign(lon=lon, lat=lat)


def metres_outside(
    lon: NDArray[np.float64], lat: NDArray[np.float64], area: Area
) -> NDArray[np.float64]:
    """Say how far points lie outside a box.

    Parameters
    ----------
    lon, lat : ndarray of float64, shape (n,)
        Degrees; NaN gives NaN.
    area : Area

    Returns
    -------
    ndarray of float64, shape (n,)
        Metres on the sphere; 0 inside.
    """
    west, south, east, north = area
    across = np.maximum(np.maximum(west - lon, lon - east), 0) * np.cos(np.radians(lat))
    return EARTH_M * np.hypot(across, np.maximum(np.maximum(south - lat, lat - north), 0))


def _inside(lon: NDArray[np.float64], lat: NDArray[np.float64], area: Area) -> NDArray[np.bool_]:
    west, south, east, north = area
    across = (lon >= west - MARGIN) & (lon <= east + MARGIN)
    return across & (lat >= south - MARGIN) & (lat <= north + MARGIN)
