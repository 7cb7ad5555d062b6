"""A first project file: the paths, datums and columns that a folder seems to have, each with its reason."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from planner.api.init.surmise import KINDS, Surmise, surmise
from planner.demand.crosscheck import witnesses
from planner.errors import PlannerError, without_numbers
from planner.files import free_file, write_files
from planner.intake.coordinates.datum import Datum
from planner.intake.coordinates.detect import DatumEvidence, detect_datum
from planner.intake.coordinates.nearest import NearestGeometry
from planner.intake.residents import read_buildings, read_households
from planner.model.project import TEMPLATE, Project
from planner.model.schema import BUILDINGS, HOUSEHOLDS, MEMBERS
from planner.network.streets.osm import read_extract

__all__ = ["NewProject", "new_project", "write_project"]

_ORDER: Final = (
    "households",
    "members",
    "streets",
    "fences",
    "buildings",
    "aliases",
    "ties",
    "mentors",
)
_TABLES: Final = {"households": HOUSEHOLDS, "members": MEMBERS, "buildings": BUILDINGS}
_NEEDED: Final = ("households", "members", "streets")
_KEY: Final = re.compile(r"^(?:# )?([a-z_]+) = ")
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


@dataclass(frozen=True, eq=False)
class NewProject:
    """A project file to be written, and what it stands on.

    Parameters
    ----------
    text : str
        The whole file; it can be read back.
    seen : tuple of Surmise
        Every file or sheet that was looked at.
    missing : tuple of str
        What a plan needs and the folder does not have, as keys of the project file.
    """

    text: str
    seen: tuple[Surmise, ...]
    missing: tuple[str, ...]


def new_project(folder: str | Path) -> NewProject:
    """Draw up a project for the files of a folder; nothing is written.

    Parameters
    ----------
    folder : str or Path
        Where the project file is to lie.
    """
    top = Path(folder)
    seen = surmise(top) if top.is_dir() else []
    chosen = _chosen(seen)
    found = {kind: _lines(kind, own, top) for kind, own in chosen.items()}
    found |= _datums(chosen)
    missing = tuple(kind for kind in _NEEDED if kind not in chosen) if seen else ()
    text = "\n".join(_filled(found, missing, _described(seen, chosen))) + "\n"
    # read back at once: a file that the planner writes must be one that it takes
    Project.from_mapping(tomllib.loads(text), folder=top, where="planner.toml")
    return NewProject(text, tuple(seen), missing)


def write_project(path: str | Path, *, replacing: bool = False) -> tuple[Path, NewProject]:
    """Write a project file for the folder in which it is to lie.

    Parameters
    ----------
    path : str or Path
        The file, or the folder.
    replacing : bool
        Whether one that is there may be overwritten.

    Returns
    -------
    Path
        The file.
    NewProject
        What it stands on.

    Raises
    ------
    ConfigError
        There is one, and it is not to be replaced.
    OutputError
        It cannot be written.
    """
    file = Path(path)
    file = file / "planner.toml" if file.is_dir() else file
    made = new_project(free_file(file, replacing=replacing).parent)
    write_files(file.parent, {file.name: made.text.encode()}, replacing=replacing)
    return file, made


def _chosen(seen: Sequence[Surmise]) -> dict[str, list[Surmise]]:
    """Take all sheets of households and members, and of everything else the likeliest file."""
    by_kind: dict[str, list[Surmise]] = {}
    for one in seen:
        by_kind.setdefault(one.kind, []).append(one)
    chosen: dict[str, list[Surmise]] = {}
    for kind in _ORDER:
        own = by_kind.get(kind, [])
        if kind == "members":
            own = _of_members(own)
        elif own and kind != "households":
            # extracts are told by their size; on a tie the first by name
            first = max(own, key=lambda s: _size(s) if kind == "streets" else (False, 0))
            own = [s for s in own if s.path == first.path]
        if own:
            chosen[kind] = own
    return chosen


def _of_members(own: Sequence[Surmise]) -> list[Surmise]:
    """Take every sheet that says who is a centre; beside a list of the centres alone, all members."""
    flagged = [s for s in own if any(role == "is_centre" for _, role in s.columns)]
    if any(s.marks and s not in flagged for s in own):
        return list(own)
    return flagged or [s for s in own if s.path == own[0].path]


def _size(one: Surmise) -> tuple[bool, int]:
    return one.path.suffix.lower() in (".osm", ".pbf"), one.path.stat().st_size


def _lines(kind: str, own: Sequence[Surmise], folder: Path) -> list[str]:
    """Give the line of one key with its reasons above it."""
    paths = list(dict.fromkeys(s.path for s in own))
    reasons = dict.fromkeys(
        f"# {_plain(_name(s))}: {_plain(s.why_zh)}  {_plain(s.why)}" for s in own[:20]
    )
    lines = [*reasons]
    if kind in _TABLES and own[0].columns:
        table = _TABLES[kind]
        told = ", ".join(
            f"{h} = {table[role].headers[0]}" for h, role in own[0].columns if role in table.names
        )
        lines.append(f"# 识别的列 columns: {_plain(told)}")
    named = [_quoted(p.relative_to(folder).as_posix()) for p in paths]
    value = named[0] if len(named) == 1 else f"[{', '.join(named)}]"
    return [*lines, f"{kind} = {value}"]


def _name(one: Surmise) -> str:
    return f"{one.path.name} {one.sheet}".strip()


def _plain(text: str) -> str:
    """Make a text fit for a comment: one line, and no number of a person."""
    return without_numbers(_UNSAFE.sub(" ", text))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _datums(chosen: Mapping[str, Sequence[Surmise]]) -> dict[str, list[str]]:
    """Ask the streets in which datum homes and buildings fit."""
    wanted = [
        k
        for k in ("households", "buildings")
        if any(r == "lon" for s in chosen.get(k, ()) for _, r in s.columns)
    ]
    if not wanted or "streets" not in chosen:
        return {}
    try:
        extract = read_extract(chosen["streets"][0].path)
        ground = witnesses({"buildings": extract.buildings, "streets": extract.streets})
    except PlannerError:
        return {}  # a run says what is wrong with it
    found: dict[str, list[str]] = {}
    for kind in wanted if ground is not None else ():
        assert ground is not None
        seen = _evidence(kind, chosen[kind], ground)
        if seen is not None and seen.sure:
            key = "datum" if kind == "households" else "buildings_datum"
            found[key] = [_told(seen), f'{key} = "{seen.best.value}"']
    return found


def _evidence(kind: str, own: Sequence[Surmise], ground: NearestGeometry) -> DatumEvidence | None:
    paths = list(dict.fromkeys(s.path for s in own))
    try:
        homes = kind == "households"
        rows = read_households(paths).kept if homes else read_buildings(paths[0])[0]
    except PlannerError:
        return None
    at = rows[["lon", "lat"]].to_numpy(float)
    at = at[np.isfinite(at).all(axis=1)]
    return detect_datum(at[:, 0], at[:, 1], ground.distance_m) if len(at) else None


def _told(seen: DatumEvidence) -> str:
    shares = ", ".join(f"{Datum(f.datum).name} {100 * f.share_30_m:.0f} %" for f in seen.fits)
    return f"# 30米内有建筑或道路的比例 within 30 m of a building or street: {shares}"


def _described(seen: Sequence[Surmise], chosen: Mapping[str, Sequence[Surmise]]) -> list[str]:
    """Give the sections that map headings and choose sheets, where they are needed."""
    return [*_columns(chosen), *_sheets(seen, chosen)]


def _columns(chosen: Mapping[str, Sequence[Surmise]]) -> Iterator[str]:
    lines: list[str] = []
    for kind, table in _TABLES.items():
        own = chosen.get(kind, ())
        given = dict(pair for s in own for pair in s.guessed)
        for role, heads in dict.fromkeys(pair for s in own for pair in s.open):
            names = "、".join(heads)
            meant = table[role].headers[0]
            lines.append(
                f'# 以下各列都可能是“{meant}”，请择一，另一列写 ""  choose one: {_plain(names)}'
            )
            pairs = [f"{_quoted(h)} = {_quoted(meant if h == heads[0] else '')}" for h in heads]
            lines.append(f"# {kind} = {{ {', '.join(pairs)} }}")
        if given:
            lines.append(
                "# 列名不认识，但内容像地址  an unknown heading above what looks like addresses"
            )
            pairs = [
                f"{_quoted(h)} = {_quoted(table[role].headers[0])}" for h, role in given.items()
            ]
            lines.append(f"{kind} = {{ {', '.join(pairs)} }}")
    if lines:
        yield "[columns]"
        yield from lines
        yield ""


def _sheets(seen: Sequence[Surmise], chosen: Mapping[str, Sequence[Surmise]]) -> Iterator[str]:
    """Choose sheets where one workbook holds several tables, or sheets that are none."""
    used = {s.path for own in chosen.values() for s in own}
    others = [s for s in seen if s.path in used and s.sheet and not s.kind]
    lines: list[str] = []
    for kind in _TABLES:
        own = chosen.get(kind, ())
        paths = {s.path for s in own}
        foreign = [s for s in seen if s.path in paths and s.kind not in ("", kind)]
        if foreign:
            lines.append("# 同一工作簿中还有其他表  the workbook holds other tables too")
            lines.append(f"{kind} = [{_listed(own)}]")
    if others:
        lines.append("# 没有地址或坐标的工作表  sheets without addresses or coordinates")
        lines.append(f"leave_out = [{_listed(others)}]")
    if lines:
        yield "[sheets]"
        yield from lines
        yield ""


def _listed(own: Sequence[Surmise]) -> str:
    return ", ".join(_quoted(name) for name in dict.fromkeys(s.sheet for s in own))


def _filled(
    found: Mapping[str, Sequence[str]], missing: Sequence[str], sections: Sequence[str]
) -> Iterator[str]:
    """Give the lines of the template with what was found in the place of its examples."""
    inside, done = "", {""}
    for line in TEMPLATE.splitlines():
        if line.startswith("["):
            inside = line
        if line == "[rules]":
            yield from sections
        key = m[1] if (m := _KEY.match(line)) and inside == "[inputs]" else ""
        if key in done:
            yield line  # a comment further down speaks of it again
            continue
        done.add(key)
        if key in found:
            yield from found[key]
        elif key == "streets" and key in missing:
            yield "# 未找到路网文件：请填写，或启用下面的 detour_factor  no streets were found"
            yield f"# {line}"
        elif key in missing:
            zh, en = KINDS[key]
            yield f"# 未找到{zh}，请填写  no {en} were found: fill this in"
            yield line
        else:
            yield line
