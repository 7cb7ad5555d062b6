"""What is handed in: files by their paths, and frames that are at hand in place of files.

A frame goes through the same door as a file would.  Findings name it after what it was handed in as, and its
rows by their labels where those are whole numbers.  Other labels may be people's names: rows are then counted
from 0, as ``.iloc`` does, and the name says so.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import numpy as np

from planner.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Given", "Source", "Sources", "digest_of", "one_source", "sources_of"]

_MOST_ROW = 1 << 53
_SERIES_COLUMNS = {"previous": ("id", "centre"), "households": ("id", "address")}


@dataclass(frozen=True, eq=False, repr=False)
class Given:
    """A frame in place of a file.

    Parameters
    ----------
    frame : DataFrame or GeoDataFrame
        Never changed.
    told : str
        What it was handed in as, such as ``households``.
    """

    frame: pd.DataFrame
    told: str = "frame"

    suffix = ""

    @classmethod
    def of(cls, value: Any, told: str) -> Self:
        """Take a frame or a series; a series has its labels as a column of its own."""
        import geopandas as gpd
        import pandas as pd

        if isinstance(value, gpd.GeoSeries):
            made: Any = gpd.GeoDataFrame(geometry=value)
        elif isinstance(value, pd.Series):
            key, column = _SERIES_COLUMNS.get(told, ("id", "value"))
            names = [value.index.name or key, value.name or column]
            made = pd.DataFrame(dict(zip(names, (value.index, value.to_numpy()), strict=True)))
        else:
            made = value
        return cls(made, told)

    @property
    def labelled(self) -> bool:
        """Whether rows are told by the labels of the frame; else by position, from 0."""
        index = self.frame.index
        if index.nlevels > 1 or index.dtype.kind not in "iu" or not index.is_unique:
            return False
        return not len(index) or (int(index.min()) >= 0 and int(index.max()) < _MOST_ROW)

    @property
    def name(self) -> str:
        """What findings call it."""
        return self.told if self.labelled else f"{self.told}.iloc"

    stem = name

    @property
    def rows(self) -> np.ndarray:
        """Number of each row in findings, shape (n,)."""
        index = self.frame.index
        return index.to_numpy(np.int64) if self.labelled else np.arange(len(index), dtype=np.int64)

    @cached_property
    def table(self) -> tuple[list[str], list[list[Any]]]:
        """Headers and rows as a reader of files would give them, without geometry; None where nothing is."""
        frame = self.frame
        if any(name is not None for name in frame.index.names):
            # what was made an index, such as the ids, is a column as much as the others
            names = [n for n in frame.index.names if n is not None and n not in frame.columns]
            frame = frame.reset_index()[[*names, *frame.columns]]
        geometry = getattr(frame, "_geometry_column_name", None)
        kept = [k for k, column in enumerate(frame.columns) if column != geometry]
        headers = [_header(frame.columns[k]) for k in kept]
        columns = [_cells(frame.iloc[:, k]) for k in kept]
        rows = [list(row) for row in zip(*columns, strict=True)]
        return headers, rows or [[] for _ in range(len(frame))]

    @property
    def shapes(self) -> Any:
        """Its geometry, shape (n,); None for a plain table."""
        name = getattr(self.frame, "_geometry_column_name", None)
        known = name is not None and name in self.frame.columns
        return self.frame[name].to_numpy() if known else None

    @property
    def crs(self) -> Any:
        """The coordinate system that it states, if any."""
        return None if self.shapes is None else getattr(self.frame, "crs", None)

    def digest(self) -> str:
        """SHA-256 of what stands in it."""
        import shapely

        found = hashlib.sha256(repr(self.table).encode("utf-8", "replace"))
        if self.shapes is not None:
            for wkb in shapely.to_wkb(self.shapes):
                found.update(wkb or b"-")
        return found.hexdigest()

    def __repr__(self) -> str:
        return f"<{self.name}: {type(self.frame).__name__} of {len(self.frame)} rows>"


Source: TypeAlias = Path | Given
"""A file, or a frame in place of one."""
Sources: TypeAlias = Source | tuple[Source, ...]


def _header(name: Any) -> str:
    """Write a column's label as a sheet would have it; levels as a header of two rows."""
    if isinstance(name, tuple):
        return "/".join(str(part) for part in name if str(part) and not str(part).isspace())
    return str(name)


def _cells(column: pd.Series) -> list[Any]:
    values = column.astype(object)
    return values.where(column.notna(), None).tolist()


def sources_of(value: Any, told: str) -> tuple[Source, ...]:
    """Take what a caller hands in: a path, a frame, a series, or several of these.

    Parameters
    ----------
    value : str, Path, DataFrame, GeoDataFrame, Series, or an iterable of these
    told : str
        What it is handed in as, for messages.

    Raises
    ------
    InputError
        It is nothing that can be read.
    """
    one = _one(value, told)
    if one is not None:
        return (one,)
    if value is None or isinstance(value, Mapping | bytes) or not isinstance(value, Iterable):
        raise _refused(value, told)
    parts = list(value)
    found = [_one(part, f"{told} {nth}") for nth, part in enumerate(parts, 1)]
    for part, made in zip(parts, found, strict=True):
        if made is None:
            raise _refused(part, told)
    kept = [made for made in found if made is not None]
    if not kept:
        raise InputError.of("no-source", told=told)
    # of one frame in a list the number would be noise
    if len(kept) == 1 and isinstance(kept[0], Given):
        kept = [replace(kept[0], told=told)]
    return tuple(kept)


def one_source(value: Any, told: str) -> Source:
    """Take one path or frame; see `sources_of`.

    Raises
    ------
    InputError
        It is nothing that can be read.
    """
    made = _one(value, told)
    if made is None:
        raise _refused(value, told)
    return made


def digest_of(source: Source) -> str:
    """SHA-256 of a file's bytes, or of what stands in a frame."""
    if isinstance(source, Given):
        return source.digest()
    return hashlib.sha256(source.read_bytes()).hexdigest()


def _one(value: Any, told: str) -> Source | None:
    if isinstance(value, Given):
        return value
    if isinstance(value, str | os.PathLike):
        return Path(value)
    # by its kind, not by its class: pandas is loaded by whoever has a frame
    if any(
        kind.__module__.partition(".")[0] in ("pandas", "geopandas")
        and kind.__name__ in ("DataFrame", "Series")
        for kind in type(value).__mro__
    ):
        return Given.of(value, told)
    return None


def _refused(value: Any, told: str) -> InputError:
    return InputError.of("no-source-kind", told=told, kind=type(value).__name__)
