"""The data check: every problem of every file at once, marked in a copy of the office's own sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from planner.api.check.placing import find_ground, place_all
from planner.api.check.positions import reading_order, spots_of
from planner.api.check.unread import doubtful_care, numbers_of_citizens
from planner.api.opening import online_of
from planner.api.people import private_of
from planner.api.progress import Clock, Listener
from planner.errors import ConfigError, Finding, PlannerError, Severity
from planner.files import mark_as_read, safe_name, write_files
from planner.intake.fences.read import survey_fences
from planner.intake.sheets.formats.grids import copied_from, opened_once
from planner.intake.sheets.gather import labels
from planner.intake.sheets.read import SheetTable, read_table
from planner.intake.survey import Survey, survey
from planner.model.given import Given, Source, sources_of
from planner.model.inputs import sheet_files
from planner.model.project import Inputs, Project, project_file
from planner.model.schema import BUILDINGS, HOUSEHOLDS, MEMBERS, Table
from planner.privacy import Secrets
from planner.privacy.person import People
from planner.privacy.reports import gated, withheld_findings, withheld_texts
from planner.render.books.marked import Grid, Spot, mark_rows, mark_workbook
from planner.render.text import check_report as checktext
from planner.render.text.check_words import SEVERITY_WORDS, refusals_of

__all__ = ["CheckReport", "FileCheck", "check"]

_AGAIN = ("repeated-row", "id-zeros", "centre-listed", "person-of-home")
_RANK = list(SEVERITY_WORDS)


@dataclass(frozen=True, eq=False)
class FileCheck:
    """What became of one file.

    Parameters
    ----------
    name : str
        What it is called in messages: its bare name, with folders where two files share that.
    table : str
        ``households`` or ``members``.
    columns : tuple of (str, str)
        Header as written and the role it was taken for.
    unread : tuple of str
        Headers that were left unread.
    encoding, separator : str
        Of a delimited text; "" for other files.
    rows, placed, held, repeated : int
        ``rows = placed + held + repeated``; all 0 where the file was refused.
    """

    path: Source
    name: str
    table: str
    columns: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()
    encoding: str = ""
    separator: str = ""
    rows: int = 0
    placed: int = 0
    held: int = 0
    repeated: int = 0
    refused: bool = False


@dataclass(frozen=True, eq=False)
class CheckReport:
    """Everything that was noticed in the files of a project.

    Parameters
    ----------
    files : tuple of FileCheck
    findings : tuple of Finding
        By file, sheet, row and column; never the value of a personal column.
    spots : tuple of Spot
        The cell of each finding.
    secrets : Secrets
        What the sheets hold of people; no text of the report repeats it.
    others : tuple of Path or Given
        Tables of buildings: they hold no residents, and come back marked too.
    precision : mapping of str to int
        How the households and members were placed -> how many.
    """

    files: tuple[FileCheck, ...]
    findings: tuple[Finding, ...]
    precision: Mapping[str, int] = field(default_factory=dict)
    spots: tuple[Spot, ...] = field(default=(), repr=False)
    secrets: Secrets = field(default_factory=lambda: Secrets({}), repr=False)
    others: tuple[Source, ...] = ()

    SHOWN = 20

    @property
    def worst(self) -> Severity | None:
        """The gravest severity; None where nothing was noticed."""
        return min((f.severity for f in self.findings), key=_RANK.index, default=None)

    @property
    def exit_code(self) -> int:
        """2 where something must be mended before anything can be planned, else 0."""
        return 2 if self.worst is Severity.STOP else 0

    @property
    def counts(self) -> dict[str, int]:
        """Rows, placed, held, repeated over all files, and findings by severity."""
        made = {
            n: sum(getattr(f, n) for f in self.files)
            for n in ("rows", "placed", "held", "repeated")
        }
        said = Counter(f.severity.value for f in self.findings)
        return made | {s.value: said.get(s.value, 0) for s in _RANK}

    def table(self) -> pd.DataFrame:
        """Give the findings as a table, one row each."""
        names = ("severity", "file", "sheet", "row", "column")
        names += ("what_zh", "remedy_zh", "what", "remedy", "code")
        rows = [[getattr(f, n) for n in names] for f in self.findings]
        frame = pd.DataFrame(rows, columns=list(names))
        return frame.assign(
            severity=[str(s) for s in frame["severity"]], row=frame["row"].astype("Int64")
        )

    def figures(self) -> dict[str, Any]:
        """Give the report as plain values, as in ``check.json``."""
        names = ("table", "refused", "rows", "placed", "held", "repeated", "encoding", "separator")
        files = [
            {"file": f.name, **{name: getattr(f, name) for name in names}}
            | {"columns": dict(f.columns), "unread": list(f.unread)}
            for f in self.files
        ]
        return {
            "exit_code": self.exit_code,
            "no_centre": any(f.code == "no-centre-marked" for f in self.findings),
            "worst": None if self.worst is None else self.worst.value,
            "counts": self.counts,
            "placed_by": dict(self.precision),
            "files": files,
        }

    def __str__(self) -> str:
        return checktext.plain(self.figures(), self.findings, self.SHOWN)

    def _repr_html_(self) -> str:
        return checktext.html(self.figures(), self.findings, 200)

    def save(self, folder: str | Path, *, replacing: bool = False) -> dict[str, Path]:
        """Write the report and a marked copy of each sheet.

        The copies hold what the sheets held, people included; the report holds no personal values.

        Parameters
        ----------
        folder : str or Path
            Made if it is absent.
        replacing : bool
            Copies that were edited since may be lost.

        Returns
        -------
        dict of str to Path
            ``check.json``, ``check.md`` and ``<name>.checked.xlsx`` for each file.

        Raises
        ------
        OutputError
            A file cannot be written, or was edited since; the sheets handed in are never touched.
        PrivacyError
            The report would tell of a person, as where a file is named after one; nothing is written.
        """
        figures = self.figures()
        files: dict[str, bytes] = {
            "check.json": checktext.json_bytes(figures, self.findings),
            "check.md": checktext.markdown(figures, self.findings).encode(),
        }
        files = {name: gated(name, data, self.secrets) for name, data in files.items()}
        there = [p for p in self.others if isinstance(p, Given) or p.is_file()]
        for path in dict.fromkeys([*(f.path for f in self.files), *there]):
            name = safe_name(f"{path.stem}.checked.xlsx", taken=files)
            files[name] = self.marked(path)
        own = [name for name in files if name.endswith(".xlsx")]  # they hold what the sheets hold
        return write_files(folder, files, private=own, replacing=replacing)

    def marked(self, path: str | Path | Given) -> bytes:
        """Make the marked copy of one file.

        Parameters
        ----------
        path : str, Path or Given
            One of the files of the report.

        Returns
        -------
        bytes
            An ``.xlsx``; the list of findings alone where the file could not be read.
        """
        path = path if isinstance(path, Given) else Path(path)
        label = next((f.name for f in self.files if f.path == path), path.name)
        own = [s for s in self.spots if s.finding.file == label]
        summary = checktext.summary_lines(self.figures(), label)
        try:
            raws, data = copied_from(path)
        except PlannerError:
            return mark_rows([], own, summary)  # what could not be opened is listed
        own = [replace(s, row=s.row and raws[0].place(s.row)) for s in own]
        if data is not None:
            try:
                return mark_workbook(data, own, summary, {g.sheet: g.strays for g in raws})
            except ValueError:
                pass  # what openpyxl cannot copy is laid out anew
        grids = [Grid(g.sheet, g.grid, g.first, g.left) for g in raws]
        return mark_rows(grids, own, summary)


def check(
    project: Any,
    *,
    members: Any = (),
    ground: Any = None,
    datum: Mapping[str, str] | str | None = None,
    id_numbers: bool = False,
    listener: Listener | None = None,
) -> CheckReport:
    """Check everything that a project hands in; nothing stops at the first fault.

    Parameters
    ----------
    project : Project, path of a ``planner.toml`` or its folder, or household sheets: paths or frames
    members : paths or frames
        Member sheets, where household sheets were given.
    ground : Ground, path, GeoDataFrame or graph, optional
        Street extract or layer; without it addresses are not looked up and coordinates not held against
        the ground.  A project names its own.
    datum : str or mapping of str to str, optional
        Declared datum, of all files or by file name: ``wgs84``, ``gcj02``, ``bd09``.
    id_numbers : bool
        Read the columns of identity numbers too, which nothing else reads, and check their digits.
    listener : callable, optional
        Told of every `planner.api.progress.Event`.

    Returns
    -------
    CheckReport

    Raises
    ------
    ConfigError
        The project file itself is wrong; all faults of sheets are findings.
    """
    clock = Clock(listener)
    if isinstance(project, str | Path) and project_file(project) is not None:
        project = Project.read(project)
    task = project if isinstance(project, Project) else None
    inputs = None if task is None else task.inputs
    mark_as_read(*(() if task is None else task.files))
    wanted = _wanted(project, members)
    named = labels(path for _, paths in wanted for path in paths)
    # one workbook is asked for rows, notes, ids and secrets: it is opened once
    with opened_once():
        with clock.stage("read"):
            read = [(table, paths, survey(paths, table, names=named)) for table, paths in wanted]
            findings = _read_findings([got for _, _, got in read], named, inputs)
            findings += numbers_of_citizens(named) if id_numbers else []
            findings += doubtful_care(read, named)
        people = [got.residents for _, _, got in read]
        with clock.stage("ground"):
            stands, said = find_ground(ground, inputs, people)
            findings += said
        with clock.stage("geocode"):
            # a check never sends anything
            online = None if task is None else online_of(task, offline=True)
            placed, said = place_all(people, stands, inputs, datum, online)
            findings += said
        with clock.stage("check"):
            # Gathered before anything is worded: a header or a sheet may be called like a resident.
            private = private_of((path, table) for table, paths in wanted for path in paths)
            secrets = Secrets.of(None, People(private=private))
            others = () if inputs is None or inputs.buildings is None else (inputs.buildings,)
            tables = [t for _, _, got in read for t in got.tables] + _tables(others)
            spots = sorted(_cleared(spots_of(findings, tables), secrets), key=reading_order)
            files = tuple(
                _file(path, named[path], table, got, rows, secrets)
                for (table, paths, got), rows in zip(read, placed, strict=True)
                for path in paths
            )
    precision = Counter(
        str(p) for rows in placed for p in rows.loc[rows["held"] == "", "precision"]
    )
    return CheckReport(
        files,
        tuple(s.finding for s in spots),
        dict(sorted(precision.items())),
        tuple(spots),
        secrets,
        others,
    )


def _read_findings(
    read: Sequence[Survey], named: Mapping[Source, str], inputs: Inputs | None
) -> list[Finding]:
    """Gather what was noticed while reading, refusals and fences included."""
    found: list[Finding] = []
    for got in read:
        found += got.findings
        for path, error in got.refused:
            found += refusals_of(error, named[path])
    return found + ([] if inputs is None or inputs.fences is None else _fences(inputs.fences))


def _tables(paths: Iterable[Source]) -> list[SheetTable]:
    """Read tables of buildings for their columns; what is wrong with them the ground has told."""
    found: list[SheetTable] = []
    for path in paths:
        with suppress(PlannerError):
            found += read_table(path, table=BUILDINGS)
    return found


def _cleared(spots: Sequence[Spot], secrets: Secrets) -> list[Spot]:
    clean = withheld_findings([s.finding for s in spots], secrets)
    return [replace(spot, finding=said) for spot, said in zip(spots, clean, strict=True)]


def _wanted(project: Any, members: Any) -> list[tuple[Table, list[Source]]]:
    """Give the files of each table."""
    if isinstance(project, Project):
        return [
            (project.inputs.told(HOUSEHOLDS), list(project.inputs.household_files)),
            (project.inputs.told(MEMBERS), list(project.inputs.member_files)),
        ]
    wanted = [(HOUSEHOLDS, _paths(project, "households")), (MEMBERS, _paths(members, "members"))]
    return [(table, paths) for table, paths in wanted if paths]


def _paths(given: Any, told: str) -> list[Source]:
    if isinstance(given, list | tuple) and not given:
        return []
    paths = list(sources_of(given, told))
    try:
        return sheet_files(paths)
    except ConfigError:  # what has no sheets is told by who reads it, as a finding
        return paths


def _fences(path: Source) -> list[Finding]:
    """Say what is to be said of the fences; a plan reads them again."""
    try:
        return list(survey_fences(path).findings)
    except PlannerError as error:
        return refusals_of(error, path.name)


def _file(
    path: Source, name: str, table: Table, got: Survey, rows: pd.DataFrame, secrets: Secrets
) -> FileCheck:
    own = rows[rows["file"] == name]
    refused = any(p == path for p, _ in got.refused)
    tables = [t for t in got.tables if t.file == name]
    mapping = {h: role for t in tables for h, role in zip(t.headers, t.roles, strict=True)}
    # of a file without a header, the first row of residents would stand for one
    unread = dict.fromkeys(h for t in tables for h in t.unread if not refused)
    text = next((t for t in tables if t.encoding), None)
    again = sum(
        f.code in _AGAIN and f.severity is Severity.FIX and f.file == name
        for f in (got.residents.findings if got.residents is not None else ())
    )
    held = int((own["held"] != "").sum())
    return FileCheck(
        path,
        name,
        table.name,
        columns=tuple((h, r) for h, r in mapping.items() if r),
        unread=tuple(withheld_texts(unread, secrets)),
        encoding=text.encoding if text else "",
        separator=text.separator if text else "",
        rows=len(own) + again,
        placed=len(own) - held,
        held=held,
        repeated=again,
        refused=refused,
    )
