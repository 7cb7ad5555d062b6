"""What the commands share: the console, the bars, the closing table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from planner.pipeline import Event
    from planner.plan import Plan

__all__ = ["STAGE_WORDS", "OutFolder", "ProjectFile", "closing_table", "console", "progress"]

console = Console(stderr=True, highlight=False)

OutFolder = Annotated[
    Path, typer.Option("--out", "-o", help="Folder for the results; made if absent. 结果文件夹")
]
ProjectFile = Annotated[Path, typer.Argument(help="Project file, see planner init. 项目文件")]
STAGE_WORDS = {
    "read": "Reading the sheets 读取表格",
    "ground": "Streets and addresses 路网与地址库",
    "geocode": "Finding every address 地址匹配",
    "demand": "Demand units and walks 需求单元与步行距离",
    "zones": "Zones 划分责任区",
    "check": "Independent check 独立核验",
    "draw": "Shapes and gaps 边界与空白",
}


class progress:  # noqa: N801 - used as a context manager only
    """Show the stages as bars on a terminal, as single lines elsewhere."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self.bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[detail]}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self.tasks: dict[str, int] = {}

    def __enter__(self) -> progress:
        self.bars.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.bars.stop()

    def __call__(self, event: Event) -> None:
        """Move the bar of the event's stage."""
        if event.stage not in self.tasks:
            words = STAGE_WORDS.get(event.stage, event.stage)
            self.tasks[event.stage] = self.bars.add_task(words, total=1.0, detail="")
            if not console.is_terminal:
                console.print(words)
        task = self.bars.tasks[self.tasks[event.stage]]
        detail = event.detail or task.fields["detail"]
        self.bars.update(task.id, completed=event.done, detail=detail)


def closing_table(plan: Plan, written: dict[str, Path]) -> None:
    """Print what a finished plan is, and where its files lie."""
    figures = plan.summary()
    table = Table(show_header=False, title=escape(str(plan.provenance.get("title", ""))) or None)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    walk, gaps = figures["walk_m"], figures["gaps"]
    table.add_row(
        "Households 居民户", f"{figures['households']} ({figures['located']} located 已定位)"
    )
    table.add_row(
        "Zones 责任区",
        f"{figures['zones']}, all connected 全部连通"
        if figures["zones_connected"]
        else str(figures["zones"]),
    )
    table.add_row(
        "Walk 步行",
        f"mean 平均 {walk['mean']:.0f} m, p90 {walk['p90']:.0f} m, max 最远 {walk['max']:.0f} m",
    )
    for rule in figures["rules"]:
        state = "holds 符合" if not rule["broken"] else f"broken 违反: {rule['broken']}"
        table.add_row(
            f"Rule 规则 {rule['name']}", f"{rule['limit']}: worst 最差 {rule['worst']:.6g}, {state}"
        )
    table.add_row(
        "Coverage gaps 覆盖空白", ", ".join(f"{k} {v}" for k, v in gaps.items() if v) or "none 无"
    )
    table.add_row(
        "Proven 已证明",
        f"within {100 * figures['optimality_gap']:.2f} % of the best possible 与最优差距",
    )
    if figures["homes_moved"] is not None:
        table.add_row("Homes that change hands 变动户", str(figures["homes_moved"]))
    if figures.get("network", "streets") != "streets":
        table.add_row("[bold red]Walks 步行[/bold red]", escape(str(figures["network"])))
    table.add_row("Time 用时", f"{sum(figures['seconds'].values()):.1f} s")
    for path in written.values():
        table.add_row("", escape(str(path)))
    Console(highlight=False).print(table)
