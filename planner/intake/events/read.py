"""The sheet of changes becomes events: who came, went or moved, in the order of its rows.

A row that cannot be used stops the run: a change that is left out in silence would leave somebody with
nobody.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.errors import Finding, SchemaError, Severity
from planner.intake.nominations import objection_rows
from planner.intake.residents import KEPT_COLUMNS, Residents, typed_residents
from planner.intake.sheets.cell_values import clean_column, clean_ids, number_in
from planner.intake.sheets.gather import columns_of, usable_rows
from planner.intake.sheets.headings import role_of
from planner.intake.sheets.notes import at_row
from planner.intake.sheets.read import read_table
from planner.model.events import Event, EventKind, kind_of_event
from planner.model.given import Given, digest_of, one_source
from planner.model.rules import RuleBook, rule_words
from planner.model.schema import EVENTS, HOUSEHOLDS, MEMBERS, header_key

__all__ = ["WHERE", "EventSheet", "read_events"]

WHERE: Final = tuple(c for c in KEPT_COLUMNS if c != "id")
"""What an event keeps of where somebody lives."""
_NUMBERS: Final = ("load", "low", "high")
_TEXTS: Final = ("new_id", "target", "centre", "rule")
_PLACED: Final = {"home": HOUSEHOLDS, "member": MEMBERS}
_TOLD: Final = tuple(column.name for column in EVENTS.columns)
"""A row that fills in none of these says nothing; one that fills in any says what happened, or is a fault."""


@dataclass(frozen=True, eq=False)
class EventSheet:
    """What a sheet of changes says.

    Parameters
    ----------
    events : tuple of Event
        In the order of the rows.
    findings : tuple of Finding
        What was repaired on the way.
    sources : tuple of (str, str)
        Bare file name and SHA-256 of its bytes.
    estates : frozenset of str
        What its own column of estates (小区) holds.
    """

    events: tuple[Event, ...] = ()
    findings: tuple[Finding, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    estates: frozenset[str] = frozenset()


def read_events(path: str | Path | Given) -> EventSheet:
    """Read a sheet of changes, as `planner init --changes` lays it out.

    Parameters
    ----------
    path : str or Path
        Any workbook or CSV with a column 事项/event; sheets without one are left alone.  A sheet of
        objections (公示异议: 党员编号, 结论) will do, too: each that was upheld is an event.

    Raises
    ------
    SheetError
        The file cannot be read.
    SchemaError
        No sheet has the column, or rows are not clear: all of them are told.
    """
    file = one_source(path, "changes")
    tables = [
        t
        for t in read_table(file, table=EVENTS)
        if any(role_of(h, EVENTS) == "event" for h in t.headers)
    ]
    if not tables:
        return _objections(file)
    read = [columns_of(t, EVENTS) for t in tables]
    frame = pd.concat([f for f, _ in read], ignore_index=True)
    findings = [f for t in tables for f in t.findings] + [f for _, said in read for f in said]
    # read as blank, a cell with a fault would be another change
    frame, faults = _without_faults(frame)
    # a row is read without any of these only where it names somebody
    mute = (frame[list(_TOLD)] == "").all(axis=1)
    unsaid = Finding.of("event-unknown", {"column": "事项"})
    faults += [at_row(frame, i, unsaid) for i in np.flatnonzero(mute)]
    # a blank that was typed is no word: str.strip takes the wide one of Chinese keyboards, too
    said_any = frame[list(_TOLD)].map(str.strip) != ""
    frame = frame[said_any.any(axis=1)].reset_index(drop=True)
    frame, said = _cleaned(frame)
    kinds = [kind_of_event(text) for text in frame["event"]]
    faults += [
        at_row(frame, i, Finding.of("event-unknown", {"column": "事项"}))
        for i, kind in enumerate(kinds)
        if kind is None
    ]
    findings += said
    placed, estates, told, wrong = _placed(frame, kinds)
    findings, faults = [*findings, *told], [*faults, *wrong]
    numbers, wrong = _numbers(frame)
    faults += wrong
    events: list[Event] = []
    for i, kind in enumerate(kinds):
        if kind is None:
            continue
        event = _event(frame, i, kind, placed, numbers)
        faults += _lacking(frame, i, kind, event)
        events.append(event)
    if faults:
        told = {"file": file.name, "n": len({(f.sheet, f.row) for f in faults})}
        raise SchemaError.of("changes-not-clear", {"findings": faults}, **told)
    sources = ((file.name, digest_of(file)),)
    return EventSheet(tuple(events), tuple(findings), sources, estates)


def _objections(file: Path | Given) -> EventSheet:
    """Read a sheet of objections to a published list: each that was upheld is an event, and no other row.

    Raises `SchemaError`: it is none, either.
    """
    rows = objection_rows(file, concluded=True)
    if rows is None:
        raise SchemaError.of("changes-no-column", file=file.name)
    upheld = {row.member: row for row in rows if row.state == "upheld"}
    events = tuple(
        Event("objection", id=row.member, file=row.file, sheet=row.sheet, row=row.row)
        for row in upheld.values()
    )
    return EventSheet(events, (), ((file.name, digest_of(file)),))


def _without_faults(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    usable, said = usable_rows(frame)
    return usable, [replace(told, severity=Severity.STOP) for told in said]


def _cleaned(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    said: list[Finding] = []
    for name in _TEXTS:
        frame[name], told = clean_column(frame[name], name, frame)
        said += told
    for name in ("id", "new_id", "centre"):
        frame[name], told = clean_ids(frame[name], frame)
        said += told
    return frame, said


Places = Mapping[tuple[str, str, int], pd.Series]


def _placed(
    frame: pd.DataFrame, kinds: Iterable[EventKind | None]
) -> tuple[Places, frozenset[str], list[Finding], list[Finding]]:
    """Read where people live who join or move, by the same door as everybody else."""
    code = pd.Series([k.code if k and "address" in k.needs else "" for k in kinds], dtype=object)
    found: dict[tuple[str, str, int], pd.Series] = {}
    estates: frozenset[str] = frozenset()
    said: list[Finding] = []
    faults: list[Finding] = []
    # kind by kind: whoever joins and then moves stands twice under one id
    for kind in sorted(set(code) - {""}):
        table = _PLACED[kind.partition("-")[0]]
        rows = frame[(code == kind).to_numpy()].reset_index(drop=True)
        made: Residents = typed_residents(rows.assign(is_centre=""), table)
        estates |= made.estates
        said += [f for f in made.findings if f.severity is not Severity.HOLD]
        faults += [
            replace(f, severity=Severity.STOP) for f in made.findings if f.severity is Severity.HOLD
        ]
        for _, row in made.kept.iterrows():
            found[str(row["file"]), str(row["sheet"]), int(row["row"])] = row
    return found, estates, said, faults


def _numbers(frame: pd.DataFrame) -> tuple[dict[str, list[float | None]], list[Finding]]:
    faults: list[Finding] = []
    found: dict[str, list[float | None]] = {}
    for name in _NUMBERS:
        values = [None if text.strip() == "" else number_in(text) for text in frame[name]]
        for i, value in enumerate(values):
            if value is not None and not (math.isfinite(value) and value >= 0):
                where = {"column": EVENTS[name].headers[0]}
                faults.append(at_row(frame, i, Finding.of("event-number", where)))
        found[name] = values
    return found, faults


def _event(
    frame: pd.DataFrame,
    i: int,
    kind: EventKind,
    placed: Places,
    numbers: Mapping[str, list[float | None]],
) -> Event:
    at = frame.iloc[i]
    row = placed.get((str(at["file"]), str(at["sheet"]), int(at["row"])))
    where: dict[str, Any] = {}
    if row is not None:
        where = {c: row[c] for c in WHERE if str(row[c]) not in ("", "nan")}
    return Event(
        kind.code,
        id=str(at["id"] if row is None else row["id"]),
        new_id=str(at["new_id"]),
        target=str(at["target"]),
        centre=str(at["centre"]),
        rule=_rule_named(str(at["rule"])),
        **{name: values[i] for name, values in numbers.items()},
        where=where,
        file=str(at["file"]),
        sheet=str(at["sheet"]),
        row=int(at["row"]),
    )


def _rule_named(text: str) -> str:
    """Give the code of a rule that a sheet names in words; "" if none."""
    for code in (*RuleBook().bounds, "walk_m"):
        if header_key(text) in map(header_key, (code, *rule_words(code))):
            return code
    return ""


def _lacking(frame: pd.DataFrame, i: int, kind: EventKind, event: Event) -> list[Finding]:
    """Say which columns a row leaves empty that its event needs."""
    faults: list[Finding] = []
    for column in kind.needs:
        # whose address cannot be used was told by the reader of addresses
        given = column == "address" or getattr(event, column) not in ("", None)
        if not given:
            zh, en = EVENTS[column].headers[:2]
            words = {"kind": kind.en, "kind_zh": kind.zh, "column": en, "column_zh": zh}
            faults.append(at_row(frame, i, Finding.of("event-lacks", {"column": zh}, **words)))
    if event.rule and event.low is None and event.high is None:
        faults.append(at_row(frame, i, Finding.of("event-no-limit", {"column": "上限"})))
    return faults
