"""Every error that the planner raises on purpose, with its exit code and remedy.

::

    PlannerError                 1  our fault, unless a subclass says otherwise
    |-- ConfigError (ValueError) 2  the project file, the rule book or an option is wrong
    |-- InputError  (ValueError) 2  a file that was handed in cannot be used as it is
    |   |-- SheetError           2  a workbook, CSV or layer cannot be read as a table
    |   |-- SchemaError          2  a table was read, but columns or values are wrong (all faults)
    |   `-- DatumError           2  coordinates do not fall where they claim to
    |-- NetworkError (ValueError) 2 streets are missing, empty, damaged or elsewhere
    |-- MissingExtraError (ImportError) 2  an optional package is needed: names the extra
    |-- InfeasibleError          3  hard rules cannot hold together; carries its certificate
    |-- OutputError  (OSError)   4  a file cannot be written; nothing half-written is left
    `-- PrivacyError             5  the privacy gate refused to release a file

Catch `PlannerError` to catch them all.  The text of each says where, what, which numbers, and
what to do; `PlannerError.remedy` holds the last part alone.  A `Finding` is one thing noticed in the
input: where it stands and what to do about it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar

__all__ = [
    "ConfigError",
    "DatumError",
    "Finding",
    "FindingKind",
    "InfeasibleError",
    "InputError",
    "MissingExtraError",
    "NetworkError",
    "OutputError",
    "PlannerError",
    "PrivacyError",
    "SchemaError",
    "Severity",
    "SheetError",
    "by_kind",
    "without_numbers",
]


# A mobile of eleven digits, with or without +86, or a citizen's id number of eighteen.
_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z.])(?:(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|[1-9]\d{16}[\dXx])(?![0-9A-Za-z])"
)


def without_numbers(text: str) -> str:
    """Hide mobile phones and citizens' id numbers: sheets are at times named or headed by them."""
    return _PERSONAL.sub("***", text)


class Severity(StrEnum):
    """What the planner did about a finding."""

    STOP = "stop"
    """Nothing is planned until it is mended."""
    HOLD = "hold"
    """The row is set aside as a gap, with its cause; the run goes on."""
    FIX = "fix"
    """The value was repaired by a named rule; the file itself is untouched."""
    WARN = "warn"
    """The run goes on unchanged."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed in the input.

    Parameters
    ----------
    code : str
        Short stable name, such as ``duplicate-id``.
    severity : Severity
        What was done about it.
    what : str
        What is wrong, in English.  Never holds a name, an id number, a phone or a room.
    what_zh : str
        The same in Chinese.
    remedy, remedy_zh : str
        What to do.
    file, sheet, column : str
        Where it stands; empty where it does not apply.  `file` is a bare file name.
    row : int or None
        The row as the spreadsheet shows it: titles and header counted, first row 1.
    """

    code: str
    severity: Severity
    what: str
    what_zh: str = ""
    remedy: str = ""
    remedy_zh: str = ""
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""

    def __post_init__(self) -> None:
        # Headers and sheets are quoted in findings, and at times hold a phone or an id number.
        for name in ("what", "what_zh", "remedy", "remedy_zh"):
            object.__setattr__(self, name, without_numbers(getattr(self, name)))

    @classmethod
    def of(cls, key: str, place: Mapping[str, Any] | None = None, /, **values: Any) -> Finding:
        """Word a finding of ``findings.toml``.

        Parameters
        ----------
        key : str
            Its table there.
        place : mapping, optional
            Any of ``file, sheet, row, column``, and a ``severity`` other than the usual one.
        **values
            What the words leave open.
        """
        words = {name: text.format_map(values) for name, text in _words("findings")[key].items()}
        # The same fault stops one table and is held in another, so the place may say which.
        told = {**words, "severity": Severity(words["severity"]), **(place or {})}
        return cls(key.partition("/")[0], **told)

    @classmethod
    def counted(
        cls, counts: Mapping[str, int], place: Mapping[str, Any] | None = None, /, **values: Any
    ) -> tuple[Finding, ...]:
        """Word one finding for each key of which there are any; its words say how many, `n`."""
        return tuple(cls.of(key, place, n=n, **values) for key, n in counts.items() if n)

    @property
    def where(self) -> str:
        """The place in words, such as ``homes.xlsx, sheet 居民户, row 417, column 地址``."""
        return self._place("sheet {}", "row {}", "column {}", ", ")

    @property
    def where_zh(self) -> str:
        """The same in Chinese, such as ``homes.xlsx，工作表“居民户”，第417行，“地址”列``."""
        return self._place("工作表“{}”", "第{}行", "“{}”列", "，")

    def _place(self, sheet: str, row: str, column: str, between: str) -> str:
        said = zip((sheet, row, column), (self.sheet, self.row, self.column), strict=True)
        parts = [self.file, *(words.format(v) for words, v in said if v not in ("", None))]
        return without_numbers(between.join(part for part in parts if part))

    @property
    def zh(self) -> str:
        """Place, what is wrong and what to do, in Chinese; English where nothing else was given."""
        where = f"{self.where_zh}：" if self.where_zh else ""
        text = f"{where}{self.what_zh or self.what}"
        remedy = self.remedy_zh or self.remedy
        return without_numbers(f"{text} -> {remedy}" if remedy else text)

    def __str__(self) -> str:
        text = f"[{self.severity}] {self.where + ': ' if self.where else ''}{self.what}"
        return without_numbers(f"{text} -> {self.remedy}" if self.remedy else text)


