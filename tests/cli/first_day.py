"""The fifteen mistakes of a first day, each made on purpose in an office that is right otherwise."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
from shapely.geometry import LineString, box

__all__ = ["MISTAKES", "office"]

PROJECT = """[inputs]
households = "homes.csv"
members = "members.csv"
streets = "streets.gpkg"
cache = false
[rules]
members_per_zone = { low = 1, high = 9 }
households_per_member = { low = 1, high = 30 }
households_per_zone = { low = 2, high = 90 }
[search]
seconds = 5
advice_seconds = 0
"""
WEST, SOUTH, STEP = 117.0, 32.6, 0.001
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
"""What the files of old office programs begin with."""


def office(folder: Path) -> None:
    """Write an office of sixty homes, six members and a grid of streets."""
    folder.mkdir(parents=True, exist_ok=True)
    at = [(WEST + STEP * (n % 10), SOUTH + STEP * (n // 10)) for n in range(60)]
    homes = [f"H{n:02d},{x:.6f},{y:.6f}" for n, (x, y) in enumerate(at)]
    (folder / "homes.csv").write_text("\n".join(["编号,经度,纬度", *homes]) + "\n", "utf-8")
    members = [
        f"M{n},{x:.6f},{y:.6f},{'是' if n % 3 == 0 else '否'}" for n, (x, y) in enumerate(at[::10])
    ]
    head = "编号,经度,纬度,是否中心户"
    (folder / "members.csv").write_text("\n".join([head, *members]) + "\n", "utf-8")
    ends = SOUTH + STEP * 5, WEST + STEP * 9
    lines = [LineString([(WEST + STEP * k, SOUTH), (WEST + STEP * k, ends[0])]) for k in range(10)]
    lines += [LineString([(WEST, SOUTH + STEP * k), (ends[1], SOUTH + STEP * k)]) for k in range(6)]
    gpd.GeoDataFrame(geometry=lines, crs="EPSG:4326").to_file(
        folder / "streets.gpkg", driver="GPKG"
    )
    (folder / "planner.toml").write_text(PROJECT, "utf-8")


def _project(folder: Path, old: str, new: str) -> None:
    text = (folder / "planner.toml").read_text("utf-8")
    assert old in text
    (folder / "planner.toml").write_text(text.replace(old, new), "utf-8")


def _sheet(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), "utf-8")


def wrong_path(folder: Path) -> None:
    """The file is called otherwise."""
    _project(folder, "homes.csv", "居民.xlsx")


def wrong_column(folder: Path) -> None:
    """No column says where people live."""
    _sheet(folder, "homes.csv", "编号,经度,纬度", "编号,东,北")


def swapped(folder: Path) -> None:
    """Longitude stands under latitude, in all sheets: it is put right, and told."""
    for name in ("homes.csv", "members.csv"):
        _sheet(folder, name, "经度,纬度", "纬度,经度")


def no_streets(folder: Path) -> None:
    """Nothing is named to walk on."""
    _project(folder, 'streets = "streets.gpkg"\n', "")


def no_centres(folder: Path) -> None:
    """Nobody is marked as a centre."""
    _sheet(folder, "members.csv", ",是\n", ",否\n")


def exchanged(folder: Path) -> None:
    """Households stand where members should, and the other way round."""
    _project(folder, 'households = "homes.csv"\nmembers = "members.csv"',
             'households = "members.csv"\nmembers = "homes.csv"')  # fmt: skip


def outside_fences(folder: Path) -> None:
    """The fences are those of another place."""
    fence = gpd.GeoDataFrame(
        {"社区": ["甲"]}, geometry=[box(116, 31, 116.01, 31.01)], crs="EPSG:4326"
    )
    fence.to_file(folder / "fences.geojson", driver="GeoJSON")
    _project(folder, "cache = false", 'cache = false\nfences = "fences.geojson"')


def wrong_key(folder: Path) -> None:
    """A key is misspelt."""
    _project(folder, "members =", "memberz =")


def same_folder(folder: Path) -> None:
    """The plan is made twice into one folder."""
    (folder / "out").mkdir()
    (folder / "out" / "plan.gpkg").write_bytes(b"")


def other_folder(folder: Path) -> None:
    """The command is given in another folder."""
    (folder / "planner.toml").rename(folder / "plan.toml")


def locked(folder: Path) -> None:
    """The name is that of the lock file of an open workbook."""
    (folder / "~$homes.xlsx").write_bytes(b"user")
    _project(folder, "homes.csv", "~$homes.xlsx")


def old_excel(folder: Path) -> None:
    """A damaged workbook of Excel 97."""
    (folder / "homes.xls").write_bytes(OLE + bytes(3000))
    _project(folder, "homes.csv", "homes.xls")


def wps(folder: Path) -> None:
    """A damaged workbook of WPS."""
    (folder / "homes.et").write_bytes(OLE + bytes(3000))
    _project(folder, "homes.csv", "homes.et")


def _zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


def document(folder: Path) -> None:
    """The list is a document of Word."""
    (folder / "homes.docx").write_bytes(_zipped("[Content_Types].xml", "word/document.xml"))
    _project(folder, "homes.csv", "homes.docx")


def zipped_shapes(folder: Path) -> None:
    """The streets are a shapefile as it was sent."""
    (folder / "streets.zip").write_bytes(_zipped("streets.shp", "streets.dbf", "streets.shx"))
    _project(folder, "streets.gpkg", "streets.zip")


MISTAKES: dict[str, Callable[[Path], None]] = {
    made.__name__: made
    for made in (
        wrong_path, wrong_column, swapped, no_streets, no_centres, exchanged, outside_fences, wrong_key,
        same_folder, other_folder, locked, old_excel, wps, document, zipped_shapes,
    )
}  # fmt: skip
