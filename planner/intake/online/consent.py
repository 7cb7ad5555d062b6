"""Who may be asked, and what was: the estimate comes before consent, every request is written down."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from planner.files import append_line
from planner.intake.online.estimate import Estimate
from planner.intake.online.settings import ProviderSettings
from planner.model.project import Project

__all__ = ["AUDIT_HEADER", "Asked", "Online", "Pace"]

AUDIT_HEADER: Final = ("time", "service", "host", "text", "try")
_FORMULA: Final = tuple("=+-@\t\r")  # a spreadsheet that opens the list would run what begins so


@dataclass(frozen=True, eq=False)
class Online:
    """An online provider that the user named, and where its answers are kept.

    Parameters
    ----------
    settings : ProviderSettings
        Which service, and how it is asked.
    cache : Path or None
        File of answers; what was sent is written beside it, in `audit_path`.
    consent : callable or None
        Told the `Estimate` before anything is sent; False leaves it at the answers that were kept.
        None: naming the provider was the consent.
    environ : mapping of str to str or None
        Where the key is read; None is the environment of the process.
    """

    settings: ProviderSettings
    cache: Path | None = None
    consent: Callable[[Estimate], bool] | None = None
    environ: Mapping[str, str] | None = None

    @classmethod
    def of(cls, project: Project, consent: Callable[[Estimate], bool] | None = None) -> Self | None:
        """Take the provider that a project file names; None where it names none.

        Raises
        ------
        ConfigError
            The section ``[online]`` is wrong.
        """
        if not project.online:
            return None
        return cls(ProviderSettings.from_mapping(project.online), project.online_cache, consent)

    def offline(self) -> Self:
        """Give the same, sending nothing: only answers that were kept are used."""
        return replace(self, consent=lambda _: False)

    @property
    def audit_path(self) -> Path | None:
        """The list of what was sent: append-only, one line a request, written before it goes out."""
        return None if self.cache is None else self.cache.with_suffix(".sent.csv")

    def record(self, text: str, attempt: int) -> None:
        """Write one request down.

        Raises
        ------
        OutputError
            It cannot be written; then it is not sent.
        """
        if self.audit_path is not None:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            text = "'" + text if text.startswith(_FORMULA) else text
            row = (now, self.settings.name, self.settings.host, text, attempt)
            append_line(self.audit_path, _csv(row), header=_csv(AUDIT_HEADER))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a plan says of the asking; it holds no address.

    Parameters
    ----------
    provider, host : str
        Who was asked.
    date : str
        ISO 8601.
    buildings, requests : int
        Buildings asked in this run, and the requests that it took.
    reused : int
        Buildings that had been answered before.
    left : int
        Buildings that were not asked, for want of consent or because the run ended early.
    stopped : str
        Why it ended early; ``""`` if it did not.
    """

    provider: str
    host: str
    date: str
    buildings: int
    requests: int
    reused: int
    left: int
    stopped: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain values."""
        return asdict(self)


@dataclass(eq=False)
class Pace:
    """Words for how the asking goes on: rate, and time that is left, measured from the first answer."""

    first: tuple[int, float] | None = None

    def __call__(self, done: int, total: int) -> str:
        """Say it after `done` of `total` buildings."""
        words, now = f"asked 已询 {done}/{total}", time.monotonic()
        if self.first is None:
            self.first = (done, now)
            return words
        rate = (done - self.first[0]) / max(now - self.first[1], 1e-3)
        left = (total - done) / max(rate, 1e-6)
        spoken = f"{left / 60:.0f} min 分" if left >= 90 else f"{left:.0f} s 秒"
        return f"{words}, {rate:.1f}/s, left 剩余 {spoken}"


def _csv(row: tuple[object, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(row)
    return line.getvalue()
