"""The data check: every problem of every file at once, marked in a copy of the office's own sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.config import Project
from planner.errors import PlannerError
from planner.findings import Finding, Severity
from planner.ground import Ground
from planner.intake.guard import kind_of, open_book, read_bytes
from planner.intake.headers import role_of
from planner.intake.sheets import SheetTable, read_grids
from planner.intake.survey import Survey, survey
from planner.placing import find_ground, place_all
from planner.render import checktext
from planner.render.checkup import Grid, Spot, mark_rows, mark_workbook
from planner.render.checkwords import SEVERITY_WORDS, completed, refusals_of
from planner.render.outputs import safe_name, write_files
from planner.schema import HOUSEHOLDS, MEMBERS, Table

if TYPE_CHECKING:
    from planner.pipeline import Listener

__all__ = ["CheckReport", "FileCheck", "check"]

_RANK = list(SEVERITY_WORDS)


@dataclass(frozen=True, eq=False)
class FileCheck:
    """What became of one file.

    Parameters
    ----------
    path : Path
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
    refused : bool
    """

    path: Path
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
    precision : mapping of str to int
        How the households and members were placed -> how many.
    """

    files: tuple[FileCheck, ...]
    findings: tuple[Finding, ...]
    precision: Mapping[str, int] = field(default_factory=dict)
    spots: tuple[Spot, ...] = field(default=(), repr=False)

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
        names = (
            "severity",
            "file",
            "sheet",
            "row",
            "column",
            "what_zh",
            "remedy_zh",
            "what",
            "remedy",
            "code",
        )
        rows = [[getattr(f, n) for n in names] for f in self.findings]
        frame = pd.DataFrame(rows, columns=list(names))
        return frame.assign(
            severity=[str(s) for s in frame["severity"]], row=frame["row"].astype("Int64")
        )

    def figures(self) -> dict[str, Any]:
        """Give the report as plain values, as in ``check.json``."""
        files = [
            {
                "file": f.path.name, "table": f.table, "refused": f.refused, "rows": f.rows,
                "placed": f.placed, "held": f.held, "repeated": f.repeated, "encoding": f.encoding,
                "separator": f.separator, "columns": dict(f.columns), "unread": list(f.unread),
            }
            for f in self.files
        ]  # fmt: skip
        return {
            "exit_code": self.exit_code,
            "worst": None if self.worst is None else self.worst.value,
            "counts": self.counts,
            "placed_by": dict(self.precision),
            "files": files,
        }

    def __str__(self) -> str:
        return checktext.plain(self.figures(), self.findings, self.SHOWN)

    def _repr_html_(self) -> str:
        return checktext.html(self.figures(), self.findings, 200)

    def save(self, folder: str | Path) -> dict[str, Path]:
        """Write the report and a marked copy of each sheet.

        The copies hold what the sheets held, people included; the report holds no personal values.

        Parameters
        ----------
        folder : str or Path
            Made if it is absent.

        Returns
        -------
        dict of str to Path
            ``check.json``, ``check.md`` and ``<name>.checked.xlsx`` for each file.

        Raises
        ------
        OutputError
            A file cannot be written; the sheets handed in are never touched.
        """
        figures = self.figures()
        files: dict[str, bytes] = {
            "check.json": checktext.json_bytes(figures, self.findings),
            "check.md": checktext.markdown(figures, self.findings).encode(),
        }
        for done in {f.path: f for f in self.files}.values():
            name = safe_name(f"{done.path.stem}.checked.xlsx", taken=files)
            files[name] = self.marked(done.path)
        return write_files(folder, files)

    def marked(self, path: str | Path) -> bytes:
        """Make the marked copy of one file.

        Parameters
        ----------
        path : str or Path
            One of the files of the report.

        Returns
        -------
        bytes
            An ``.xlsx``; the list of findings alone where the file could not be read.
        """
        path = Path(path)
        own = [s for s in self.spots if s.finding.file == path.name]
        summary = checktext.summary_lines(self.figures(), path.name)
        try:
            data = read_bytes(path)
            kind = kind_of(data, path.name)
            if kind == "zip":
                book = open_book(data, kind, path.name)
                if book.kind == "xlsx":
                    return mark_workbook(book.data, own, summary)
        except (PlannerError, ValueError):
            pass  # what could not be opened is listed; what openpyxl cannot copy is laid out anew
        try:
            grids = [Grid(g.sheet, g.grid, g.first, g.left) for g in read_grids(path)]
        except PlannerError:
            grids = []
        return mark_rows(grids, own, summary)


