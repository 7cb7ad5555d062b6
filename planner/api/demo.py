"""The demonstration: a synthetic register on the real addresses of central Helsinki.

Streets and addresses are real (OpenStreetMap, ODbL); every household and member is made up, and says
so.  The register is written as the two workbooks of an office, and then read like anyone's.  The made-up
town of `write_town` is the office in ``data/bagongshan``.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from planner.files import write_files
from planner.model.arrays import Bools, Floats, Ints
from planner.model.plane import LocalProjection
from planner.model.project import TEMPLATE
from planner.network.streets.osm import Extract, read_extract
from planner.render.books.look import new_book

__all__ = [
    "Register",
    "Size",
    "demo_streets",
    "make_register",
    "office_workbook",
    "spread_centres",
    "write_demo",
    "write_office",
    "write_town",
]

SYNTHETIC = "合成示例数据，非真实居民 / SYNTHETIC, not real residents"


@dataclass(frozen=True, slots=True)
class Size:
    """How large a register to make.

    `buildings` and `households` and `members` and `centres`: counts. The defaults are such that the
    letter of the default profile can just hold.
    `lost`: households whose address is nowhere: offices have them, and a plan must not lose them.
    """

    buildings: int = 240
    households: int = 2300
    members: int = 220
    centres: int = 26
    lost: int = 7


@dataclass(frozen=True, eq=False)
class Register:
    """A made-up register.

    `households` and `members`: with the Chinese headers of an office's sheets; all text.
    """

    households: pd.DataFrame
    members: pd.DataFrame


def write_demo(folder: str | Path, *, seed: int = 0) -> Path:
    """Write the demonstration's input: two workbooks, the streets, and a project file.

    `folder`: made if it is absent.
    Raises `OutputError`: the folder cannot be written.
    """
    title = "赫尔辛基市中心 · 党员中心户责任区（示例）"
    return write_office(folder, demo_streets(), Size(), title=title, seed=seed)


def write_office(
    folder: str | Path, streets: Path, size: Size, *, title: str, rules: str = "", seed: int = 0
) -> Path:
    """Write what an office would hand over for any extract: workbooks, streets, project file.

    `folder`: made if it is absent.
    `rules`: lines of TOML that override numbers of the default profile.
    """
    register = make_register(read_extract(streets), size, seed=seed)
    suffix = "".join(streets.suffixes[-2:])
    project = TEMPLATE.replace("town.osm.pbf", f"town{suffix}")
    project = project.replace('# title = "..."', f'title = "{title}"')
    project = project.replace("seed = 0", f"seed = {seed}")
    project = project.replace("\n[search]", f"{rules}\n\n[search]")
    written = write_files(
        Path(folder),
        {
            "households.xlsx": office_workbook("居民户信息表", register.households),
            "members.xlsx": office_workbook("党员信息表", register.members),
            f"town{suffix}": streets.read_bytes(),
            "planner.toml": project.encode(),
        },
    )
    return written["planner.toml"]


def write_town(folder: str | Path) -> Path:
    """Write the office of the made-up town: sheets, building table, communities, streets, project file.

    `folder`: made if it is absent.
    Raises `OutputError`: the folder cannot be written.
    """
    files = {
        path.name: path.read_bytes() for path in sorted(_town_office().iterdir()) if path.is_file()
    }
    return write_files(Path(folder), files)["planner.toml"]


def _town_office() -> Path:
    """Find the made-up office."""
    return _carried("bagongshan", "planner.toml").parent


def demo_streets() -> Path:
    """Find the extract of central Helsinki (OpenStreetMap, ODbL) that the program carries."""
    return _carried("helsinki", "helsinki.osm.pbf")


def _carried(town: str, name: str) -> Path:
    """Find a file of the demonstrations: beside the package in a checkout, inside it when installed."""
    package = Path(__file__).resolve().parents[1]
    places = (package / "data", package.parent / "data")
    return next(file for place in places if (file := place / town / name).is_file())


def make_register(extract: Extract, size: Size, *, seed: int = 0) -> Register:
    """Make households, members and centres on the real places of an extract.

    `extract`: its street addresses are used; where it has too few of them, its buildings, by lon/lat.
    """
    rng = np.random.default_rng(seed)
    places = _places(extract, size, rng)
    homes = _households(len(places), size.households, rng)
    members, centre = _members(places, homes, size, rng)
    return Register(
        _household_sheet(places, homes, size.lost), _member_sheet(places, members, centre)
    )


def _places(extract: Extract, size: Size, rng: np.random.Generator) -> pd.DataFrame:
    """Choose addresses, or buildings where the extract has hardly any addresses."""
    table = _addresses(extract)
    # as on the mainland, where hardly a house has its number on the map
    if len(table) < size.buildings:
        at = extract.buildings.geometry.representative_point()
        table = pd.DataFrame({"address": "", "lon": at.x, "lat": at.y}).sort_values(["lon", "lat"])
    xy = LocalProjection.around(table["lon"], table["lat"]).to_xy(table["lon"], table["lat"])
    table = table.assign(x=xy[:, 0], y=xy[:, 1])
    chosen = np.sort(rng.choice(len(table), min(size.buildings, len(table)), replace=False))
    return table.iloc[chosen].reset_index(drop=True)


def _addresses(extract: Extract) -> pd.DataFrame:
    found = extract.addresses
    numbered = found[
        (found["street"] != "") & found["number"].astype(str).str.fullmatch(r"[\d-]+[a-zA-Z]?")
    ]
    at = numbered.geometry.representative_point()
    text = numbered["street"].astype(str) + " " + numbered["number"].astype(str)
    table = pd.DataFrame({"address": text, "lon": at.x, "lat": at.y})
    return table.sort_values(["address", "lon", "lat"]).drop_duplicates("address")


def _households(buildings: int, households: int, rng: np.random.Generator) -> Ints:
    """Draw a plausible number of homes for each building: floors times homes a floor."""
    if households <= buildings:
        homes = np.zeros(buildings, np.int64)
        # fewer homes than buildings: some stand empty
        homes[rng.choice(buildings, households, replace=False)] = 1
        return homes
    # three to seven floors with one to three homes each
    weight = rng.integers(3, 8, buildings) * rng.integers(1, 4, buildings)
    exact = np.maximum(1.0, weight * households / weight.sum())
    homes = np.floor(exact * households / exact.sum()).astype(np.int64)
    # largest remainders first, so that the sum is exact
    order = np.argsort(homes - exact, kind="stable")
    homes[order[: households - int(homes.sum())]] += 1
    return homes


def _members(
    places: pd.DataFrame, homes: Ints, size: Size, rng: np.random.Generator
) -> tuple[Ints, Bools]:
    """Let members live evenly where people live, and spread the centres."""
    lived = np.flatnonzero(homes)
    step = homes.sum() / size.members
    # Systematic sampling along the homes: members are where people are, without clusters.
    every = (step * (np.arange(size.members) + rng.random())).astype(np.int64)
    building = np.sort(np.repeat(lived, homes[lived])[every])
    xy = places[["x", "y"]].to_numpy()
    units = building.tolist()
    chosen = spread_centres(xy[lived], homes[lived], xy[building], units, size.centres, rng)
    centre = np.zeros(size.members, bool)
    centre[chosen] = True
    return building, centre


def spread_centres(
    homes_xy: Floats,
    weight: ArrayLike,
    members_xy: Floats,
    unit: Sequence[Hashable],
    number: int,
    rng: np.random.Generator,
) -> list[int]:
    """Choose centres where homes are: the member nearest to each mean, one of a unit at most.

    Parameters
    ----------
    homes_xy : ndarray of float, shape (n_homes, 2)
        Metres.
    weight : array_like of float, shape (n_homes,)
        Households of each.
    members_xy : ndarray of float, shape (n_members, 2)
        Metres.
    rng : Generator
        Seeds the means.

    Returns
    -------
    list of int
        Positions among the members.
    """
    from sklearn.cluster import KMeans

    means = KMeans(number, n_init="auto", random_state=int(rng.integers(2**31)))
    means.fit(homes_xy, sample_weight=np.asarray(weight, float))
    chosen: list[int] = []
    taken: set[Hashable] = set()
    # in an order of their own: k-means numbers its means by chance
    for middle in means.cluster_centers_[np.lexsort(means.cluster_centers_.T)]:
        near = np.argsort(((members_xy - middle) ** 2).sum(axis=1), kind="stable")
        pick = next(int(m) for m in near if unit[int(m)] not in taken)
        chosen.append(pick)
        taken.add(unit[pick])
    return chosen


def _household_sheet(places: pd.DataFrame, homes: Ints, lost: int) -> pd.DataFrame:
    building = np.repeat(np.arange(len(places)), homes)
    nth = np.arange(len(building)) - np.repeat(np.cumsum(homes) - homes, homes)
    n = len(building) + lost
    columns = {
        "编号": [f"H{i + 1:05d}" for i in range(n)],
        "户主姓名": [f"合成居民{i + 1:05d}" for i in range(n)],
        "联系电话": [f"000-0000-{i % 10000:04d}" for i in range(n)],
        **_where(places, building, lost),
        "楼层": [str(f) for f in (*(nth // 3 + 1), *([1] * lost))],
        "房号": [str(r) for r in (*((nth // 3 + 1) * 100 + nth % 3 + 1), *([101] * lost))],
    }
    return pd.DataFrame(columns)


def _where(places: pd.DataFrame, building: Ints, lost: int = 0) -> dict[str, list[str]]:
    """Give addresses as text; coordinates only where the extract has no addresses."""
    # "Nonexistent street": Helsinki has none
    nowhere = [f"Olematonkatu {n + 1}" for n in range(lost)]
    columns = {"地址": [*places["address"].to_numpy(str)[building], *nowhere]}
    if (places["address"] == "").all():
        for header, name in (("经度", "lon"), ("纬度", "lat")):
            values = places[name].to_numpy()[building]
            columns[header] = [*(f"{v:.7f}" for v in values), *([""] * lost)]
    return columns


def _member_sheet(places: pd.DataFrame, building: Ints, centre: Bools) -> pd.DataFrame:
    n = len(building)
    columns = {
        "编号": [f"M{i + 1:04d}" for i in range(n)],
        "姓名": [f"合成党员{i + 1:04d}" for i in range(n)],
        **_where(places, building),
        "是否中心户": np.where(centre, "是", "否"),
    }
    return pd.DataFrame(columns)


def office_workbook(title: str, table: pd.DataFrame) -> bytes:
    """Lay a table out as an office does: a title across the top, then the headers, then rows."""
    with new_book(title, datetime(2000, 1, 1), None) as (book, buffer):
        sheet = book.add_worksheet(title)
        head = book.add_format({"bold": True, "bg_color": "#EEF2F6", "border": 1})
        top = book.add_format({"bold": True, "font_size": 14, "align": "center"})
        sheet.merge_range(0, 0, 0, len(table.columns) - 1, f"{title}({SYNTHETIC})", top)
        sheet.write_row(1, 0, list(table.columns), head)
        for row, values in enumerate(table.itertuples(index=False), start=2):
            sheet.write_row(row, 0, [str(v) for v in values])
        sheet.set_column(0, len(table.columns) - 1, 16)
        sheet.freeze_panes(2, 0)
    return buffer.getvalue()
