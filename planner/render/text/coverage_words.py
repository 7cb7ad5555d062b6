"""What the coverage of a plan comes to, in words and plain values: counts, and none that points at a door."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import pandas as pd

from planner.model.tables import GAP_CAUSES
from planner.plan.care.blanks import KINDS_OF_BLANK
from planner.plan.care.shares import SOURCES
from planner.render.text.words import equity_words, log_losses, network_words, number

__all__ = ["Told", "coverage_figures", "coverage_lines"]


class Told(Protocol):
    """What is known of the coverage of a plan; see `planner.api.covering.Coverage`."""

    @property
    def gaps(self) -> pd.DataFrame:
        """One row an uncovered household."""
        ...

    @property
    def repairs(self) -> pd.DataFrame:
        """One row a repair."""
        ...

    @property
    def shares(self) -> pd.DataFrame:
        """Homes within each band."""
        ...

    @property
    def care(self) -> pd.DataFrame | None:
        """One row a care household, with its helpers."""
        ...

    @property
    def absences(self) -> pd.DataFrame | None:
        """One row a person who may be away."""
        ...

    @property
    def left_alone(self) -> pd.DataFrame | None:
        """One row a door that one of the worst absences leaves without anyone."""
        ...

    @property
    def unmet(self) -> pd.DataFrame | None:
        """One row a need that stays open."""
        ...

    @property
    def blanks(self) -> pd.DataFrame | None:
        """One row a blank spot."""
        ...

    @property
    def bands(self) -> Any:
        """The ground of each band, a GeoDataFrame; None without streets."""
        ...

    @property
    def sites(self) -> pd.DataFrame | None:
        """One row a candidate for one centre more."""
        ...

    @property
    def brought(self) -> pd.DataFrame | None:
        """One row a door that a candidate would bring nearer."""
        ...

    @property
    def unseen(self) -> pd.DataFrame | None:
        """Care households that were not visited for long; None without a log."""
        ...

    @property
    def heat(self) -> pd.DataFrame | None:
        """Services of the log, one row a door; None without a log."""
        ...

    @property
    def equity(self) -> pd.DataFrame:
        """Walks and loads by fence and zone."""
        ...

    @property
    def about(self) -> Mapping[str, Any]:
        """Where it comes from."""
        ...


def coverage_figures(told: Told) -> dict[str, Any]:
    """Give plain values; what would tell of fewer care households than the threshold is None."""
    about, gaps = told.about, told.gaps
    causes = gaps["cause"].value_counts()
    return {
        **about,
        **{k: _hidden(about[k], about["smallest"]) for k in ("care", "care_doubtful")},
        "gaps": len(gaps),
        "causes": {str(code): int(causes[code]) for code in sorted(causes.index)},
        "mended": int((gaps["repair"] > 0).sum()),
        "repairs": [_plain(row) for row in _open_repairs(told)],
        "shares": list(_told_shares(_rows(told.shares), about["smallest"])),
        "absences": _absence_counts(told),
        "blanks": None
        if told.blanks is None
        else {kind: int((told.blanks["kind"] == kind).sum()) for kind in KINDS_OF_BLANK},
    }


def _absence_counts(told: Told) -> dict[str, Any] | None:
    """Count who hangs on one person; of care households, and of homes that are left, none that are few."""
    if told.care is None or told.absences is None:
        return None
    smallest, away = told.about["smallest"], told.absences
    alone = int((told.care["helpers"] == 1).sum())
    nobody = int((told.care["helpers"] == 0).sum())
    return {
        "helper_m": told.about["helper_m"],
        "care_with_one": _hidden(alone, smallest),
        "care_with_none": _hidden(nobody, smallest),
        "persons": len(away),
        "leaving_somebody": int((away["left"] > 0).sum()),
        "most_left": _hidden(int(away["left"].max()), smallest) if len(away) else 0,
    }


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.to_dict("records")  # type: ignore[return-value]


def _open_repairs(told: Told) -> list[dict[str, Any]]:
    """Leave out what is told of one address: it is in the office's workbook."""
    return [row for row in _rows(told.repairs) if row["kind"] != "address"]


def _hidden(count: int | None, smallest: int) -> int | None:
    return None if count is None or 0 < count < smallest else count


def _told_shares(rows: list[dict[str, Any]], smallest: int) -> Iterator[dict[str, Any]]:
    """Hide what tells of few: those within, those left over, and those between two counts that are told."""
    # Of all sources alike: two of them may differ by one household as two bands may.
    shown: set[int] = {0}
    for row in rows:
        if row["group"] == "care":
            n, of = row["households"], row["of"]
            apart = min(abs(n - other) for other in shown - {n} | {of} - {n}) if of else 0
            if 0 < of < smallest or (n not in shown and n != of and apart < smallest):
                hidden = {"households": None, "share": None, "of": _hidden(of, smallest)}
                yield _plain(row | hidden)
                continue
            shown.add(n)
        yield _plain(row)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in row.items()}


