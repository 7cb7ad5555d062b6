"""The office's sheets read once more, at the last door: names for an internal map, secrets for the gate.

A plan holds no names.  Where one is to be drawn for the office itself, or held against a finished file,
they come from the very sheets that the plan was made of; they stay in memory and are stored nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from planner.errors import InputError, PlannerError
from planner.intake.residents import Residents, read_residents
from planner.intake.sheets.flags import care_said
from planner.intake.sheets.formats.grids import opened_once
from planner.intake.sheets.gather import labels
from planner.intake.sheets.headings import role_of
from planner.intake.sheets.read import SheetTable, read_table
from planner.intake.tie_sheet import read_ties
from planner.model.given import Source, digest_of
from planner.model.layers import FENCES
from planner.model.project import Project
from planner.model.schema import (
    ALIASES,
    BUILDINGS,
    DRAWN,
    HOUSEHOLDS,
    LOG,
    MEMBERS,
    TIES,
    Table,
    header_key,
    is_personal,
)
from planner.model.service_sheets import NEEDS, OBJECTIONS, WISHES
from planner.model.tables import PlanTables
from planner.plan.changefile import LONGEST_NAME
from planner.privacy import Secrets
from planner.privacy.marks import CARE_WORDS, folded, marks_in, phone_key
from planner.privacy.person import People, Person

__all__ = [
    "People",
    "about_care",
    "people_behind",
    "people_in",
    "people_of",
    "private_of",
    "require_office",
    "seal_of",
    "sheets_of",
]

NAME: Final = "a resident's name"
PHONE: Final = "a resident's phone number"
NUMBER: Final = "a resident's id number"
ADDRESS: Final = "a resident's address with its room"
OTHER: Final = "what a sheet says of a resident"
_OWN_NAMES = frozenset(
    {
        "姓名", "户主", "户主姓名", "党员姓名", "居民姓名", "本人姓名", "成员姓名", "人员姓名", "名字",
        "中心户名称", "中心户姓名", "中心户户主", "name", "fullname", "householder", "nameofhouseholder",
        "membername", "residentname",
    }
)  # fmt: skip
"""Headings under which a resident's own name stands; where there are several the first of these counts."""
_OTHERS = re.compile(
    "配偶|爱人|老伴|丈夫|妻|子女|儿子|女儿|儿媳|女婿|孙|父|母|兄|弟|姐|妹|家属|家人|亲属|亲戚|紧急|监护|联系人|介绍人|负责人"
    "|邻居|房东|租客|代理|spouse|wife|husband|partner|child|son$|daughter|father|mother|parent|sibling|brother"
    "|sister|kin|relative|guardian|emergency|contact|carer|landlord|neighbour|neighbor"
)
"""What makes a heading that of somebody else: it is hidden like one's own, and never shown as one's own."""
# The first that fits counts: 办公电话 holds 电话, and 户主身份证号 is a number and no name.
_KINDS = {
    "office": ("办公电话", "办公室电话", "officephone", "officetelephone"),
    "number": ("身份证", "公民身份", "证件号", "idnumber", "idcard"),
    "phone": ("电话", "手机", "联系方式", "phone", "mobile", "telephone"),
    "name": ("姓名", "户主", "联系人", "中心户名称", "fullname", "householder", "name"),
    "care": (*CARE_WORDS, "关爱", "照护", "careneed", "carekind"),
}
_NOBODY = frozenset(
    {"无", "空", "本人", "户主", "未知", "同上", "不详", "空户", "空置", "none", "n/a", "unknown"}
)
_LOCAL_PHONE = re.compile(r"[\d\s()-]{7,20}(?:[转#*x]\s*\d{1,6})?")
_SEVERAL = re.compile(r"[、,，;；/\s]+")
_FOUND = re.compile(
    "结果|情况|内容|问题|处理|反馈|记录|诉求|说明|事由|描述|result|finding|outcome|detail|remark|note"
)
"""Headings of a log under which stands what was found; a place or an office beside it is no secret."""
_CHINESE = re.compile(r"[\u3400-\u9fff]{2,4}")
_LATIN = re.compile(r"[\x00-\x7f]+")
# Shorter texts under a private column, such as 是 or 独居, stand everywhere and mean nobody.
_LONG = 8


def people_of(project: Project | str | Path, plan: PlanTables | None = None) -> People:
    """Read what the sheets of a project say of each resident.

    Parameters
    ----------
    project : Project or path
        The project that the plan was made from.
    plan : PlanTables, optional
        The plan; its sheets must be these, word for word, or names would come to wrong doors.

    Returns
    -------
    People

    Raises
    ------
    InputError
        The sheets have changed since the plan was made, or cannot be read.
    """
    if not isinstance(project, Project):
        project = Project.read(project)
    with opened_once():
        return people_in(project, sheets_of(project, plan))


