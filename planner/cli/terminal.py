"""What the commands share: the console, the bars, the closing table."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from planner.api.opening import Estimate, Online
    from planner.api.plan import Plan
    from planner.api.progress import Event

__all__ = [
    "STAGE_WORDS",
    "OutFolder",
    "ProjectFile",
    "closing_table",
    "consent_asker",
    "console",
    "progress",
]

MOST_TOLD = 4
"""Clashes and repairs in the closing table; all of them are in summary.md."""
LINE_S = 10.0
"""Off a terminal, long stages say so often how they go on."""

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
    "advice": "What would mend broken rules 规则协商",
    "draw": "Shapes and gaps 边界与空白",
    "site": "Walks to every candidate 候选户步行距离",
    "choose": "Choosing the centres 择优选户",
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
        self.said_at = time.monotonic()
        self.asked = False

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
        if event.stage == "geocode" and event.detail:
            self.asked = True
        late = time.monotonic() - self.said_at >= LINE_S
        if event.detail and late and not console.is_terminal:
            self.said_at = time.monotonic()
            console.print(f"  {escape(event.detail)}")

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Hold the bars still while something is asked."""
        self.bars.stop()
        try:
            yield
        finally:
            self.bars.start()


def consent_asker(online: Online, bars: progress, *, yes: bool) -> Callable[[Estimate], bool]:
    """Give who decides whether an online provider is asked: the estimate first, then the question.

    With `yes` it is shown and agreed to; at a terminal the person decides, and no is the default;
    elsewhere nothing is sent.
    """

    def decide(estimate: Estimate) -> bool:
        with bars.paused():
            _show_estimate(estimate)
            if yes:
                return True
            if not (sys.stdin.isatty() and console.is_terminal):
                console.print(
                    "  [bold]nothing was sent 未发送[/bold]: there is nobody to ask here; add --yes to "
                    "agree 如同意请加 --yes. Going on offline 继续离线运行"
                )
                return False
            online.settings.check_ready()  # rather now than after the answer
            if typer.confirm("  Send them? 是否发送？", default=False, err=True):
                return True
            console.print("  nothing was sent 未发送; going on offline 继续离线运行")
            return False

    return decide


def _show_estimate(estimate: Estimate) -> None:
    over = f", {estimate.over} in a later run 其余下次" if estimate.over else ""
    for line in (
        f"[bold]Online 在线查询[/bold] {estimate.service} ({escape(estimate.host)})",
        f"  {estimate.to_send} buildings to ask 待查楼栋{over}; {estimate.cached} answered before 已有结果; "
        f"{estimate.withheld} addresses not sent 不发送",
        f"  time 用时: about 约 {_duration(estimate.seconds)}; cost 费用: "
        + escape(" · ".join(estimate.cost_words)),
        *(f"  {n}. {escape(text)}" for n, text in enumerate(estimate.samples, 1)),
        "  Only the address down to the building is sent, never rooms, names, phones or ids. "
        "仅发送到楼栋的地址，不含房号、姓名、电话、证件号",
    ):
        console.print(line)


def _duration(seconds: float) -> str:
    return f"{seconds / 60:.0f} min 分" if seconds >= 90 else f"{seconds:.0f} s 秒"


def closing_table(plan: Plan, written: dict[str, Path]) -> None:
    """Print what a finished plan is, and where its files lie."""
    from planner.api.plan import AUDIENCE_OF, level_words

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
    for zh, en in level_words(plan):
        table.add_row("Level 上级联系", escape(f"{zh}\n{en}"))
    if figures["homes_moved"] is not None:
        table.add_row("Homes that change hands 变动户", str(figures["homes_moved"]))
    if figures.get("network", "streets") != "streets":
        table.add_row("[bold red]Walks 步行[/bold red]", escape(str(figures["network"])))
    asked = plan.provenance.get("online")
    if asked:
        table.add_row(
            f"Online 在线 {asked['provider']}",
            f"{asked['buildings']} buildings asked 已询楼栋, {asked['reused']} known 已有, "
            f"{asked['left']} not asked 未询",
        )
    advice = figures["advice"]
    for clash in advice.get("clashes", [])[:MOST_TOLD]:
        table.add_row("Arithmetic 数量", escape(f"{clash['what_zh']}\n{clash['what']}"))
    for repair in advice.get("repairs", [])[:MOST_TOLD]:
        table.add_row("Repair 建议", escape(f"{repair['what_zh']}\n{repair['what']}"))
    memory = f", {figures['peak_gb']:g} GB" if figures.get("peak_gb") else ""
    table.add_row("Time 用时", f"{sum(figures['seconds'].values()):.1f} s{memory}")
    for path in written.values():
        to = AUDIENCE_OF.get(path.name)
        table.add_row(f"{to.terms.en} {to.terms.zh}" if to else "", escape(str(path)))
    Console(highlight=False).print(table)
