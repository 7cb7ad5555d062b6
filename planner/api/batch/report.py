"""What became of a batch: a row a job, and all of them added up."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from planner.api.batch.whole_page import OVERVIEW
from planner.api.batch.work import FAILED, Outcome
from planner.files import write_files

__all__ = ["BatchReport"]

_ADDED = ("households", "located", "unassigned", "beyond", "zones", "broken")
_HEADS = {
    "name": "名称 name",
    "state": "状态 state",
    "households": "户 homes",
    "unassigned": "无责任区 without a zone",
    "beyond": "超出步行距离 beyond the limit",
    "zones": "责任区 zones",
    "broken": "规则不符 rules broken",
    "walk_m": "户均步行 mean walk (m)",
    "gap": "差距 gap",
    "seconds": "用时 seconds",
}
_STATES = {"done": "已完成 done", "kept": "沿用 kept", "failed": "未完成 failed"}


@dataclass(frozen=True, eq=False)
class BatchReport:
    """What became of each job, and the sum.

    Parameters
    ----------
    outcomes : tuple of Outcome
        In the order of the manifest.
    page : bytes or None
        The overview for a meeting, past the gate; None where there is no plan, or the gate refused it.
    """

    outcomes: tuple[Outcome, ...]
    page: bytes | None = None

    @property
    def exit_code(self) -> int:
        """0 where every job has its plan, else the lowest code of those that have none."""
        return min((o.code for o in self.outcomes if o.state == FAILED), default=0)

    def table(self) -> pd.DataFrame:
        """Give a row a job.

        Returns
        -------
        DataFrame
            ``name, state, households, unassigned, beyond, zones, broken`` (counts, missing where the job
            failed)``, walk_m`` (metres a home)``, gap`` (of the objective)``, seconds, error``.
        """
        rows = []
        for o in self.outcomes:
            told = {name: o.figures.get(name) for name in (*_ADDED, "walk_m")}
            gap, error = o.figures.get("gap_objective"), o.error
            rows.append(
                {"name": o.name, "state": o.state, **told, "gap": gap, "seconds": o.seconds}
                | {"error": error, "error_zh": o.error_zh}
            )
        table = pd.DataFrame(rows)
        return table.astype(dict.fromkeys(_ADDED, "Int64")).astype({"walk_m": float, "gap": float})

    def figures(self) -> dict[str, Any]:
        """Give the sum of all jobs that have a plan, and how many have none.

        Returns
        -------
        dict
            ``jobs, done, kept, failed``; the counts of `table`; ``ties_left``, ties and wishes between two
            communities or of nobody who has a place; ``value_m, bound_m, gap``: parts that share
            nothing, so their bounds add up to one of the whole; ``walk_m``; ``seconds`` of all workers.
        """
        states = Counter(o.state for o in self.outcomes)
        planned = [o.figures for o in self.outcomes if o.state != FAILED]
        value = sum(f["cost_m"] + f["penalty_m"] + (f["change_m"] or 0.0) for f in planned)
        bound = sum(f["bound_m"] for f in planned)
        located = sum(f["located"] for f in planned)
        return {
            "jobs": len(self.outcomes),
            **{state: states[state] for state in ("done", "kept", "failed")},
            **{name: sum(f[name] for f in planned) for name in _ADDED},
            "walk_m": round(sum(f["walk_m"] * f["located"] for f in planned) / located, 2)
            if located
            else None,
            "value_m": value,
            "bound_m": bound,
            "gap": max(value - bound, 0.0) / value if value > 0 else 0.0,
            "ties_left": sum(f.get("ties_left", 0) for f in planned),
            "peak_gb": max((f["peak_gb"] or 0.0 for f in planned), default=0.0),
            "seconds": round(sum(o.seconds for o in self.outcomes if o.state != "kept"), 2),
        }

    def lines(self) -> list[tuple[str, str]]:
        """Tell the sum in Chinese and English, the proof last."""
        f = self.figures()
        walk, gap = _number(f["walk_m"], 1), 100 * f["gap"]
        apart = f["ties_left"]
        return [
            (
                f"项目{f['jobs']}个：已完成{f['done']}，沿用{f['kept']}，未完成{f['failed']}",
                f"{f['jobs']} jobs: {f['done']} done, {f['kept']} kept, {f['failed']} failed",
            ),
            (
                f"居民户{f['households']:,}：无责任区{f['unassigned']:,}，超出步行距离{f['beyond']:,}",
                f"{f['households']:,} homes: {f['unassigned']:,} without a zone, "
                f"{f['beyond']:,} beyond the limit",
            ),
            *(
                [
                    (
                        f"亲情与意愿{apart:,}条跨社区或无从对应，未计入各社区方案",
                        f"{apart:,} ties and wishes are between communities, or of nobody who has a place: "
                        "no plan counts them",
                    )
                ]
                if apart
                else []
            ),
            (
                f"责任区{f['zones']:,}个，规则不符{f['broken']:,}处，户均步行{walk}米",
                f"{f['zones']:,} zones, rules broken {f['broken']:,} times, mean walk {walk} m",
            ),
            (
                f"全部相加，与最优方案相差不超过{gap:.2f}%",
                f"all together within {gap:.2f} % of the best possible",
            ),
        ]

    def markdown(self) -> str:
        """Tell it in Chinese and English: who has no plan first, the proof last."""
        f, table = self.figures(), self.table()
        lines = ["# 批量规划汇总 Batch", ""]
        for o in self.outcomes:
            if o.state == FAILED:
                said = " / ".join(" ".join(told.split()) for told in (o.error_zh, o.error) if told)
                lines.append(f"- **{_cell(o.name)}**: {_cell(said)}")
        if f["failed"]:
            lines.append("")
        lines += [
            *(f"- {zh} {en}" for zh, en in self.lines()),
            "",
            "| " + " | ".join(_HEADS.values()) + " |",
            "|" + "---|" * len(_HEADS),
        ]
        for row in table.to_dict("records"):
            gap = "-" if pd.isna(row["gap"]) else f"{100 * row['gap']:.2f} %"
            cells = [_cell(row["name"]), _STATES[row["state"]]]
            cells += [_number(row[name], 0) for name in list(_HEADS)[2:7]]
            cells += [_number(row["walk_m"], 1), gap, _number(row["seconds"], 1)]
            lines.append("| " + " | ".join(cells) + " |")
        return "\n".join(lines) + "\n"

    def save(self, out: str | Path) -> dict[str, Path]:
        """Write ``batch.md`` and ``batch.json``, readable by their owner alone, and ``overview.html``.

        Raises
        ------
        OutputError
            One of them cannot be written.
        """
        jobs = json.loads(self.table().to_json(orient="records"))
        told = {"zone_planner_batch": 1, "sum": self.figures(), "jobs": jobs}
        files = {
            "batch.md": self.markdown().encode(),
            "batch.json": json.dumps(told, ensure_ascii=False, indent=1).encode(),
        }
        shown = {} if self.page is None else {OVERVIEW: self.page}
        return write_files(Path(out), {**files, **shown}, private=tuple(files), replacing=True)


def _number(value: Any, digits: int) -> str:
    return "-" if value is None or pd.isna(value) else f"{value:,.{digits}f}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