def sheets_of(project: Project, plan: PlanTables | None = None) -> tuple[Residents, Residents]:
    """Read households and members of a project; with a plan, they must be those that it was made of.

    Raises `InputError`: the sheets have changed since the plan was made, or cannot be read.
    """
    inputs = project.inputs
    read = (
        read_residents(inputs.households, inputs.told(HOUSEHOLDS)),
        read_residents(inputs.members, inputs.told(MEMBERS)),
    )
    # a plan made in Python states no files
    if plan is not None and (stated := set(dict(plan.provenance.get("inputs") or {}).values())):
        ties = ()
        if inputs.ties is not None:
            ties = read_ties(inputs.ties, told=inputs.told(TIES)).sources
        _require_same({digest for _, digest in (*read[0].sources, *read[1].sources, *ties)}, stated)
    return read


def people_in(
    project: Project, read: tuple[Residents, Residents], beside: Iterable[tuple[Source, Table]] = ()
) -> People:
    """Gather what the sheets of a project say of each resident, and of whom else its other tables speak.

    `beside`: more tables, such as the changes of a re-zoning, and what each should be.
    """
    private = _nothing()
    inputs = project.inputs
    homes, members = (
        _persons(paths, table, residents, private)
        for paths, table, residents in (
            (inputs.household_files, inputs.told(HOUSEHOLDS), read[0]),
            (inputs.member_files, inputs.told(MEMBERS), read[1]),
        )
    )
    _remember_files((*_tables_of(project), *beside), private)
    return People(homes, members, {kind: frozenset(s) for kind, s in private.items()})


def people_behind(
    project: Project, read: tuple[Residents, Residents], beside: Iterable[tuple[Source, Table]] = ()
) -> People | None:
    """Gather whom the files name that residents were read from before, and the other tables of a project.

    Gives: of rows that come from no file what they hold themselves; None where a file is not what it was,
    so that nobody can know whom it named.
    """
    private = _nothing()
    for residents, table in zip(read, (HOUSEHOLDS, MEMBERS), strict=True):
        told = residents.told or table
        try:
            there = {digest_of(source): source for source in residents.files}
            _remember_files([(there[digest], told) for _, digest in residents.sources], private)
        except (OSError, KeyError, PlannerError):
            return None
        for address in residents.kept["address"] if not residents.files else ():
            _remember([str(address)], ["address"], private)
    _remember_files((*_tables_of(project), *beside), private)
    return People(private={kind: frozenset(s) for kind, s in private.items()})


