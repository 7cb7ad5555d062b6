"""A small office whose sheets hold made-up people in every column, each of whom can be found again.

The names are of rare characters, the id numbers have right check digits (of a district that does not
exist), the phones are of a range that is not given out: whoever finds one of them in a file knows which
cell it came from.
"""

# ruff: noqa: E501 - one case a line

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.comments import Comment

from planner.privacy import is_citizen_number, parts_of

EAST, NORTH = 116.80, 32.60
# none that the gate would read as a simplified one: a canary is looked for as it was planted
_RARE = "龘靐齉爩鱻麤龗灪吁虋㠭㵘驫䨻䲆钃朤燚畾䲜"
CENTRES = (7, 10)


@dataclass
class Canaries:
    """What was planted: the string, and the cell that it stands in."""

    planted: dict[str, str] = field(default_factory=dict)

    def name(self, where: str) -> str:
        """Plant a name of four rare characters."""
        n = len(self.planted)
        k = len(_RARE)
        made = "".join(_RARE[i % k] for i in (n, n // k + 3, n // (k * k) + 7, n * 7 + 11))
        return self._planted(made, f"a name in {where}")

    def number(self, where: str) -> str:
        """Plant an id number whose check digit is right."""
        body = f"990101{1950 + len(self.planted) // 1000}0101{len(self.planted) % 1000:03d}"
        made = next(body + d for d in "0123456789X" if is_citizen_number(body + d))
        return self._planted(made, f"an id number in {where}")

    def phone(self, where: str) -> str:
        """Plant a mobile phone."""
        return self._planted(f"1990{len(self.planted):07d}", f"a phone in {where}")

    def all(self, where: str) -> str:
        """Plant one of each, glued together as clerks do."""
        return f"{self.name(where)} {self.number(where)}，电话{self.phone(where)}"

    def _planted(self, text: str, where: str) -> str:
        assert text not in self.planted
        self.planted[text] = where
        return text

    def found_in(self, data: bytes, name: str = "") -> dict[str, str]:
        """Give what was planted and shows in a file, packed parts and raw bytes too."""
        text = data.decode("utf-8", "replace") + "\n".join(p.text for p in parts_of(data, name))
        return dict.fromkeys(self.shown(text), name)

    def shown(self, text: str) -> list[str]:
        """Give which cells show in a text."""
        # Few of their letters and starts stand in a text, so that not each of thousands is looked for.
        letters = set(text)
        starts = {c[:4] for c in self.planted if letters.issuperset(c)}
        there = {start for start in starts if start in text}
        near = [pair for pair in self.planted.items() if pair[0][:4] in there]
        return [where for canary, where in near if canary in text]


def write_office(folder: Path, canaries: Canaries, *, building: str = "") -> Path:
    """Write sheets with a canary in every column that a plan does not draw, and a project file.

    Parameters
    ----------
    folder : Path
        Made here.
    canaries : Canaries
        Is added to.
    building : str
        Written into one cell of the column of buildings, which a plan does draw.
    """
    folder.mkdir(parents=True)
    at = [(EAST + 0.0004 * (b % 6), NORTH + 0.0004 * (b // 6)) for b in range(24)]
    members: list[list[object]] = [
        ["编号", "姓名", "身份证号", "联系电话", "办公电话", "家庭住址", "经度", "纬度", "楼栋", "社区", "是否中心户",
         "备注", "特长"]
    ]  # fmt: skip
    for b, (lon, lat) in enumerate(at):
        where = f"members row {b + 2}"
        members.append([
            f"PM{b:04}", canaries.name(where), canaries.number(where), canaries.phone(where),
            "0554-6601" + f"{b:03}" if b in CENTRES else canaries.phone(where + " office"),
            f"安乐路{b + 1}号{canaries.all(where + ' address')}", lon, lat, f"{b + 1}号楼", "安乐社区",
            "是" if b in CENTRES else "否", canaries.all(where + " remarks"), canaries.all(where + " skills"),
        ])  # fmt: skip
    homes: list[list[object]] = [
        ["编号", "户主姓名", "身份证号码", "手机", "家庭住址", "经度", "纬度", "楼栋", "楼层", "房号", "社区", "权重",
         "独居", "备注", "微信", "登记人"]
    ]  # fmt: skip
    for i in range(120):
        b, where = i // 5, f"homes row {i + 2}"
        lon, lat = at[b]
        placed = i not in (3, 50, 51)
        homes.append([
            f"PH{i:05}", canaries.name(where), canaries.number(where), canaries.phone(where),
            f"安乐路{b + 1}号{i % 5 + 1}01室{canaries.all(where + ' address')}" if i % 2 else
            canaries.all(where + " address alone"),
            lon if placed else canaries.name(where + " lon"), lat if placed else canaries.phone(where + " lat"),
            building if building and i == 20 else f"{b + 1}号楼",
            f"{i % 5 + 1}" if i % 7 else canaries.all(where + " floor"),
            f"{i % 5 + 1}01" if i % 3 else canaries.all(where + " room"), "安乐社区",
            "1" if i % 11 else canaries.all(where + " load"),
            "独居" + canaries.name(where + " care"), canaries.all(where + " remarks"),
            canaries.all(where + " wechat"), canaries.all(where + " clerk"),
        ])  # fmt: skip
    _book(folder / "homes.xlsx", "居民", homes, canaries)
    _book(folder / "members.xlsx", "党员", members, canaries)
    project = folder / "planner.toml"
    project.write_text(
        "[inputs]\nhouseholds = 'homes.xlsx'\nmembers = 'members.xlsx'\ndetour_factor = 1.3\n"
        "[rules]\nmembers_per_zone = {low = 1, high = 30}\nhouseholds_per_zone = {low = 10, high = 90}\n"
        "walk = {limit_m = 120}\n[outputs]\ntitle = '安乐社区责任区'\n[search]\nadvice_seconds = 0\nseconds = 1\n",
        "utf-8",
    )
    return project


def _book(path: Path, sheet: str, rows: list[list[object]], canaries: Canaries) -> None:
    """Write a workbook with people in its comments, properties, margins and hidden sheets too."""
    book = openpyxl.Workbook()
    page: Any = book.active
    page.title = sheet
    for row in rows:
        page.append(row)
    name = path.stem
    page["B2"].comment = Comment(
        canaries.all(f"{name} comment"), canaries.name(f"{name} commenter")
    )
    page.oddHeader.center.text = canaries.name(f"{name} page header")
    hidden = book.create_sheet("旧名单")
    hidden.sheet_state = "hidden"
    hidden.append(["姓名", "电话"])
    hidden.append([canaries.name(f"{name} hidden"), canaries.phone(f"{name} hidden")])
    for item in ("creator", "lastModifiedBy", "description", "keywords", "subject"):
        setattr(book.properties, item, canaries.all(f"{name} property {item}"))
    book.save(path)


def files_of(folder: Path) -> Iterator[Path]:
    """Give every file of a folder, hidden ones too."""
    yield from sorted(p for p in folder.rglob("*") if p.is_file())
