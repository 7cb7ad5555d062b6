"""What holds between two people goes with their community; between two communities nothing can hold."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from planner.api.opening import Opened
from planner.demand.locate import Located
from planner.errors import ConfigError
from planner.intake.identity import match_ids
from planner.intake.tie_sheet import Match, match_ties
from planner.model.project import Project

__all__ = ["TIES_FILE", "WISHES_FILE", "Joint", "joint_of", "refuse_joint"]

TIES_FILE, WISHES_FILE = "ties.internal.csv", "wishes.internal.csv"
_TIES_HEAD = ("甲", "乙", "关系", "折合米数")
_WISHES_HEAD = ("编号", "意愿1", "意愿2", "意愿3")


@dataclass(frozen=True, eq=False)
class Joint:
    """Ties and wishes of a project's communities.

    Parameters
    ----------
    files : mapping of str to mapping of str to bytes
        Of each community the tables of its part, by their names.
    left : int
        Rows that no part has: between two communities, or of somebody without a place or not on the register.
    """

    files: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    left: int = 0


def refuse_joint(project: Project) -> None:
    """Refuse what is not of one community alone: a part could not tell what it means.

    Raises `ConfigError`: the project has talents, shares or mentors.
    """
    joint = {
        "[affinity] talents": project.affinity.talents,
        "[[shares]]": project.shares,
        "[mentors], [[levels]]": project.levels,
    }
    for what, stated in joint.items():
        if stated:
            raise _refused(project, what)


def joint_of(opened: Opened, located: Located, fence_of: Mapping[str, Mapping[str, str]]) -> Joint:
    """Share the rows of ties and wishes out to communities.

    `fence_of`: the community of each household and of each member that has a part, under ``homes, members``.
    Raises `ConfigError`: a tie that must hold is between two communities.
    """
    files: dict[str, dict[str, bytes]] = {}
    left = 0
    for name, head, (rows, lost) in (
        (TIES_FILE, _TIES_HEAD, _ties(opened, located, fence_of)),
        (WISHES_FILE, _WISHES_HEAD, _wishes(opened, fence_of)),
    ):
        left += lost
        for fence, own in rows.items():
            files.setdefault(fence, {})[name] = _table(head, own)
    return Joint(files, left)


_Rows = tuple[dict[str, list[Sequence[str]]], int]


def _ties(opened: Opened, located: Located, fence_of: Mapping[str, Mapping[str, str]]) -> _Rows:
    if opened.ties is None:
        return {}, 0
    people: tuple[pd.DataFrame, pd.DataFrame] = (located.households, located.members)
    ids = [frame["id"].astype(str).tolist() for frame in people]
    known = fence_of["homes"], fence_of["members"]
    matches, _ = match_ties(opened.ties, *ids)
    rows: dict[str, list[Sequence[str]]] = {}
    kept = 0
    for one in matches:
        ends = [ids[member][at] for member, at in (one.a, one.b)]
        fences = {known[end[0]].get(who, "") for end, who in zip((one.a, one.b), ends, strict=True)}
        if "" in fences:
            continue
        if len(fences) > 1:
            _require_soft(one, opened.project)
            continue
        metres = "" if one.metres is None else f"{one.metres:.17g}"
        rows.setdefault(fences.pop(), []).append((*ends, one.kind, metres))
        kept += 1
    return rows, len(opened.ties.rows) - kept


def _require_soft(one: Match, project: Project) -> None:
    if one.kind in project.affinity.must and one.metres is None:
        raise _refused(project, f"[affinity] must ({one.place.file}, row {one.place.row})")


def _wishes(opened: Opened, fence_of: Mapping[str, Mapping[str, str]]) -> _Rows:
    if opened.wishes is None:
        return {}, 0
    homes, members = fence_of["homes"], fence_of["members"]
    rows: dict[str, list[Sequence[str]]] = {}
    left = 0
    asked = [who for who, _ in opened.wishes.rows]
    at_home, serving = match_ids(asked, homes), match_ids(asked, members)
    centre = match_ids([c for _, wished in opened.wishes.rows for c in wished], members)
    for who, wished in opened.wishes.rows:
        known = at_home.get(who) or serving.get(who)
        fence = "" if known is None else homes.get(known) or members[known]
        near = [centre[c] for c in wished if c in centre and members[centre[c]] == fence]
        if known is not None and near:
            rows.setdefault(fence, []).append((known, *near))
        else:
            left += 1
    return rows, left


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([*row, *[""] * (len(head) - len(row))] for row in rows)
    return text.getvalue().encode()


def _refused(project: Project, what: str) -> ConfigError:
    name = project.file.name if project.file else "project"
    return ConfigError.of("divide-joint", name=name, what=what)