def seal_of(people: People, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Give the digests of everybody that no file for others may name; see `planner.privacy.Secrets.seal`."""
    known = {kind: texts for kind, texts in Secrets.of(None, people).kinds.items() if texts}
    return Secrets(known).seal(before)


def require_office(by: str, secrets: Secrets) -> None:
    """Refuse the name of a resident where an office's is asked: it would stand in a plan's history.

    Raises `InputError`: `by` holds what `secrets` know.
    """
    plain = folded(by)
    if secrets.found_in(plain) or secrets.found_apart(plain):
        raise InputError.of("changes-bad-office", longest_name=LONGEST_NAME)


def _tables_of(project: Project) -> Iterator[tuple[Source, Table]]:
    """Give the tables that a project names beside its residents; whoever stands in them is a secret, too."""
    inputs = project.inputs
    for path, table in (
        (inputs.ties, TIES),
        (inputs.aliases, ALIASES),
        (inputs.buildings, BUILDINGS),
        (inputs.links, DRAWN),
        (inputs.barriers, DRAWN),
        (inputs.fences, FENCES),
        (project.care.log, LOG),
        (project.care.needs, NEEDS),
        (project.siting.objections, OBJECTIONS),
        (project.affinity.wishes, WISHES),
        *((level.sheet, MEMBERS) for level in project.levels),
    ):
        if path is not None:
            yield path, inputs.told(table)


def _nothing() -> dict[str, set[str]]:
    return {kind: set() for kind in (NAME, PHONE, NUMBER, ADDRESS, OTHER)}


def private_of(files: Iterable[tuple[Source, Table]]) -> dict[str, frozenset[str]]:
    """Gather what sheets hold of people and no report may repeat: what it is, to the strings.

    `files`: what each file should be. One that cannot be read holds nothing that could be repeated.
    """
    private = _nothing()
    for file in files:
        with suppress(PlannerError):
            _remember_files((file,), private)
    return {kind: frozenset(s) for kind, s in private.items() if s}


def _remember_files(files: Iterable[tuple[Source, Table]], private: dict[str, set[str]]) -> None:
    for path, table in files:
        for sheet in read_table(path, table=None):
            kinds = [_kind(header, table) for header in sheet.headers]
            for cells in sheet.cells.tolist():
                _remember(cells, kinds, private)


def _require_same(digests: set[str], stated: set[str]) -> None:
    if digests != stated:
        raise InputError.of("other-sheets")


def _persons(
    paths: Sequence[Source], table: Table, residents: Residents, private: dict[str, set[str]]
) -> dict[str, Person]:
    # by file too: row 7 of one community's sheet is another home than row 7 of the next one's
    ids: dict[tuple[str, str, int], str] = {}
    for frame in (residents.kept, residents.held):
        places = zip(frame["file"], frame["sheet"], frame["row"], frame["id"], strict=True)
        ids |= {(str(f), str(sheet), int(row)): str(known) for f, sheet, row, known in places}
    # what is said of one of its people is said of the household
    ids |= {row: ids[home] for row, home in residents.belonging.items() if home in ids}
    found: dict[str, Person] = {}
    for path, file in labels(paths).items():
        for sheet in read_table(path, table=None, name=file):
            kinds = [_kind(header, table) for header in sheet.headers]
            for row, cells in zip(sheet.row.tolist(), sheet.cells.tolist(), strict=True):
                _remember(cells, kinds, private)
                known = ids.get((file, sheet.sheet, int(row)))
                if known is None:
                    continue
                one = _person(sheet, cells, kinds)
                first = found.setdefault(known, one)
                if first is not one:
                    # a row of the same household replaces nothing; who needs care in it does so all the same
                    care = tuple(dict.fromkeys((*first.care, *one.care)))
                    found[known] = replace(
                        first, care=care, doubtful=first.doubtful or one.doubtful
                    )
    return found


def about_care(header: str, table: Table) -> bool:
    """Tell a heading under which stands who needs more than others."""
    return _kind(header, table) == "care"


def _kind(header: str, table: Table) -> str:
    """Tell what a column is about: name, office, phone, number, room, care, address, other or nothing."""
    key = header_key(header)
    role = role_of(header, table)
    if role in ("room", "address"):
        return role
    if role:
        # who went is asked by id, and written by name as often
        return "helper" if (table.name, role) == (LOG.name, "member") else ""
    said = next((k for k, words in _KINDS.items() if any(word in key for word in words)), "")
    if said in _ELSE and key not in _OWN_NAMES and _OTHERS.search(key):
        return _ELSE[said]
    found = table.name == LOG.name and _FOUND.search(key)
    return said or ("other" if is_personal(header) or found else "")


_ELSE = {"name": "other name", "phone": "other phone", "office": "other phone"}


def _remember(cells: Sequence[str], kinds: Sequence[str], private: dict[str, set[str]]) -> None:
    """Add what stands in the cells of a row to what must not show."""
    for kind, cell in zip(kinds, cells, strict=True):
        text = cell.strip()
        if not text or not kind:
            continue
        if kind in ("name", "other name"):
            private[NAME] |= set(_names(text))
        elif kind == "helper":
            private[NAME] |= {name for name in _names(text) if _CHINESE.fullmatch(name)}
        elif kind in ("phone", "other phone") and len(phone_key(text)) >= 7:
            # as written and as digits: the file may show either
            private[PHONE] |= {text, phone_key(text)}
        elif kind == "number" and len(text) >= _LONG:
            private[NUMBER].add(text)
        elif kind == "address" and any(what == "a room" for what, _ in _marks(text)):
            private[ADDRESS].add(text)
        elif kind == "other" and len(text) >= _LONG:
            private[OTHER].add(text)


def _marks(text: str) -> Iterator[tuple[str, int]]:
    return marks_in(folded(text), spoken=True)


def _names(text: str) -> Iterator[str]:
    for name in {
        text,
        re.sub(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])", "", text),
        *_SEVERAL.split(text),
    }:
        if name.lower() in _NOBODY or name.isdigit():
            continue
        # "Li" and "Wu" are words of every English text
        if len(name) >= (4 if _LATIN.fullmatch(name) else 2):
            yield name


def _person(sheet: SheetTable, cells: Sequence[str], kinds: Sequence[str]) -> Person:
    def first(kind: str) -> str:
        said = (c.strip() for k, c in zip(kinds, cells, strict=True) if k == kind)
        return next((text for text in said if text), "")

    care, doubtful = list[str](), False
    for header, kind, cell in zip(sheet.headers, kinds, cells, strict=True):
        if kind == "care":
            said, unclear = care_said(header, cell, CARE_WORDS)
            care += said
            doubtful |= unclear
    own = {
        h: c.strip()
        for h, c in zip(sheet.headers, cells, strict=True)
        if header_key(h) in _OWN_NAMES
    }
    return Person(
        next((text for text in own.values() if text), "") or first("name"),
        first("phone"),
        _office(first("office")),
        first("room") or first("address"),
        tuple(care),
        doubtful,
    )


def _office(text: str) -> str:
    """Keep a landline; a mobile phone is no office's, whatever its column says."""
    plain = folded(text).strip()
    if re.search(r"(?<!\d)1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)", plain):
        return ""
    return plain if _LOCAL_PHONE.fullmatch(plain) else ""
