"""Which column of a table a heading names: as the project states it, as offices write it, or by its parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from planner.errors import Finding, SchemaError
from planner.model import schema, service_sheets
from planner.model.characters import simplified
from planner.model.schema import BUILDINGS, HOUSEHOLDS, MEMBERS, PREVIOUS, Table, header_key

__all__ = ["ENOUGH", "is_heading", "is_register", "role_of", "roles_of", "toml_line"]

_SECTIONS: Final = {PREVIOUS.name: "previous"}
ENOUGH: Final = (
    {"address"},
    {"lon", "lat"},
    {"coordinates"},
    {"community", "building"},
    {"name", "building"},
    {"compound"},
    {"road"},
    {"community", "road_number"},
)
"""Columns that say where a home is, each set by itself."""
_ALL: Final = {**BUILDINGS.roles, **MEMBERS.roles, **HOUSEHOLDS.roles}
_EVERY: Final = frozenset(
    key
    for book in (schema, service_sheets)
    for table in vars(book).values()
    if isinstance(table, Table)
    for key in table.roles
)
_WHERE: Final = frozenset(c.name for c in HOUSEHOLDS.columns) - {"id", "load"}
_TWO_LANGUAGES: Final = re.compile(r"([\u3400-\u9fff]+)\s+([A-Za-z][A-Za-z _]*)$")
_REGISTER: Final = re.compile(
    r"户籍|户口|通讯|通信|邮寄|邮政|hukou|registered|mailing|postal", re.I
)
"""Where people are written down or get their letters, which need not be where they live."""
_ELSEWHERE: Final = re.compile(
    r"单位(?:地址|住址|所在)|工作|办公|公司|就业|就读|学校|经营|注册|紧急|配偶|子女|父母|亲属|监护|电子|邮箱"
    r"|网址|原住|曾住|旧址|work|office|company|school|e-?mail|web",
    re.I,
)
"""Where somebody works or somebody else lives."""
_OF_HOME: Final = re.compile(
    r"(?:现|目前|当前|实际|现在|经常|常|居住|常住|暂住|家庭|详细|具体|完整|标准|房屋|房产|住宅|住房|所在|本人|户主|居民|党员|个人|门牌"
    r"|的)*(?:地址|住址|住所|住处|居住地|居住地点|常住地|坐落|住地|家住)(?:信息|名称|全称|详情|描述)?"
)
_OF_HOME_WORDS: Final = re.compile(
    r"(?:current|present|home|house|household|residential|residence|living|full|detailed|street|permanent)*"
    r"(?:address|addr|residence)"
)


def role_of(header: str, table: Table | None = None) -> str:
    """Give the column of a table that a heading names, "" if none.

    Parameters
    ----------
    header : str
        As written; of a joined heading such as ``住址/楼栋`` the last part decides if the whole does not,
        of one in two languages such as ``户编号 Household`` the first that is known.  ``现居住详细地址`` is
        known by its parts; ``工作单位地址`` is where nobody lives.
    table : Table, optional
        Any input table if None.
    """
    keys = list(_keys(header))
    if table is not None:
        for key in keys:
            if key in table.stated:
                # it may be a column of what the sheet says beyond this table
                return table.stated[key] if table.stated[key] in table.names else ""
    roles = _ALL if table is None else table.roles
    found = next((role for key in keys if (role := roles.get(key, ""))), "")
    if not found and "address" in roles.values() and any(map(_is_address, keys)):
        found = "address"
    return "" if found in _WHERE and _ELSEWHERE.search(simplified(header)) else found


def is_heading(text: str) -> bool:
    """Tell whether a text is a heading of any table that the product reads, residents' or not."""
    return not _EVERY.isdisjoint(_keys(text))


def _is_address(key: str) -> bool:
    bare = _REGISTER.sub("", key)
    return bool(_OF_HOME.fullmatch(bare) or _OF_HOME_WORDS.fullmatch(bare))


def is_register(header: str) -> bool:
    """Tell whether a heading is that of the household register or of letters, as ``户籍地址`` is."""
    return bool(_REGISTER.search(simplified(header)))


def _keys(header: str) -> Iterator[str]:
    """Give what a header may be known by, the whole of it first."""
    yield header_key(header)
    # Of a header of two rows the lower part names the column.
    if "/" in header:
        yield header_key(header.rsplit("/", 1)[1])
    if two := _TWO_LANGUAGES.match(header):
        yield from map(header_key, two.groups())


