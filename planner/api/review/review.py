"""The review: addresses that nothing but a person can settle, asked once and remembered."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from planner.api.opening import Online, online_of, open_project
from planner.api.people import private_of
from planner.api.progress import Clock
from planner.api.review.answers import read_choices, read_rules
from planner.demand.ground import Ground
from planner.errors import ConfigError, Finding
from planner.files import atomic_write
from planner.intake.gazetteer.accepted import (
    accepted_bytes,
    identify,
    merge_accepted,
    read_accepted,
)
from planner.intake.gazetteer.found import Cause, Match
from planner.intake.gazetteer.geocode import find_places, geocode
from planner.intake.gazetteer.index import Gazetteer
from planner.intake.online.ask import ask
from planner.intake.online.known import Knows, names_known
from planner.intake.sheets.formats.grids import opened_once
from planner.model.project import Project
from planner.model.rewrites import Rewrite, read_rewrites, rewrites_bytes, rules_file
from planner.model.schema import HOUSEHOLDS, MEMBERS
from planner.privacy import Secrets, released
from planner.privacy.audience import Audience
from planner.privacy.person import People
from planner.privacy.reports import withheld_texts
from planner.render.books.review_book import CANDIDATES, Line, Option, review_bytes
from planner.render.map.review_page import review_page

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Review", "ReviewAnswers", "review"]

DOUBTFUL: Final = 0.8
SHOWN_ROWS: Final = 12
SHOWN_SPELLINGS: Final = 4
_ROOM: Final = re.compile(
    r"(?:[-－—–]\s*[0-9０-９]{3,4}|(?<=[元层楼])\s*[0-9０-９]{3,4}|[0-9０-９]{1,4}(?=\s*(?:室|房)))\s*(?:号?室|房)?\s*$"
)
"""A room at the end of an address."""
_ESTATE: Final = re.compile(
    r"([\u3400-\u9fff]{2,12}?)(第?)([0-9０-９]{1,3})(号楼|楼|栋|幢|排|橦|#楼?|号(?![楼院]))"
)
_DOUBTFUL: Final = ("定位精度或把握不足", "placed, but not with confidence")
_CAUSES: Final = {
    Cause.APART: ("本地地址库与在线服务的位置不一致", "the map and the online service differ"),
    Cause.ELSEWHERE: ("此处有同名地址，但原文写的是其他地区", "the address names another place"),
    Cause.AMBIGUOUS: ("对应多个地点", "it fits more than one place"),
    Cause.NUMBER: ("道路已知，门牌未知", "the street is known, the number is not"),
    Cause.NUMBERLESS: ("道路已知，门牌未知", "the street is known, the number is not"),
    Cause.COMMUNITY: ("仅知社区", "only the community is known"),
    Cause.REJECTED: ("复核时未选中任何候选", "a review found no candidate right"),
    Cause.LIKE: ("与已知名称相近", "it resembles a known name"),
    Cause.ABSENT: ("未找到", "not found"),
}


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
    rules : int
        Rules for whole estates that were remembered.
    """

    path: Path
    accepted: int
    left: int
    known: int
    findings: tuple[Finding, ...] = ()
    rules: int = 0

    def __str__(self) -> str:
        counts = f"accepted 已接受 {self.accepted}, open 待定 {self.left}, remembered 共记录 {self.known}"
        if self.rules:
            counts += f", rules 规则 {self.rules}"
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
    base : mapping of str to GeoDataFrame
        Streets and buildings to click a place among, EPSG:4326.
    """

    lines: tuple[Line, ...]
    accepted: Path
    area: tuple[float, float, float, float] | None = None
    unreadable: int = 0
    findings: tuple[Finding, ...] = field(default=())
    base: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict, repr=False)

    def table(self) -> pd.DataFrame:
        """Give the open addresses as a table: ``address, community, homes, cause`` and candidates."""
        names = ("text", "community", "homes", "cause_zh", "cause")
        blank = Option("", "", np.nan, np.nan, np.nan)
        rows = []
        for line in self.lines:
            shown = [*line.options, *[blank] * CANDIDATES][:CANDIDATES]
            told = [cell for option in shown for cell in (option.label, option.apart_m)]
            rows.append([*(getattr(line, name) for name in names), *told])
        columns = ["address", *names[1:]]
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

    def save(self, path: str | Path, *, replacing: bool = False) -> Path:
        """Write the review workbook, and beside it a map page on which places can be clicked.

        Parameters
        ----------
        path : str or Path
        replacing : bool
            One that was filled in since may be lost.

        Raises
        ------
        OutputError
            It cannot be written, or was filled in since it was.
        """
        book = Path(path)
        own = Audience.INTERNAL
        data = review_bytes(self.lines, suggested_rules(self.lines))
        written = atomic_write(
            book, released(data, "review.xlsx", own), private=True, replacing=replacing
        )
        if self.lines:
            page = released(review_page(self.lines, self.base, self.area), "review.html", own)
            atomic_write(book.with_suffix(".html"), page, private=True, replacing=replacing)
        return written

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
        chosen, left = read_choices(Path(path), self.area)
        rules = read_rules(Path(path))
        before, said = read_accepted(self.accepted)
        answers, changed = merge_accepted(before, chosen, file=Path(path).name)
        # Addresses and where they are: for its owner alone.
        atomic_write(self.accepted, accepted_bytes(answers), private=True)
        if rules:
            kept = rules_file(self.accepted)
            atomic_write(kept, rewrites_bytes((*read_rewrites(kept), *rules)), private=True)
        said = (*said, *changed)
        return ReviewAnswers(self.accepted, len(chosen), left, len(answers), said, len(rules))


def review(project: Project | str | Path, *, doubtful: bool = False) -> Review:
    """Collect the addresses of a project that only a person can settle.

    Parameters
    ----------
    project : Project or path of a ``planner.toml``
    doubtful : bool
        Also those that were placed, but without confidence (below 0.8).

    Notes
    -----
    Nothing is sent.  Of an online service that the project names the answers that were kept stand
    beside the map's: they settle what it leaves open, and where the two differ a person decides.

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
        raise ConfigError.of("no-accepted-file")
    with opened_once():
        opened = open_project(project, Clock(None), people_only=True)
        private = private_of(
            (path, inputs.told(table))
            for paths, table in (
                (inputs.household_files, HOUSEHOLDS),
                (inputs.member_files, MEMBERS),
            )
            for path in paths
        )
    stands = opened.ground
    rows = pd.concat([opened.households.kept, opened.members.kept], ignore_index=True)
    unplaced = ~(
        np.isfinite(rows["lon"].to_numpy(float)) & np.isfinite(rows["lat"].to_numpy(float))
    )
    rows = rows[unplaced & (rows["address"] != "").to_numpy()]
    if stands.gazetteer is None or not len(rows):
        return Review((), inputs.accepted, stands.area, findings=stands.findings)
    # Answers that were kept, no more: a review sends nothing.
    online = online_of(project, offline=True)
    estates = opened.households.estates | opened.members.estates
    knows = names_known(stands.gazetteer, estates)
    second = None if online is None else _second_opinion(rows, stands, online, knows)
    lines, unreadable = _lines(rows, stands.gazetteer, DOUBTFUL if doubtful else 0.0, second)
    shown = _withheld(lines, Secrets.of(None, People(private=private)))
    return Review(shown, inputs.accepted, stands.area, unreadable, stands.findings, stands.base)


