"""Old and local names of streets and estates, as the office keeps them, and today's names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from planner.errors import Finding, SchemaError
from planner.intake.sheets.cell_values import half_width
from planner.intake.sheets.exported import unusable
from planner.intake.sheets.headings import roles_of
from planner.intake.sheets.read import read_table
from planner.model.given import Given, one_source
from planner.model.schema import ALIASES, Table

__all__ = ["Aliases", "read_aliases"]


@dataclass(frozen=True, eq=False)
class Aliases:
    """Names that stand for other names.

    Parameters
    ----------
    names : mapping of str to str
        Old or local name -> name of today; no name of today is itself an old one.
    """

    names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        # Names of today are found too, so that an old name inside of one is left alone.
        known = sorted({*self.names, *self.names.values()}, key=lambda n: (-len(n), n))
        return re.compile("|".join(map(_whole, known)), re.IGNORECASE)

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {old.casefold(): new for old, new in self.names.items()}

    def __bool__(self) -> bool:
        return bool(self.names)

    def renamed(self, texts: Sequence[str]) -> list[str]:
        """Put today's names in the place of old ones."""
        if not self.names:
            return list(texts)
        return [self._pattern.sub(self._today, text) if text else text for text in texts]

    def _today(self, found: re.Match[str]) -> str:
        return self._folded.get(found[0].casefold(), found[0])


def _whole(name: str) -> str:
    """Match a western name as whole words only; Chinese names have no blanks around them."""
    before = r"\b" if name[0].isascii() and name[0].isalnum() else ""
    after = r"\b" if name[-1].isascii() and name[-1].isalnum() else ""
    return f"{before}{re.escape(name)}{after}"


def read_aliases(
    path: str | Path | Given, *, told: Table = ALIASES
) -> tuple[Aliases, tuple[Finding, ...]]:
    """Read a table of aliases: columns 旧名/old and 现名/name.

    Parameters
    ----------
    path : str or Path
        Any file that residents may come in.
    told : Table
        `planner.model.schema.ALIASES`, as the project describes it.

    Returns
    -------
    tuple of Finding
        Lines that are left out: half empty, in a circle, or against another line.

    Raises
    ------
    SheetError
        The file cannot be read.
    SchemaError
        It has not both columns.
    """
    findings: list[Finding] = []
    said: dict[str, tuple[str, dict[str, Any]]] = {}
    against: set[str] = set()
    read = 0
    for table in read_table(path, table=told):
        roles, chosen = roles_of(table.headers, told, file=table.file, sheet=table.sheet)
        if not {"old", "name"} <= set(roles):
            continue
        read += 1
        bad, broken = unusable(table, roles)
        findings += [*chosen, *broken]
        for i, row in enumerate(table.row):
            if i in bad:
                continue
            old, name = (half_width(table.cells[i, roles[r]]).strip() for r in ("old", "name"))
            if old == name:
                continue
            if not old or not name:
                findings.append(Finding.of("bad-alias/half", table.at(int(row))))
            elif said.setdefault(old, (name, table.at(int(row))))[0] != name:
                # Neither row counts: which of the two is right only the office can say.
                against.add(old)
                findings.append(Finding.of("bad-alias/against", table.at(int(row))))
    if not read:
        name = one_source(path, "aliases").name
        missing = Finding.of("missing-column/aliases", {"file": name})
        raise SchemaError.of("not-aliases", {"findings": [missing]}, name=name)
    names: dict[str, str] = {}
    for old, (_, place) in said.items():
        if old in against:
            continue
        today = _follow(old, said)
        if today is None:
            findings.append(Finding.of("bad-alias/circle", place))
        else:
            names[old] = today
    return Aliases(names), tuple(findings)


def _follow(old: str, said: Mapping[str, tuple[str, Any]]) -> str | None:
    """Follow a chain of names to today's; None if it never ends."""
    name = old
    for _ in range(len(said) + 1):
        if name not in said:
            return name
        name = said[name][0]
    return None
