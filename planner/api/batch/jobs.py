"""Which projects a batch plans, and under which names."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from planner.errors import ConfigError
from planner.files import safe_name
from planner.model.project import project_file

__all__ = ["Job", "read_jobs"]

_KEYS = frozenset({"name", "project", "by_fence"})


@dataclass(frozen=True, slots=True)
class Job:
    """One project of a batch.

    Parameters
    ----------
    name : str
        Of its folder among the results; no two are alike.
    project : Path
        Its project file.
    by_fence : bool
        Divide it into its communities first, each a job of its own with its people as GeoParquet and the
        extract cut to it; see `planner.api.batch.divide`.
    """

    name: str
    project: Path
    by_fence: bool = False


def read_jobs(source: Any) -> tuple[Job, ...]:
    """Take the jobs of a manifest, of a folder of projects, or of a list.

    Parameters
    ----------
    source : path, or iterable of Job or path
        A TOML file with a table ``[[job]]`` for each (``project``; ``name`` if the folder of the project
        is not to name it; ``by_fence``; paths are relative to the file); a folder, each folder in which
        holds a ``planner.toml``; or project files.

    Returns
    -------
    tuple of Job
        In the order in which they are told; by name for a folder.

    Raises
    ------
    ConfigError
        There is no job, two have one name, or the manifest cannot be read.
    """
    if isinstance(source, str | PathLike):
        told = _of_path(Path(source))
    elif isinstance(source, Iterable):
        told = [one if isinstance(one, Job) else _job(Path(one)) for one in source]
    else:
        raise ConfigError.of("no-batch", what=type(source).__name__)
    if not told:
        raise ConfigError.of(
            "batch-empty", where=source if isinstance(source, str | Path) else "jobs"
        )
    seen: dict[str, Job] = {}
    for job in told:
        # Windows and macOS take Ab and ab for one folder
        other = seen.setdefault(safe_name(job.name).casefold(), job)
        if other is not job:
            raise ConfigError.of(
                "batch-name-twice", name=job.name, one=other.project, two=job.project
            )
    return tuple(told)


def _of_path(path: Path) -> list[Job]:
    if path.is_dir():
        inside = sorted(folder for folder in path.iterdir() if (folder / "planner.toml").is_file())
        return [_job(folder) for folder in inside]
    try:
        values = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise ConfigError.of("no-manifest", path=path, why=error.strerror or "?") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError.of("manifest-not-toml", path=path, why=str(error)) from None
    if "inputs" in values:  # a project, not a manifest: a batch of one
        return [_job(path)]
    rows = values.pop("job", None)
    if values or not isinstance(rows, list):
        raise ConfigError.of("manifest-keys", path=path, keys=", ".join(sorted(values)) or "-")
    return [_row(row, path, n) for n, row in enumerate(rows, start=1)]


def _row(row: Any, path: Path, n: int) -> Job:
    known = isinstance(row, dict) and set(row) <= _KEYS and isinstance(row.get("project"), str)
    if not known or not isinstance(row.get("name", ""), str):
        raise ConfigError.of("manifest-job", path=path, n=n)
    if not isinstance(row.get("by_fence", False), bool):
        raise ConfigError.of("manifest-job", path=path, n=n)
    job = _job(path.parent / row["project"])
    return Job(row.get("name") or job.name, job.project, row.get("by_fence", False))


def _job(path: Path) -> Job:
    """Name a project by its folder."""
    file = project_file(path) or (path / "planner.toml" if path.is_dir() else path)
    return Job(file.absolute().parent.name or file.stem, file)