# Read when something is first told: importing this module must stay cheap.
@cache
def _words(of: str) -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(Path(__file__).with_name(f"{of}.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class FindingKind:
    """Findings of one kind, told together: `count` in all, the weightiest few of them, and the first.

    What concerns a whole file weighs more than what concerns a row.
    """

    first: Finding
    examples: tuple[Finding, ...]
    count: int

    MOST: ClassVar[int] = 3

    @property
    def alike(self) -> list[list[Finding]]:
        """The examples, those together that say the same: of another file other numbers may be true."""
        told = dict.fromkeys((f.what, f.remedy) for f in self.examples)
        return [[f for f in self.examples if (f.what, f.remedy) == said] for said in told]


def by_kind(findings: Iterable[Finding]) -> list[FindingKind]:
    """Group findings by code and severity: the gravest kinds first, then those with most findings."""
    groups: dict[tuple[Severity, str], list[Finding]] = {}
    # Those without a row first: they speak of a whole file.
    for finding in sorted(findings, key=lambda f: (f.row is not None, f.file, f.sheet, f.row or 0)):
        groups.setdefault((finding.severity, finding.code), []).append(finding)
    rank = list(Severity)
    # By code in the end, so that it does not matter which file was read first.
    order = sorted(groups.items(), key=lambda g: (rank.index(g[0][0]), -len(g[1]), g[0][1]))
    return [FindingKind(g[0], tuple(g[: FindingKind.MOST]), len(g)) for _, g in order]


E = TypeVar("E", bound="PlannerError")


class PlannerError(Exception):
    """Base of all errors raised on purpose.

    Parameters
    ----------
    message : str
        Where and what, with the numbers.  Never a resident's name, id number, phone or room.
    remedy : str, optional
        What the reader can do about it.
    zh, remedy_zh : str, optional
        Both in Chinese.
    """

    exit_code: int = 1
    key: str = ""
    """Its table in ``errors.toml``, by which other code may know it; "" for one worded in place."""

    def __init__(
        self, message: str, *, remedy: str = "", zh: str = "", remedy_zh: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.zh = zh
        self.remedy_zh = remedy_zh

    def told(self, languages: Collection[str]) -> str:
        """Say it in Chinese (``zh``), English (``en``) or both; what has no Chinese stays English."""
        if "zh" not in languages or not self.zh:
            return str(self)
        zh = self._in_chinese()
        return f"{zh}\n{self}" if "en" in languages else zh

    def _in_chinese(self) -> str:
        return f"{self.zh}\n  -> {self.remedy_zh}" if self.remedy_zh else self.zh

    def __str__(self) -> str:
        return f"{self.message}\n  -> {self.remedy}" if self.remedy else self.message

    @classmethod
    def of(cls, key: str, also: Mapping[str, Any] | None = None, /, **values: Any) -> Self:
        """Word an error of ``errors.toml``.

        Parameters
        ----------
        key : str
            Its table there.
        also : mapping, optional
            What the class takes beside words, such as `findings`.
        **values
            What the words leave open.
        """
        words = {name: text.format_map(values) for name, text in _words("errors")[key].items()}
        make: Any = cls  # each class knows what it takes
        made = make(words.pop("what"), zh=words.pop("what_zh", ""), **words, **(also or {}))
        made.key = key
        return made

    def becoming(self, kind: type[E]) -> E:
        """Give the same words as an error of another class."""
        made = kind(self.message, remedy=self.remedy, zh=self.zh, remedy_zh=self.remedy_zh)
        made.key = self.key
        return made


class ConfigError(PlannerError, ValueError):
    """The project file, the rule book or an option is wrong."""

    exit_code = 2


class InputError(PlannerError, ValueError):
    """A file that was handed in cannot be used as it is."""

    exit_code = 2


class SheetError(InputError):
    """A workbook, CSV or layer cannot be read as a table."""


class SchemaError(InputError):
    """A table was read, but its columns or values are wrong.

    Parameters
    ----------
    message : str
        Names the table and its file.
    findings : sequence of Finding, optional
        All faults, not only the first; the text shows the first twenty.
    remedy, zh, remedy_zh : str, optional
        What the reader can do about it; and all of it in Chinese.
    """

    SHOWN = 20  # a sheet of 35,000 rows may have as many faults

    def __init__(
        self,
        message: str,
        *,
        findings: Sequence[Finding] = (),
        remedy: str = "",
        zh: str = "",
        remedy_zh: str = "",
    ) -> None:
        super().__init__(message, remedy=remedy, zh=zh, remedy_zh=remedy_zh)
        self.findings = tuple(findings)

    def _in_chinese(self) -> str:
        return self._lines(self.zh, [f.zh for f in self.findings], "……另有{}条", self.remedy_zh)

    def __str__(self) -> str:
        said = list(map(str, self.findings))
        return self._lines(self.message, said, "... and {} more", self.remedy)

    def _lines(self, head: str, findings: Sequence[str], more: str, remedy: str) -> str:
        lines = [head, *(f"  {finding}" for finding in findings[: self.SHOWN])]
        if len(findings) > self.SHOWN:
            lines.append("  " + more.format(len(findings) - self.SHOWN))
        if remedy:
            lines.append(f"  -> {remedy}")
        return "\n".join(lines)


class DatumError(InputError):
    """Coordinates do not fall where they claim to."""


class NetworkError(PlannerError, ValueError):
    """Streets are missing, empty, damaged, or those of another place."""

    exit_code = 2


class MissingExtraError(PlannerError, ImportError):
    """An optional package is needed for what was asked."""

    exit_code = 2

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"this needs the package {package!r}, which is not installed",
            remedy=f'pip install "zone-planner[{extra}]"',
            zh=f"此功能需要软件包 {package}，尚未安装",
            remedy_zh=f'请运行 pip install "zone-planner[{extra}]"',
        )


class InfeasibleError(PlannerError):
    """Hard rules do not hold: it is proven that they cannot, or no plan that keeps them was found in time.

    Parameters
    ----------
    message : str
        Which rules, where, with the numbers.
    certificate : object, optional
        The `planner.model.problem.Certificate` of the attempt, where there is one.
    remedy, zh, remedy_zh : str, optional
        The cheapest ways out; and both in Chinese.
    clash : object, optional
        The `planner.model.clash.RuleClash` that the message tells, for whoever knows the names of centres.
    proven : bool
        Whether it is proven that no plan keeps them.
    """

    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        certificate: object = None,
        remedy: str = "",
        clash: object = None,
        proven: bool = True,
        zh: str = "",
        remedy_zh: str = "",
    ) -> None:
        super().__init__(message, remedy=remedy, zh=zh, remedy_zh=remedy_zh)
        self.certificate, self.clash, self.proven = certificate, clash, proven


class OutputError(PlannerError, OSError):
    """A file cannot be written; nothing half-written is left behind."""

    exit_code = 4


class PrivacyError(PlannerError):
    """The privacy gate refused to release a file."""

    exit_code = 5