def coverage_lines(told: Told) -> Iterator[tuple[str, str]]:
    """Say what it comes to, a line each: Chinese, English."""
    figures = coverage_figures(told)
    about = told.about
    if stamp := network_words(about):
        yield stamp
    n, total, mend = figures["gaps"], figures["households"], figures["mended"]
    yield (
        f"覆盖空白 {number(n)} 户（共 {number(total)} 户），其中 {number(mend)} 户有经试算的补救办法",
        f"{number(n)} of {number(total)} homes are uncovered; for {number(mend)} of them a repair was tried",
    )
    for code, count in figures["causes"].items():
        cause = GAP_CAUSES.get(code)
        words = (cause.title_zh, cause.title) if cause else (code, code)
        yield f"  {words[0]}：{number(count)}", f"  {words[1]}: {number(count)}"
    for row in figures["repairs"]:
        yield _repair_words(row)
    yield from _share_lines(figures["shares"])
    if (known := about.get("slopes_known")) is not None:
        yield (
            f"步行时间计入坡度：{100 * known:.0f} % 的道路坡度已知，其余按平路计",
            f"slopes count in walking times: known of {100 * known:.0f} % of the streets, the rest as level",
        )
    yield from log_losses(*about.get("log_lost", (0, 0)))
    if about["care_doubtful"]:
        shown = _shown(figures["care_doubtful"], about["smallest"])
        yield (
            f"{shown} 户的关爱标记不明，未否认的按关爱对象计（planner check 列出所在行）",
            f"marks of care of {shown} homes are unclear, and count unless denied (planner check: where)",
        )
    yield equity_words(about["equity"])
    if figures["absences"] is not None:
        yield from _absence_lines(figures["absences"], about["smallest"])
    if figures["blanks"] is not None:
        said = figures["blanks"]
        for kind, (zh, en) in KINDS_OF_BLANK.items():
            if said[kind]:
                yield f"{zh}：{number(said[kind])} 处", f"{en}: {number(said[kind])}"


def _shown(n: int | None, smallest: int) -> str:
    return f"<{smallest}" if n is None else number(n)


def _absence_lines(told: dict[str, Any], smallest: int) -> Iterator[tuple[str, str]]:
    limit, most = f"{told['helper_m']:g}", _shown(told["most_left"], smallest)
    one, none = (_shown(told[k], smallest) for k in ("care_with_one", "care_with_none"))
    every, some = number(told["persons"]), number(told["leaving_somebody"])
    yield (
        f"关爱户中 {limit} 米内仅有一名联系党员的 {one} 户，一名也没有的 {none} 户",
        f"of the care households {one} have one serving member within {limit} m, {none} have none",
    )
    yield (
        f"{every} 人中有 {some} 人缺勤时有户无人可及（最多 {most} 户）",
        f"the absence of {some} of {every} persons leaves somebody without anyone (at most {most} homes)",
    )


def _share_lines(rows: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Tell the bands of one source and group in one line."""
    keys = dict.fromkeys((row["source"], row["group"]) for row in rows if row["of"])
    for source, group in keys:
        own = [row for row in rows if (row["source"], row["group"]) == (source, group)]
        said = [
            f"{r['minutes']:g} min " + ("-" if r["share"] is None else f"{100 * r['share']:.1f} %")
            for r in own
        ]
        zh, en = SOURCES[source]
        who_zh, who = ("关爱户", "care households") if group == "care" else ("全部", "all")
        listed = ", ".join(said)
        yield f"步行到{zh}（{who_zh}）：{listed}", f"walk to the {en} ({who}): {listed}"


def _repair_words(row: dict[str, Any]) -> tuple[str, str]:
    moved = row["homes_moved"]
    walk = row["walk_change_m"]
    zh, en = [f"补救 {row['homes']} 户"], [f"mends {row['homes']}"]
    if moved is not None:
        zh.append(f"换手 {moved:.0f} 户")
        en.append(f"{moved:.0f} homes change hands")
    if walk is not None:
        zh.append(f"周边户均步行 {walk:+.0f} 米")
        en.append(f"{walk:+.0f} m a home around")
    where = f"{row['where']}：" if row["where"] else ""
    at = f"{row['where']}: " if row["where"] else ""
    return (
        f"  {where}{row['what_zh']}（{'，'.join(zh)}；{row['tried_zh']}）",
        f"  {at}{row['what']} ({', '.join(en)}; {row['tried']})",
    )
