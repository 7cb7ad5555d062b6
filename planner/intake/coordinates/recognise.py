"""Recognise coordinates that are not plain longitude and latitude columns.

Swapped columns, degrees-minutes-seconds, decimal commas, a pair in one cell, and metres of the
Chinese survey grids in place of degrees.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer

__all__ = [
    "CHINA_BOUNDS",
    "ProjectedReading",
    "parse_dms",
    "recognise_projected",
    "split_pair",
    "swapped",
]

Bounds = tuple[float, float, float, float]

CHINA_BOUNDS: Final[Bounds] = (73.0, 3.0, 136.0, 54.0)
"""Rough box of China: west, south, east, north, degrees."""

_FOLD: Final = str.maketrans(
    {
        **dict(zip("０１２３４５６７８９．，；－（）", "0123456789.,;-()", strict=True)),
        **dict.fromkeys("度º˚", "°"),
        **dict.fromkeys("分′’‘´`＇", "'"),
        **dict.fromkeys("秒″”“＂", '"'),
        **dict.fromkeys("−–—", "-"),
        **dict(zip("东東西南北　", "EEWSN ", strict=True)),
    }
)
_AXIS: Final = re.compile("[东西東]经|[北南]纬|longitude|latitude|lon|lng|lat|[经纬]度?|[:=]", re.I)
_LATITUDE_FIRST: Final = re.compile("(?:lat|纬).*(?:lon|lng|经)", re.I | re.S)
_DMS: Final = re.compile(
    r"""(?P<before>[NSEWnsew])?\s*(?P<sign>[+-])?\s*
    (?P<deg>\d{1,3}(?:[.,]\d+)?)\s*(?:°|d|\s(?=\d))?\s*
    (?:(?P<min>\d{1,2}(?:[.,]\d+)?)\s*(?:'(?!')|m|\s(?=\d)|$|(?=[NSEWnsew]))\s*)?
    (?:(?P<sec>\d{1,2}(?:[.,]\d+)?)\s*(?:"|''|s)?\s*)?
    (?P<after>[NSEWnsew])?""",
    re.VERBOSE,
)


def _folded(text: str) -> str:
    def axis(match: re.Match[str]) -> str:
        return {"东经": "E", "東经": "E", "西经": "W", "北纬": "N", "南纬": "S"}.get(match[0], " ")

    return _AXIS.sub(axis, text).translate(_FOLD).replace("''", '"').strip(" ()[]{}<>\t\r\n")


def _number(text: str | None) -> float:
    return float(text.replace(",", ".")) if text else 0.0


def _degrees(text: str) -> tuple[float, str] | None:
    """Read one folded coordinate; the second value is its hemisphere letter or ``""``."""
    match = _DMS.fullmatch(text.strip())
    if match is None or (match["before"] and match["after"]):
        return None
    if (match["min"] and re.search("[.,]", match["deg"])) or (match["sec"] and not match["min"]):
        return None
    if match["sec"] and re.search("[.,]", match["min"]):
        return None
    minutes, seconds = _number(match["min"]), _number(match["sec"])
    if minutes >= 60 or seconds >= 60:
        return None
    hemisphere = (match["before"] or match["after"] or "").upper()
    if hemisphere and match["sign"] == "-":
        return None
    value = _number(match["deg"]) + minutes / 60 + seconds / 3600
    if value > (90 if hemisphere in {"N", "S"} else 180):
        return None
    negative = match["sign"] == "-" or hemisphere in {"S", "W"}
    return (-value if negative else value), hemisphere


def parse_dms(text: str) -> float | None:
    """Read one coordinate written in any of the usual ways.

    Parameters
    ----------
    text : str
        ``116°23′50″E``, ``32°37'12"``, ``116度23分50秒``, ``E116 23.83``, ``116.397``, ``116,397``
        (one comma is a decimal mark), full width or not.

    Returns
    -------
    float or None
        Degrees, south and west negative; None where it is not one coordinate, or minutes or
        seconds reach 60, or the value passes 180 (90 for N and S).
    """
    found = _degrees(_folded(text))
    return None if found is None else found[0]


def split_pair(text: str) -> tuple[float, float] | None:
    """Split a cell that holds both coordinates.

    Parameters
    ----------
    text : str
        ``116.3,39.9``, ``(116.3，39.9)``, ``116,3; 39,9``, ``39.9N 116.3E``, ``POINT (116.3 39.9)``.

    Returns
    -------
    tuple of float or None
        In the order written, unless letters or the words latitude and longitude (纬度, 经度) tell
        which is which: then longitude first.
        None where the cell is not a pair.
    """
    bare = re.sub(r"^\s*(?:SRID\s*=\s*\d+\s*;)?\s*(?:POINT)?", "", text, flags=re.I)
    folded = _folded(bare)
    latitude_first = _LATITUDE_FIRST.search(text) is not None
    for separator in (
        r"\s*[;/|\t]\s*",
        r"\s*,\s+|\s+,\s*",
        r"\s*,\s*",
        r"(?<=[NSEWnsew])\s*(?=\d)|\s+",
        r"(?<!^)(?=[NSEW])",
    ):
        parts = [part for part in re.split(separator, folded) if part]
        if len(parts) != 2:
            continue
        first, second = _degrees(parts[0]), _degrees(parts[1])
        if first is None or second is None:
            continue
        if first[1] in {"N", "S"} or second[1] in {"E", "W"}:
            if first[1] in {"E", "W"} or second[1] in {"N", "S"}:
                return None
            return second[0], first[0]
        return (second[0], first[0]) if latitude_first else (first[0], second[0])
    return None


def swapped(lon: ArrayLike, lat: ArrayLike, bounds: Bounds) -> NDArray[np.bool_]:
    """Tell which points fall inside the area of work only when the two columns change places.

    Parameters
    ----------
    lon, lat : array_like of float, shape (n,)
        Degrees, as the columns are called.
    bounds : tuple of float
        West, south, east, north of the area of work, degrees.

    Returns
    -------
    ndarray of bool, shape (n,)
        False for non-finite values and wherever the point is inside as it stands.
    """
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    west, south, east, north = bounds

    def inside(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.bool_]:
        return (a >= west) & (a <= east) & (b >= south) & (b <= north)

    return np.asarray(inside(y, x) & ~inside(x, y))


@dataclass(frozen=True, eq=False)
class ProjectedReading:
    """One way to read metres as a place.

    Parameters
    ----------
    epsg : int
        Code of the projected coordinate system.
    name : str
        Its name.
    north_first : bool
        Whether the first column holds the northing, as the survey convention X, Y has it.
    lon_lat : ndarray of float64, shape (n, 2)
        Where the points would lie, degrees, CGCS2000 (equal to WGS-84 within decimetres).
    """

    epsg: int
    name: str
    north_first: bool
    lon_lat: NDArray[np.float64]


@lru_cache(maxsize=64)
def _to_degrees(epsg: int) -> Transformer:
    return Transformer.from_crs(epsg, 4326, always_xy=True)


def _codes(east: NDArray[np.float64], north: NDArray[np.float64]) -> list[tuple[int, str]]:
    """Name the systems whose range of values fits all points."""
    low, high = float(east.min()), float(east.max())
    south, top = float(north.min()), float(north.max())
    if not (south >= 3.0e5 and top <= 7.6e6):
        return []
    found: list[tuple[int, str]] = []
    zone = int(low // 1e6)
    offset = (low - zone * 1e6, high - zone * 1e6)
    survey = top <= 6.0e6 and int(high // 1e6) == zone
    if survey and 25 <= zone <= 45 and offset[0] >= 3.0e5 and offset[1] <= 7.0e5:
        found.append((4488 + zone, f"CGCS2000 3-degree zone {zone}, CM {3 * zone}E"))
    if survey and 13 <= zone <= 23 and offset[0] >= 1.5e5 and offset[1] <= 8.5e5:
        found.append((4478 + zone, f"CGCS2000 6-degree zone {zone}, CM {6 * zone - 3}E"))
    if survey and zone == 0 and low >= 3.0e5 and high <= 7.0e5:
        found += [(4509 + z, f"CGCS2000 3-degree CM {3 * z}E") for z in range(25, 46)]
    elif survey and zone == 0 and low >= 1.5e5 and high <= 8.5e5:
        found += [(4489 + z, f"CGCS2000 6-degree CM {6 * z - 3}E") for z in range(13, 24)]
    if low >= 8.0e6 and high <= 1.52e7:
        found.append((3857, "Web Mercator"))
    return found


def recognise_projected(
    x: ArrayLike, y: ArrayLike, *, bounds: Bounds = CHINA_BOUNDS
) -> list[ProjectedReading]:
    """List the coordinate systems that metres in a longitude and a latitude column may be of.

    CGCS2000 Gauss-Kruger, 3-degree zones with the zone number before the easting (EPSG:4513 to
    4533) and without it (4534 to 4554), 6-degree zones likewise (4491 to 4512), and Web Mercator;
    each with the columns as they stand and exchanged.

    Parameters
    ----------
    x, y : array_like of float, shape (n,)
        The two columns; non-finite values are ignored when the system is sought.
    bounds : tuple of float, optional
        West, south, east, north in degrees: readings whose median falls outside are dropped, so
        the box of the project leaves one reading or none.

    Returns
    -------
    list of ProjectedReading
        Nearest to the middle of `bounds` first; empty where the values are not such metres
        (degrees, for one).
    """
    first, second = np.asarray(x, float), np.asarray(y, float)
    ok = np.isfinite(first) & np.isfinite(second)
    if not ok.any():
        return []
    readings: list[tuple[float, ProjectedReading]] = []
    west, south, east, north = bounds
    for flip, easting, northing in ((False, first, second), (True, second, first)):
        for epsg, name in _codes(easting[ok], northing[ok]):
            lon, lat = _to_degrees(epsg).transform(easting, northing)
            lon_lat = np.column_stack([lon, lat])
            middle = np.median(lon_lat[ok], axis=0)
            if west <= middle[0] <= east and south <= middle[1] <= north:
                away = float(np.hypot(*(middle - ((west + east) / 2, (south + north) / 2))))
                readings.append((away, ProjectedReading(epsg, name, flip, lon_lat)))
    readings.sort(key=lambda pair: (round(pair[0], 9), pair[1].epsg))
    return [reading for _, reading in readings]