def check(
    project: Project | str | Path | Iterable[str | Path],
    *,
    members: str | Path | Iterable[str | Path] = (),
    ground: Ground | str | Path | None = None,
    datum: Mapping[str, str] | str | None = None,
    listener: Listener | None = None,
) -> CheckReport:
    """Check everything that a project hands in; nothing stops at the first fault.

    Parameters
    ----------
    project : Project, path of a ``planner.toml``, or paths of household sheets
    members : paths
        Member sheets, where household sheets were given.
    ground : Ground or path, optional
        Street extract; without it addresses are not looked up and coordinates not held against
        the ground.  A project names its own.
    datum : str or mapping of str to str, optional
        Declared datum, of all files or by file name: ``wgs84``, ``gcj02``, ``bd09``.
    listener : callable, optional
        Told of every `planner.pipeline.Event`.

    Returns
    -------
    CheckReport

    Raises
    ------
    ConfigError
        The project file itself is wrong; all faults of sheets are findings.
    """
    tell = _teller(listener)
    if isinstance(project, str | Path) and Path(project).suffix.lower() == ".toml":
        project = Project.read(project)
    inputs = project.inputs if isinstance(project, Project) else None
    wanted = _wanted(project, members)
    tell("read", 0.0)
    read = [(table, paths, survey(paths, table)) for table, paths in wanted]
    people = [got.residents for _, _, got in read]
    findings: list[Finding] = []
    for _, _, got in read:
        findings += got.findings
        for path, error in got.refused:
            findings += refusals_of(error, path.name)
    tell("read", 1.0)
    tell("ground", 0.0)
    stands = find_ground(ground, inputs, people, findings)
    tell("ground", 1.0)
    tell("geocode", 0.0)
    placed = place_all(people, stands, inputs, datum, findings)
    tell("geocode", 1.0)
    tell("check", 0.0)
    spots = _spots(findings, [t for _, _, got in read for t in got.tables])
    files = tuple(
        _file(path, table, got, rows)
        for (table, paths, got), rows in zip(read, placed, strict=True)
        for path in paths
    )
    precision = Counter(
        str(p) for rows in placed for p in rows.loc[rows["held"] == "", "precision"]
    )
    tell("check", 1.0)
    ordered = tuple(sorted(spots, key=_order))
    return CheckReport(
        files, tuple(s.finding for s in ordered), dict(sorted(precision.items())), ordered
    )


def _teller(listener: Listener | None) -> Callable[[str, float], None]:
    if listener is None:
        return lambda *_: None
    from planner.pipeline import Event

    return lambda stage, done: listener(Event(stage, done))


def _wanted(
    project: Project | str | Path | Iterable[str | Path], members: str | Path | Iterable[str | Path]
) -> list[tuple[Table, list[Path]]]:
    """Give the files of each table."""
    if isinstance(project, Project):
        return [(HOUSEHOLDS, [project.inputs.households]), (MEMBERS, [project.inputs.members])]
    wanted = [(HOUSEHOLDS, _paths(project)), (MEMBERS, _paths(members))]
    return [(table, paths) for table, paths in wanted if paths]


def _paths(given: str | Path | Iterable[str | Path]) -> list[Path]:
    return [Path(given)] if isinstance(given, str | Path) else [Path(p) for p in given]


def _spots(findings: Iterable[Finding], tables: Sequence[SheetTable]) -> list[Spot]:
    """Find the cell of each finding, and name its column as the office does."""
    by_place: dict[tuple[str, str], SheetTable] = {(t.file, t.sheet): t for t in tables}
    by_file: dict[str, SheetTable] = {}
    for t in tables:
        by_file.setdefault(t.file, t)
    spots: dict[Finding, Spot] = {}
    for given in findings:
        said = completed(given)
        t = by_place.get((said.file, said.sheet)) or (
            None if said.sheet else by_file.get(said.file)
        )
        if t is None:
            spots.setdefault(said, Spot(said, said.sheet, said.row))
            continue
        k = _position(said.column, t)
        if k is not None:
            said = replace(said, column=t.headers[k])
        if said.row is not None and not said.sheet:
            said = replace(said, sheet=t.sheet)
        whole = said.row is None and k is None and said.code != "missing-column"
        row = None if whole else (said.row or t.header_row)
        column = None if whole else t.places[k or 0] + 1 if t.places else 1
        spots.setdefault(said, Spot(said, t.sheet, row, column))
    return list(spots.values())


def _position(column: str, t: SheetTable) -> int | None:
    """Find a column by its header, or by the role that its header plays."""
    if not column:
        return None
    if column in t.headers:
        return t.headers.index(column)
    role = role_of(column)
    return next((k for k, h in enumerate(t.headers) if role and role_of(h) == role), None)


def _file(path: Path, table: Table, got: Survey, rows: pd.DataFrame) -> FileCheck:
    own = rows[rows["file"] == path.name]
    tables = [t for t in got.tables if t.file == path.name]
    mapping = {h: role_of(h, table) for t in tables for h in t.headers}
    unread = dict.fromkeys(h for t in tables for h in t.unread)
    text = next((t for t in tables if t.encoding), None)
    residents = got.residents
    again = 0 if residents is None else sum(
        f.code == "repeated-row" and f.file == path.name for f in residents.findings
    )  # fmt: skip
    held = int((own["held"] != "").sum())
    return FileCheck(
        path, table.name, tuple((h, r) for h, r in mapping.items() if r), tuple(unread),
        text.encoding if text else "", text.separator if text else "",
        len(own) + again, len(own) - held, held, again, any(p == path for p, _ in got.refused),
    )  # fmt: skip


def _order(spot: Spot) -> tuple[str, str, int, int, str, str]:
    f = spot.finding
    return f.file, spot.sheet, f.row or 0, spot.column or 0, f.code, f.what
