"""The review: addresses that nothing but a person can settle, asked once and remembered."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.config import Project
from planner.errors import ConfigError, SchemaError
from planner.findings import Finding, Severity
from planner.ground import Ground, read_ground
from planner.intake.accepted import (
    PRECISIONS,
    Accepted,
    accepted_bytes,
    identify,
    merge_accepted,
    read_accepted,
)
from planner.intake.gazetteer import Gazetteer
from planner.intake.geocode import find_places
from planner.intake.grids import RawSheet, read_grids
from planner.intake.lookup import Match
from planner.intake.residents import read_households, read_members
from planner.render.outputs import atomic_write
from planner.render.reviewbook import (
    CANDIDATES,
    CHOICE,
    KEY,
    NONE_WORDS,
    Line,
    Option,
    candidate_headers,
    review_bytes,
)

__all__ = ["Review", "ReviewAnswers", "review"]

DOUBTFUL: Final = 0.8
SHOWN_ROWS: Final = 12
_CAUSES: Final = (
    ("ambiguous", "names another place", "此处有同名地址，但原文写的是其他地区",
     "the address names another place"),
    ("ambiguous", "", "对应多个地点", "it fits more than one place"),
    ("address", "number", "道路已知，门牌未知", "the street is known, the number is not"),
    ("address", "community", "仅知社区", "only the community is known"),
    ("address", "review found none", "复核时未选中任何候选", "a review found no candidate right"),
    ("address", "like ", "与已知名称相近", "it resembles a known name"),
    ("address", "", "未找到", "not found"),
    ("", "", "定位精度或把握不足", "placed, but not with confidence"),
)  # fmt: skip
_LON_LAT: Final = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*[,，;；\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*")
_COUNTED: Final = re.compile(r"\s*([1-9])(?:\.0+)?\s*")


@dataclass(frozen=True, slots=True)
class ReviewAnswers:
    """What came of reading a review back.

    Parameters
    ----------
    path : Path
        The file of accepted answers.
    accepted : int
        Answers taken from the workbook.
    left : int
        Lines without a choice.
    known : int
        Answers in the file now.
    findings : tuple of Finding
        Answers that replaced earlier, different ones; lines of the file that could not be used.
    """

    path: Path
    accepted: int
    left: int
    known: int
    findings: tuple[Finding, ...] = ()

    def __str__(self) -> str:
        counts = f"accepted 已接受 {self.accepted}, open 待定 {self.left}, remembered 共记录 {self.known}"
        return "\n".join([f"{counts}: {self.path}", *map(str, self.findings)])


@dataclass(frozen=True, eq=False)
class Review:
    """Open addresses with their candidates.

    Parameters
    ----------
    lines : tuple of Line
        One for each distinct open address, building level; those with most homes first.
    accepted : Path
        Where answers are kept.
    area : tuple of float or None
        West, south, east, north, degrees: answers lie within it.
    unreadable : int
        Rows whose address names no building, so that no answer could be kept for it.
    findings : tuple of Finding
        About the kept gazetteer and earlier answers.
    """

    lines: tuple[Line, ...]
    accepted: Path
    area: tuple[float, float, float, float] | None = None
    unreadable: int = 0
    findings: tuple[Finding, ...] = field(default=())

    def table(self) -> pd.DataFrame:
        """Give the open addresses as a table: ``address, community, homes, cause`` and candidates."""
        rows: list[dict[str, Any]] = []
        for line in self.lines:
            row: dict[str, Any] = {
                "address": line.text, "community": line.community, "homes": line.homes,
                "cause_zh": line.cause_zh, "cause": line.cause,
            }  # fmt: skip
            for nth in range(1, CANDIDATES + 1):
                o = line.options[nth - 1] if nth <= len(line.options) else None
                row[f"candidate_{nth}"] = "" if o is None else o.label
                row[f"apart_{nth}_m"] = np.nan if o is None else o.apart_m
            rows.append(row)
        columns = ["address", "community", "homes", "cause_zh", "cause"]
        for k in range(1, CANDIDATES + 1):
            columns += [f"candidate_{k}", f"apart_{k}_m"]
        return pd.DataFrame(rows, columns=columns)

    def __str__(self) -> str:
        homes = sum(line.homes for line in self.lines)
        text = f"{len(self.lines)} addresses to review 待复核地址, {homes} homes 户"
        if self.unreadable:
            text += (
                f"; {self.unreadable} rows name no building: correct them in the sheet "
                "未写明楼栋，请在原表更正"
            )
        return "\n".join([text, *map(str, self.findings)])

    def _repr_html_(self) -> str:
        return f"<p>{escape(str(self))}</p>{self.table().head(200).to_html(escape=True, na_rep='')}"

    def save(self, path: str | Path) -> Path:
        """Write the review workbook.

        Raises
        ------
        OutputError
            It cannot be written.
        """
        return atomic_write(path, review_bytes(self.lines), private=True)

    def accept(self, path: str | Path) -> ReviewAnswers:
        """Read a filled-in workbook and remember its answers.

        Parameters
        ----------
        path : str or Path
            From `save`, with choices; of this review or of an earlier one.

        Returns
        -------
        ReviewAnswers

        Raises
        ------
        SheetError
            The workbook, or the file of accepted answers, cannot be read.
        SchemaError
            It is not a review workbook, or choices are wrong; all faults, and nothing is remembered.
        OutputError
            The answers cannot be written.
        """
        chosen, left = _choices(Path(path), self.area)
        before, said = read_accepted(self.accepted)
        answers, changed = merge_accepted(before, chosen, file=Path(path).name)
        atomic_write(self.accepted, accepted_bytes(answers), private=True)
        return ReviewAnswers(self.accepted, len(chosen), left, len(answers), (*said, *changed))


def review(
    project: Project | str | Path,
    *,
    ground: Ground | str | Path | None = None,
    doubtful: bool = False,
) -> Review:
    """Collect the addresses of a project that only a person can settle.

    Parameters
    ----------
    project : Project or path of a ``planner.toml``
    ground : Ground or path, optional
        Else the streets that the project names.
    doubtful : bool
        Also those that were placed, but without confidence (below 0.8).

    Returns
    -------
    Review

    Raises
    ------
    ConfigError
        The project file is wrong, or names nowhere to keep answers.
    InputError, NetworkError
        A file cannot be used as it is.
    """
    if not isinstance(project, Project):
        project = Project.read(project)
    inputs = project.inputs
    if inputs.accepted is None:
        raise ConfigError(
            "there is no file for accepted answers",
            remedy='set accepted = "accepted.csv" in [inputs]',
        )
    read = [read_households(inputs.households), read_members(inputs.members)]
    stands = read_ground(inputs, read[0].kept) if ground is None else Ground.of(ground)
    rows = pd.concat([r.kept for r in read], ignore_index=True)
    unplaced = ~(
        np.isfinite(rows["lon"].to_numpy(float)) & np.isfinite(rows["lat"].to_numpy(float))
    )
    rows = rows[unplaced & (rows["address"] != "").to_numpy()]
    if stands.gazetteer is None or not len(rows):
        return Review((), inputs.accepted, stands.area, findings=stands.findings)
    lines, unreadable = _lines(rows, stands.gazetteer, DOUBTFUL if doubtful else 0.0)
    return Review(lines, inputs.accepted, stands.area, unreadable, stands.findings)


def _lines(rows: pd.DataFrame, gazetteer: Gazetteer, below: float) -> tuple[tuple[Line, ...], int]:
    texts, beside = rows["address"].astype(str).to_list(), rows["community"].astype(str).to_list()
    matches = find_places(texts, beside, gazetteer)
    open_ = [
        i
        for i, m in enumerate(matches)
        if m.source != "review" and (m.xy is None or m.confidence < below)
    ]
    identities = identify([(texts[i], beside[i]) for i in open_])
    groups: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for i, identity in zip(open_, identities, strict=True):
        groups[identity.key].append((i, identity.text))
    unreadable = len(groups.pop("", ()))
    lines = [
        _line(key, group, rows, beside[group[0][0]], [matches[i] for i, _ in group], gazetteer)
        for key, group in groups.items()
    ]
    return tuple(sorted(lines, key=lambda li: (-li.homes, li.text, li.key))), unreadable


def _line(
    key: str, group: Sequence[tuple[int, str]], rows: pd.DataFrame, community: str,
    matches: Sequence[Match], gazetteer: Gazetteer,
) -> Line:  # fmt: skip
    candidates = list(dict.fromkeys(c for m in matches for c in m.candidates))[:CANDIDATES]
    options: list[Option] = []
    if candidates:
        xy = np.array([c.xy for c in candidates])
        apart = np.hypot(*(xy - xy[0]).T)
        for c, d, (lon, lat) in zip(
            candidates, apart, gazetteer.projection.to_lon_lat(xy), strict=True
        ):
            options.append(Option(c.label, c.precision, float(d), float(lon), float(lat)))
    cause = matches[0].cause
    zh, en = next(
        (zh, en) for start, part, zh, en in _CAUSES if cause.startswith(start) and part in cause
        and (cause or not start)
    )  # fmt: skip
    at = rows.iloc[[i for i, _ in group]]
    return Line(
        key,
        min(text for _, text in group),
        community,
        len(group),
        _rows_in_words(at),
        zh,
        en,
        tuple(options),
    )


def _rows_in_words(rows: pd.DataFrame) -> str:
    told: dict[tuple[str, str], list[int]] = defaultdict(list)
    for file, sheet, row in zip(rows["file"], rows["sheet"], rows["row"], strict=True):
        told[str(file), str(sheet)].append(int(row))
    parts = []
    for (file, sheet), numbers in sorted(told.items()):
        shown = ", ".join(map(str, sorted(numbers)[:SHOWN_ROWS]))
        more = f" +{len(numbers) - SHOWN_ROWS}" if len(numbers) > SHOWN_ROWS else ""
        parts.append(f"{file} {sheet} {shown}{more}".replace("  ", " "))
    return "; ".join(parts)


def _choices(
    path: Path, area: tuple[float, float, float, float] | None
) -> tuple[list[Accepted], int]:
    """Read the choices of a workbook; every fault is told at once."""
    sheet, head = _review_sheet(path)
    faults: list[Finding] = []
    chosen: list[Accepted] = []
    left = 0
    for nth, row in enumerate(sheet.grid[1:], sheet.first + 2):
        cells = {n: row[k] if k < len(row) else None for n, k in head.items()}
        choice, key = _text(cells[CHOICE]), _text(cells[KEY])
        if not choice or not key:
            left += bool(key)
            if choice:
                faults.append(
                    _fault(path, sheet, nth, KEY, "the key of the line is missing", "缺少标识")
                )
            continue
        answer = _answer(choice, key, cells)
        if isinstance(answer, str):
            faults.append(
                _fault(path, sheet, nth, CHOICE, answer, "“选择”应为候选序号、无，或 经度,纬度")
            )
        elif answer.placed and area is not None and not _within(answer, area):
            what = "the place lies outside the area of the streets"
            faults.append(_fault(path, sheet, nth, CHOICE, what, "位置在路网范围之外"))
        else:
            chosen.append(answer)
    if faults:
        raise SchemaError(
            f"{path.name}: {len(faults)} choice(s) cannot be used, so none was remembered",
            findings=faults,
            remedy="write 1 to 5, 无 or none, or lon,lat; leave a line empty to decide later",
        )
    return chosen, left


def _review_sheet(path: Path) -> tuple[RawSheet, dict[str, int]]:
    wanted = {
        "地址 address", "社区 community", CHOICE, KEY,
        *(name for k in range(1, CANDIDATES + 1) for name in candidate_headers(k)),
    }  # fmt: skip
    for sheet in read_grids(path):
        names = [_text(c) for c in sheet.grid[0]] if sheet.grid else []
        if wanted <= set(names):
            return sheet, {name: names.index(name) for name in sorted(wanted)}
    raise SchemaError(
        f"{path.name} is not a review workbook: columns such as {CHOICE!r} are missing",
        findings=[],
        remedy="fill in the workbook that planner review --out wrote, and keep its header",
    )


def _answer(choice: str, key: str, cells: dict[str, Any]) -> Accepted | str:
    """Turn one choice into an answer, or say what is wrong with it."""
    text, community = _text(cells["地址 address"]), _text(cells["社区 community"])
    if choice.casefold() in NONE_WORDS:
        return Accepted(key, text, community, precision="none")
    number = _COUNTED.fullmatch(choice)
    if number is not None:
        if int(number[1]) > CANDIDATES:
            return f"there is no candidate {number[1]}"
        label, precision, _, lon, lat = (cells[n] for n in candidate_headers(int(number[1])))
        try:
            place = float(_text(lon)), float(_text(lat))
        except ValueError:
            return f"there is no candidate {number[1]}"
        level = _text(precision)
        level = level if level in PRECISIONS else "building"
        return Accepted(key, text, community, *place, level, _text(label))
    typed = _LON_LAT.fullmatch(choice)
    if typed is None:
        return "the choice is neither a candidate, nor 无/none, nor lon,lat"
    lon, lat = float(typed[1]), float(typed[2])
    if abs(lon) > 180 or abs(lat) > 90:
        return "lon and lat are out of range, or swapped"
    return Accepted(key, text, community, lon, lat, "building", text)


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _within(answer: Accepted, area: tuple[float, float, float, float]) -> bool:
    west, south, east, north = area
    return west <= answer.lon <= east and south <= answer.lat <= north


def _fault(path: Path, sheet: RawSheet, row: int, column: str, what: str, zh: str) -> Finding:
    return Finding(
        "bad-choice", Severity.STOP, what, zh, "write 1 to 5, 无 or none, or lon,lat", "请改正后重新读入",
        path.name, sheet.sheet, row, column,
    )  # fmt: skip
