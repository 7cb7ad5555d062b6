"""Commands for what a meeting changed on the map."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from planner.cli.terminal import OutFolder, closing_table

__all__ = ["apply"]


def apply(
    plan: Annotated[Path, typer.Argument(help="The plan that the map shows. 方案 plan.gpkg")],
    changes: Annotated[Path, typer.Argument(help="What the map exported. 调整 changes.json")],
    out: OutFolder = Path("out"),
    complete: Annotated[
        bool,
        typer.Option("--complete", help="Solve the rest again around the moves. 其余部分重新求解"),
    ] = False,
    seconds: Annotated[
        float, typer.Option(min=1, help="Longest search with --complete. 求解时限（秒）")
    ] = 60.0,
    by: Annotated[
        str, typer.Option(help="The office or meeting that decided, no person. 决定单位")
    ] = "",
) -> None:
    """Apply what a meeting changed on the map: check, replay, audit, record. 应用会议调整

    Moves and locks stay as they are; with --complete the rest may follow. The plan that was changed is
    not touched: the new one is written to OUT, with its history.
    """
    from planner.api.plan import Plan

    before = Plan.load(plan)
    after = before.apply(changes, complete=complete, seconds=seconds, by=by)
    closing_table(after, after.save(out))
    entry = after.provenance["history"][-1]
    change = entry["value_m"] - entry["value_before_m"]
    Console(highlight=False).print(
        f"{len(entry['moves'])} units moved by hand, {entry['moved_units']} in all; walking and rules "
        f"together {change:+,.0f} m. "
        f"手工调整 {len(entry['moves'])} 个单元，共变动 {entry['moved_units']} 个。"
    )