def _withheld(lines: Sequence[Line], secrets: Secrets) -> tuple[Line, ...]:
    """Leave out what was written beside an address and tells of a person: its rows say where to look."""
    known = secrets.without(secrets.often_in([line.text for line in lines]))
    shown = iter(withheld_texts([t for li in lines for t in (li.text, *li.written)], known))
    return tuple(
        replace(li, text=next(shown), written=tuple(next(shown) for _ in li.written))
        for li in lines
    )


@dataclass(frozen=True, eq=False)
class _Opinion:
    """What an online service said earlier: confidence and cause of each row, and its own places."""

    confidence: list[float]
    cause: list[tuple[str, str]]
    places: Mapping[int, Option]


def _second_opinion(rows: pd.DataFrame, ground: Ground, online: Online, knows: Knows) -> _Opinion:
    assert ground.gazetteer is not None
    offline = geocode(rows["address"], ground.gazetteer, community=rows["community"])
    told = ask(rows["address"], online, offline=offline, area=ground.area, knows=knows)
    placed = np.isfinite(told.frame["lon"].to_numpy(float))
    sure = np.where(placed, told.frame["confidence"].to_numpy(float), -1.0)
    name = online.settings.name
    places = {
        i: Option(f"{one.matched} [{name}]", one.precision, 0.0, one.lon, one.lat)
        for i, one in told.places.items()
    }
    causes = list(zip(told.frame["code"], told.frame["told"], strict=True))
    return _Opinion(sure.tolist(), causes, places)


