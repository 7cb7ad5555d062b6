"""The office's log of what was done (走访记录): a row a visit, patrol, mediation, and so on.

What was found at a door is nobody else's business: of the column of results nothing is kept, and of the
column of states only whether a thing is solved or open.  How often each household is to be visited is read
here too, apart from the households themselves, so that no plan holds it: a class tells who is frail.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.errors import Finding, SchemaError, Severity
from planner.intake.sheets.cell_values import fill_same_as_above, half_width, number_in
from planner.intake.sheets.gather import labels
from planner.intake.sheets.headings import roles_of
from planner.intake.sheets.notes import at_row
from planner.intake.sheets.read import SheetTable, read_table
from planner.model.given import sources_of
from planner.model.schema import HOUSEHOLDS, LOG, Column, Table
from planner.model.serving import ServiceCount, count_of, service_counts
from planner.model.small_tables import folded

__all__ = ["SERVICES", "ServiceLog", "read_log", "read_visit_classes", "state_of"]

SERVICES: Final = {
    "visit": ("走访", "visits", ("走访", "入户", "探访", "看望", "visit")),
    "patrol": ("巡查", "patrols", ("巡查", "巡逻", "排查", "patrol")),
    "mediation": ("调解", "mediations", ("调解", "纠纷", "mediat")),
    "activity": ("活动", "activities", ("活动", "宣讲", "志愿", "activit")),
    "problem": ("困难", "problems solved", ("困难", "问题", "诉求", "problem")),
    "wish": ("微心愿", "wishes claimed", ("心愿", "wish")),
    "pairing": ("结对", "pairings", ("结对", "帮扶", "pair")),
    "other": ("其他", "other", ()),
}
"""Kinds of service: code -> Chinese, English, words that tell it; the first that fits counts."""
_DAY: Final = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})|([12]\d{3})([01]\d)([0-3]\d)$"
)
_SERIAL: Final = re.compile(r"\d{5}(?:\.0*)?")
_EPOCH: Final = date(1899, 12, 30)
_ABOUT: Final = re.compile("^(?:大约|约|近|共)|(?:左右|上下|余|多)(?=人|分钟?|$)")
_HOURS: Final = re.compile(
    r"(?P<hours>[\d.]+|[一二两三四五六七八九十]+)?(?P<half>个?半)?个?(?:小时|钟头|hours?|h)(?P<rest>半|.*)"
)
MOST_MINUTES: Final = 1440.0
MOST_PEOPLE: Final = 100_000.0
_AHEAD: Final = pd.Timedelta(days=180)
_OPEN: Final = ("未", "否", "待", "处理中", "进行中", "办理中", "open", "pending", "no", "not")
_SOLVED: Final = ("已", "是", "办结", "解决", "完成", "solved", "closed", "done", "yes")
LISTED: Final = 20
_CLASS: Final = Column(
    "visit_class",
    "走访频次, visit class, 走访类别, 走访周期, 走访频率, 走访要求, 联系频次, visit frequency, visits",
)


@dataclass(frozen=True, eq=False)
class ServiceLog:
    """What a log says.

    Parameters
    ----------
    rows : DataFrame
        ``day`` (datetime64)``, kind`` (a key of `SERVICES`)``, household, zone, member`` (as written, "" for
        none)``, minutes`` (NaN for none)``, count`` (code of `planner.model.serving.ServiceCount`, "" where
        no word fits)``, people`` (who took part, NaN for none)``, state`` (``solved``, ``open`` or "")``,
        file, sheet, row`` (where it stands)``, said`` (digest of the kind as written: it tells equal rows).
    findings : tuple of Finding
        Rows that are left out, and why, then rows whose minutes or people cannot be read and that count
        without; at most `LISTED` of them.
    left_out : int
        How many rows are left out.
    """

    rows: pd.DataFrame
    findings: tuple[Finding, ...] = ()
    left_out: int = 0


def read_log(
    path: Path,
    *,
    told: Table = LOG,
    counts: tuple[tuple[ServiceCount, ...], tuple[str, ...]] | None = None,
) -> ServiceLog:
    """Read a log: a row a service, each with its day and a household or zone.

    Columns 日期/date, 户编号/household or 责任区/zone, and 类型/kind, 党员编号/member, 分钟/minutes,
    参与人数/people, 状态/state.

    Parameters
    ----------
    path : Path
    told : Table
        As the project describes it.
    counts : tuple, optional
        From `planner.model.serving.service_counts`; the product's own if left out.

    Raises
    ------
    SheetError
        The file cannot be read.
    SchemaError
        No sheet has a date and a household or zone.
    """
    own = service_counts() if counts is None else counts
    found: list[pd.DataFrame] = []
    said: list[Finding] = []
    for table in read_table(path, table=told):
        roles, _ = roles_of(table.headers, told, file=table.file, sheet=table.sheet)
        if "date" in roles and {"household", "zone"} & set(roles):
            rows, faults = _rows(table, roles, own)
            found.append(rows)
            said += faults
    if not found:
        raise SchemaError.of("not-log", name=path.name)
    frame = pd.concat(found, ignore_index=True)
    ahead = _ahead(frame["day"])
    said += _told("log-ahead", frame, ahead)
    lost = sum(one.severity is Severity.HOLD for one in said)
    weightiest = sorted(said, key=lambda one: one.severity is not Severity.HOLD)
    return ServiceLog(frame[~ahead].reset_index(drop=True), tuple(weightiest[:LISTED]), lost)


def _ahead(day: pd.Series) -> NDArray[np.bool_]:
    """Find days still to come and far from all others: by a slip of the pen everything would be overdue."""
    late = (day > pd.Timestamp.today()).to_numpy(bool)
    if late.all() or not late.any():
        return np.zeros(len(day), bool)
    return (day > day[~late].max() + _AHEAD).to_numpy(bool)


def _told(code: str, rows: pd.DataFrame, which: NDArray[np.bool_]) -> list[Finding]:
    # one a row, however many: they are counted
    return [at_row(rows, i, Finding.of(code)) for i in np.flatnonzero(which)]


def _rows(
    table: SheetTable,
    roles: dict[str, int],
    counts: tuple[tuple[ServiceCount, ...], tuple[str, ...]],
) -> tuple[pd.DataFrame, list[Finding]]:
    n = len(table.row)

    def column(name: str) -> pd.Series:
        # few texts stand in many rows: each is looked at once; half a character is none
        if name not in roles:
            return pd.Series(np.full(n, "", object))
        texts = _each(pd.Series(table.cells[:, roles[name]], dtype=object), _plain)
        return fill_same_as_above(texts, name, place)[0]

    place = pd.DataFrame({"file": table.file, "sheet": table.sheet, "row": table.row})
    day = _each(column("date"), _day)
    where = {name: column(name) for name in ("household", "zone", "member")}
    placed = (where["household"] != "") | (where["zone"] != "")
    good = (day.notna() & placed).to_numpy(bool)
    told = (column("date") != "") | placed | (where["member"] != "")
    kind, amounts = column("kind"), {name: column(name) for name in ("minutes", "people")}
    frame = pd.DataFrame(
        {
            "day": pd.to_datetime(day),
            "kind": _each(kind, _kind),
            "said": _each(kind, lambda text: blake2b(text.encode(), digest_size=8).hexdigest()),
            **where,
            "minutes": _each(amounts["minutes"], _minutes).astype(float),
            "count": _each(kind, lambda text: count_of(text, *counts)),
            "people": _each(amounts["people"], _people).astype(float),
            "state": _each(column("state"), state_of),
            "file": table.file,
            "sheet": table.sheet,
            "row": table.row,
        }
    ).astype({"day": "datetime64[ns]"})
    vague = np.zeros(n, bool)
    for name, texts in amounts.items():
        vague |= ((texts != "") & frame[name].isna()).to_numpy(bool)
    faults = _told("log-row", frame, ~good & told.to_numpy(bool))
    return frame[good], faults + _told("log-amount", frame, good & vague)


def _each(values: pd.Series, made: Callable[[str], Any]) -> pd.Series:
    """Make something of each text, once for all rows that hold it."""
    code, texts = pd.factorize(values)
    kept = np.empty(len(texts), object)
    kept[:] = [made(text) for text in texts]
    return pd.Series(kept[code], dtype=object)


def _plain(value: object) -> str:
    return str(value).strip().encode("utf-8", "replace").decode()


def _people(text: str) -> float:
    number = number_in(_ABOUT.sub("", text))
    return number if 0 <= number <= MOST_PEOPLE else float("nan")


def _minutes(text: str) -> float:
    """Read minutes as clerks write them: ``30``, ``约20分钟``, ``半小时``, ``1小时30分``, ``一个半小时``."""
    plain = _ABOUT.sub("", half_width(text).strip().lower().replace(" ", ""))
    found = _HOURS.fullmatch(plain)
    if found is None:
        minutes = number_in(plain)
    else:
        hours = (
            number_in(found["hours"]) if found["hours"] else 0.0 if found["half"] else float("nan")
        )
        rest = 30.0 if found["rest"] == "半" else number_in(found["rest"]) if found["rest"] else 0.0
        minutes = 60.0 * hours + 30.0 * bool(found["half"]) + rest
    return minutes if 0 <= minutes <= MOST_MINUTES else float("nan")


def state_of(text: str) -> str:
    """Tell whether a thing is solved or open; "" where neither is said."""
    told = folded(text)
    if not told:
        return ""
    # 未解决 holds 解决: what is open is looked for first
    if any(told.startswith(w) or f"尚{w}" in told for w in _OPEN):
        return "open"
    return "solved" if any(w in told for w in _SOLVED) else ""


@lru_cache(maxsize=4096)
def _day(text: str) -> datetime | None:
    """Read a day: written out, or the serial number that a spreadsheet keeps."""
    plain = text.split(" ")[0].split("T")[0]
    try:
        if _SERIAL.fullmatch(plain):
            day = _EPOCH + timedelta(days=int(float(plain)))
            return datetime(day.year, day.month, day.day)
        written = _DAY.match(plain)
        if written is None:
            return None
        year, month, day_of = (int(part) for part in written.groups() if part is not None)
        return datetime(year, month, day_of)
    except ValueError:  # the 31st of February
        return None


def _kind(text: str) -> str:
    told = folded(text)
    if not told:
        return "visit"
    return next(
        (c for c, (_, _, words) in SERVICES.items() if any(w in told for w in words)), "other"
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
