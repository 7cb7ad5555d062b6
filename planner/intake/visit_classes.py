"""How often each household is to be visited, where the sheet of households says so.

Read apart from the households themselves, so that no plan holds it: a class of visits tells who is frail.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from planner.intake.sheets.cell_values import half_width
from planner.intake.sheets.gather import labels
from planner.intake.sheets.headings import roles_of
from planner.intake.sheets.read import read_table
from planner.model.given import sources_of
from planner.model.schema import HOUSEHOLDS, Column, Table

__all__ = ["read_visit_classes"]

_CLASS: Final = Column(
    "visit_class",
    "走访频次, visit class, 走访类别, 走访周期, 走访频率, 走访要求, 联系频次, visit frequency, visits",
)


def read_visit_classes(paths: Any, told: Table = HOUSEHOLDS) -> dict[str, str]:
    """Read what the sheets of households say under 走访频次/visit class.

    Parameters
    ----------
    paths : str or Path or frame, or several
        Of the households.
    told : Table
        As the project describes it.

    Returns
    -------
    dict of str to str
        Household -> what stands there, where something does.

    Raises
    ------
    SheetError
        A file cannot be read.
    """
    return dict(_classes(sources_of(paths, "households"), told))


def _classes(sources: Iterable[Any], told: Table) -> Iterable[tuple[str, str]]:
    own = Table(told.name, (told["id"], _CLASS), told.given, told.sheets, told.left_out)
    for path, file in labels(list(sources)).items():
        for table in read_table(path, table=own, name=file):
            roles, _ = roles_of(table.headers, own, file=table.file, sheet=table.sheet)
            if {"id", "visit_class"} <= set(roles):
                ids, said = (table.cells[:, roles[n]].tolist() for n in ("id", "visit_class"))
                for home, text in zip(ids, said, strict=True):
                    if str(text).strip():
                        yield str(home).strip(), half_width(str(text)).strip()