def roles_of(
    headers: Sequence[str], table: Table, *, file: str, sheet: str
) -> tuple[dict[str, int], list[Finding]]:
    """Decide which heading plays each role.

    Parameters
    ----------
    headers : sequence of str
        As written.
    table : Table
    file, sheet : str
        For messages.

    Returns
    -------
    dict of str to int
        Column name -> position in `headers`.  What the project states wins; the product's own heading
        wins over synonyms, but for addresses; the household register counts only where the sheet says
        nothing else of where people live.
    list of Finding
        Choices that a person should know of.

    Raises
    ------
    SchemaError
        Two headings compete for one role.
    """
    candidates: dict[str, list[int]] = {}
    for i, header in enumerate(headers):
        role = role_of(header, table)
        if role:
            candidates.setdefault(role, []).append(i)
    # The address of the register counts only where no other says where people live.
    lived = any(
        not _by_register(headers[i], table)
        for role, places in candidates.items()
        for i in places
        if role in ("address", "compound", "road", "building", "lon")
    )
    chosen: dict[str, int] = {}
    said: list[Finding] = []
    faults: list[Finding] = []
    for role, places in candidates.items():
        own = [i for i in places if not (lived and _by_register(headers[i], table))]
        stated = [i for i in own if set(_keys(headers[i])) & table.stated.keys()]
        first = [i for i in own if set(_keys(headers[i])) & _own_keys(table, role)]
        # beside 編號, 编号 is the product's own to the letter
        first = [i for i in first if headers[i].strip() in table[role].headers[:2]] or first
        if not own:
            continue
        if len(own) == 1 or len(stated) == 1:
            chosen[role] = (stated or own)[0]
        # At which of two addresses people live is never guessed: homes would be elsewhere in silence.
        elif len(first) == 1 and role != "address" and not stated:
            chosen[role] = first[0]
            said.append(_preferred(headers, own, first[0], table, role))
        else:
            faults.append(_ambiguous(headers, own, table, role))
            continue
        if role == "address" and _by_register(headers[chosen[role]], table):
            header = headers[chosen[role]]
            told = {"header": header, "line": toml_line(table, header, "address")}
            said.append(Finding.of("register-address", {"column": header}, **told))
    if faults:
        placed = [_at(f, file, sheet) for f in faults]
        raise SchemaError.of("columns-unclear", {"findings": placed}, file=file)
    return chosen, [_at(f, file, sheet) for f in said]


def _by_register(header: str, table: Table) -> bool:
    return is_register(header) and not set(_keys(header)) & table.stated.keys()


def _own_keys(table: Table, role: str) -> set[str]:
    return set(map(header_key, table[role].headers[:2]))


def _at(finding: Finding, file: str, sheet: str) -> Finding:
    return replace(finding, file=file, sheet=sheet)


def toml_line(table: Table, header: str, column: str) -> str:
    """Give the line, under ``[columns]`` in the project file, that settles what a heading is.

    Parameters
    ----------
    table : Table
    header : str
        As written in the sheet.
    column : str
        Name of the column; "" for one that is not to be read.
    """
    meant = table[column].headers[0] if column else ""
    return f'{_SECTIONS.get(table.name, table.name)} = {{ "{header}" = "{meant}" }}'


def _ambiguous(headers: Sequence[str], places: Sequence[int], table: Table, role: str) -> Finding:
    names, own = [headers[i] for i in places], table[role].headers
    told = {"own": own[1], "own_zh": own[0], "line": toml_line(table, names[0], role)}
    told |= {"names": ", ".join(names), "names_zh": "、".join(names)}
    return Finding.of("ambiguous-header", {"column": names[0]}, n=len(places), **told)


def _preferred(
    headers: Sequence[str], places: Sequence[int], taken: int, table: Table, role: str
) -> Finding:
    others = [headers[i] for i in places if i != taken]
    own = table[role].headers
    told = {"own": own[1], "own_zh": own[0], "line": toml_line(table, others[0], role)}
    told |= {"others": ", ".join(others), "others_zh": "、".join(others), "taken": headers[taken]}
    return Finding.of("header-preferred", {"column": headers[taken]}, **told)