def _lines(
    rows: pd.DataFrame, gazetteer: Gazetteer, below: float, second: _Opinion | None
) -> tuple[tuple[Line, ...], int]:
    texts, beside = rows["address"].astype(str).to_list(), rows["community"].astype(str).to_list()
    matches = find_places(texts, beside, gazetteer)
    sure = [-1.0 if m.xy is None else m.confidence for m in matches]
    sure = sure if second is None else second.confidence
    open_ = [i for i, m in enumerate(matches) if m.source != "review" and sure[i] < below]
    identities = identify([(texts[i], beside[i]) for i in open_])
    groups: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for i, identity in zip(open_, identities, strict=True):
        groups[identity.key].append((i, identity.text))
    # Without a building there is no key under which a choice could be remembered.
    unreadable = len(groups.pop("", ()))
    lines = [
        _line(
            key, group, rows, beside[group[0][0]], [matches[i] for i, _ in group], gazetteer, second
        )
        for key, group in groups.items()
    ]
    # What most homes wait for comes first.
    return tuple(sorted(lines, key=lambda li: (-li.homes, li.text, li.key))), unreadable


def _line(
    key: str,
    group: Sequence[tuple[int, str]],
    rows: pd.DataFrame,
    community: str,
    matches: Sequence[Match],
    gazetteer: Gazetteer,
    second: _Opinion | None,
) -> Line:
    online = None if second is None else second.places.get(group[0][0])
    candidates = list(dict.fromkeys(c for m in matches for c in m.candidates))
    # the service's own place keeps the last line of the list
    candidates = candidates[: CANDIDATES - (online is not None)]
    options: list[Option] = []
    if candidates:
        at = gazetteer.projection.to_lon_lat(np.array([c.xy for c in candidates]))
        for c, (lon, lat) in zip(candidates, at, strict=True):
            options.append(Option(c.label, c.precision, 0.0, float(lon), float(lat)))
    options = _apart([*options, *([] if online is None else [online])], gazetteer)
    first = matches[0]
    code, away = (first.code, "") if second is None else second.cause[group[0][0]]
    zh, en = _CAUSES.get(Cause(code), _DOUBTFUL)
    if code == Cause.APART:
        zh, en = f"{zh}（相距{away.removesuffix(' apart')}）", f"{en}: {away}"
    told, text = _rows_in_words(rows.iloc[[i for i, _ in group]]), min(text for _, text in group)
    # Without the room: it does not tell which building, and the workbook goes from hand to hand.
    written = dict.fromkeys(_ROOM.sub("", a) for a in rows["address"].iloc[[i for i, _ in group]])
    shown = tuple(written)[:SHOWN_SPELLINGS]
    return Line(key, text, community, len(group), told, zh, en, tuple(options), shown)


def suggested_rules(lines: Sequence[Line]) -> list[Rewrite]:
    """Find estates of which several buildings are written alike, in a way that is not understood."""
    alike: dict[Rewrite, set[str]] = defaultdict(set)
    for text in (w for line in lines for w in line.written):
        if (found := _ESTATE.search(text)) and found[4] not in ("号楼", "栋", "幢"):
            rule = Rewrite(found[1], f"{found[2]}N{found[4]}", "N号楼")
            if rule.sound:
                alike[rule].add(found[3])
    # One building may be a slip; two are how the office writes them.
    many = [rule for rule, numbers in alike.items() if len(numbers) > 1]
    return sorted(many, key=lambda r: (-len(alike[r]), r.estate, r.written))


def _apart(options: Sequence[Option], gazetteer: Gazetteer) -> list[Option]:
    """Say how far each candidate lies from the first."""
    if not options:
        return []
    plane = gazetteer.projection
    xy = plane.to_xy(np.array([o.lon for o in options]), np.array([o.lat for o in options]))
    away = np.hypot(*(xy - xy[0]).T)
    return [replace(o, apart_m=float(d)) for o, d in zip(options, away, strict=True)]


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
