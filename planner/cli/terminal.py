"""What the commands share: the console, the bars, the closing table."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planner.errors import Finding, Severity, by_kind

if TYPE_CHECKING:
    from planner.api.opening import Estimate, Online
    from planner.api.plan import Plan
    from planner.api.progress import Event

__all__ = [
    "INTERRUPTED",
    "SEVERITY_SAID",
    "STAGE_WORDS",
    "AsJson",
    "Force",
    "Offline",
    "OutFolder",
    "ProjectFile",
    "ReleaseUnknown",
    "Replace",
    "ReplaceCopies",
    "SheetsOf",
    "Yes",
    "closing_table",
    "consent_asker",
    "console",
    "languages",
    "new_folder",
    "print_json",
    "progress",
    "say",
    "show_findings",
    "table_of",
]

MOST_TOLD = 4  # clashes and repairs in the closing table; all of them are in summary.md
LINE_S = 10.0  # off a terminal, long stages say so often how they go on

console = Console(stderr=True, highlight=False)
INTERRUPTED = 6  # exit code where a run was ended by hand: what it had by then is kept

OutFolder = Annotated[
    Path, typer.Option("--out", "-o", help="Folder for the results; made if absent. 结果文件夹")
]
ProjectFile = Annotated[Path, typer.Argument(help="Project file, see planner init. 项目文件")]
Yes = Annotated[
    bool,
    typer.Option("--yes", "-y", help="Agree to ask the provider named in \\[online]. 同意在线查询"),
]
Offline = Annotated[
    bool, typer.Option("--offline", help="Send nothing, whatever else is said; always wins. 不联网")
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite it if it exists. 覆盖")]
AsJson = Annotated[bool, typer.Option("--json", help="Plain JSON for a program. 输出JSON")]
SheetsOf = Annotated[
    Path | None,
    typer.Option(
        "--project",
        help="The project that the plan was made from, where the plan does not know its residents: the files "
        "must not name them. 原项目文件（方案中没有居民信息摘要时用以检查姓名）",
    ),
]
ReleaseUnknown = Annotated[
    bool,
    typer.Option(
        "--release-unknown",
        help="Release the files although the plan does not know whom they must not name; its history tells. "
        "方案未掌握居民姓名时仍放行，并记入沿革",
    ),
]
Replace = Annotated[
    bool,
    typer.Option(
        "--replace",
        help="Overwrite the plan that stands in OUT; else a dated folder is made beside it. 覆盖原方案",
    ),
]
ReplaceCopies = Annotated[
    bool, typer.Option("--replace", help="Edited copies in OUT may be lost. 覆盖已编辑的副本")
]
STAGE_WORDS = {
    "read": ("读取表格", "Reading the sheets"),
    "ground": ("路网与地址库", "Streets and addresses"),
    "geocode": ("地址匹配", "Finding every address"),
    "demand": ("需求单元与步行距离", "Demand units and walks"),
    "zones": ("划分责任区", "Zones"),
    "check": ("独立核验", "Independent check"),
    "advice": ("规则协商", "What would mend broken rules"),
    "draw": ("边界与空白", "Shapes and gaps"),
    "repairs": ("试算补救办法", "Trying repairs"),
    "visits": ("走访安排与路线", "Helpers, visits, rounds"),
    "absences": ("步行时段、关爱户与缺勤", "Bands, helpers, absences"),
    "site": ("候选户步行距离", "Walks to every candidate"),
    "choose": ("择优选户", "Choosing the centres"),
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
            words = say(*STAGE_WORDS.get(event.stage, (event.stage, event.stage)))
            self.tasks[event.stage] = self.bars.add_task(words, total=1.0, detail="")
            if not console.is_terminal:
                console.print(words)
        task = self.bars.tasks[self.tasks[event.stage]]
        detail = event.detail or task.fields["detail"]
        self.bars.update(task.id, completed=event.done, detail=detail)
        if event.stage == "geocode" and event.detail:
            self.asked = True
        # A log of a scheduled job wants a line now and then, not one for each step.
        now = time.monotonic()
        if event.detail and now - self.said_at >= LINE_S and not console.is_terminal:
            self.said_at = now
            console.print(f"  {escape(event.detail)}")

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Hold the bars still while something is asked; a question is never left unsaid."""
        self.bars.stop()
        quiet, console.quiet = console.quiet, False
        try:
            yield
        finally:
            console.quiet = quiet
            self.bars.start()


def consent_asker(online: Online, bars: progress, *, yes: bool) -> Callable[[Estimate], bool]:
    """Give who decides whether an online provider is asked: the estimate first, then the question.

    With `yes` it is shown and agreed to; at a terminal the person decides, and no is the default;
    elsewhere nothing is sent.
    """

    def decide(estimate: Estimate) -> bool:
        # a bar that redraws itself would wipe the question away
        with bars.paused():
            _show_estimate(estimate)
            if yes:
                return True
            # Nobody to ask is a no: what leaves the house needs a yes from somebody.
            if not (sys.stdin.isatty() and console.is_terminal):
                console.print(
                    "  "
                    + say(
                        "[bold]未发送[/bold]：此处无人可问，如同意请加 --yes；继续离线运行",
                        "[bold]nothing was sent[/bold]: there is nobody to ask here; add --yes to agree. "
                        "Going on offline",
                    )
                )
                return False
            online.settings.check_ready()  # rather now than after the answer
            if typer.confirm(f"  {say('是否发送？', 'Send them?')}", default=False, err=True):
                return True
            console.print("  " + say("未发送，继续离线运行", "nothing was sent; going on offline"))
            return False

    return decide


def _show_estimate(estimate: Estimate) -> None:
    # a daily quota: what is above it is asked tomorrow
    over = f", {estimate.over} in a later run" if estimate.over else ""
    over_zh = f"，其余 {estimate.over} 栋下次再查" if estimate.over else ""
    for line in (
        f"[bold]{say('在线查询', 'Online')}[/bold] {estimate.service} ({escape(estimate.host)})",
        "  "
        + say(
            f"待查楼栋 {estimate.to_send}{over_zh}；已有结果 {estimate.cached}；不发送 {estimate.withheld}",
            f"{estimate.to_send} buildings to ask{over}; {estimate.cached} answered before; "
            f"{estimate.withheld} addresses not sent",
        ),
        f"  {say('用时约', 'time: about')} {_duration(estimate.seconds)}; {say('费用', 'cost')}: "
        + escape(" · ".join(estimate.cost_words)),
        *(f"  {n}. {escape(text)}" for n, text in enumerate(estimate.samples, 1)),
        "  "
        + say(
            "仅发送到楼栋的地址，不含房号、姓名、电话、证件号",
            "Only the address down to the building is sent, never rooms, names, phones or ids.",
        ),
    ):
        console.print(line)


def _duration(seconds: float) -> str:
    if seconds >= 90:
        return say(f"{seconds / 60:.0f}分钟", f"{seconds / 60:.0f} min")
    return say(f"{seconds:.0f}秒", f"{seconds:.0f} s")


def say(zh: str, en: str) -> str:
    """Give a text in the reader's language, or in both."""
    told = [text for language, text in (("zh", zh), ("en", en)) if language in languages() and text]
    return " · ".join(told) or en


def languages() -> tuple[str, ...]:
    """Give the languages to speak: ``--lang``, else the locale's; both where neither is one of ours."""
    asked = os.environ.get("PLANNER_LANG", "")
    for spoken in (asked, *(os.environ.get(n, "") for n in ("LC_ALL", "LC_MESSAGES", "LANG"))):
        # a locale without a language, as in containers and scheduled jobs, chooses none
        if spoken and spoken not in ("C", "POSIX", "C.UTF-8", "C.utf8"):
            found = spoken[:2].lower()
            return (found,) if found in ("zh", "en") and spoken != "both" else ("zh", "en")
    return ("zh", "en") if _prints_chinese() else ("en",)


def _prints_chinese() -> bool:
    try:
        "中".encode(sys.stdout.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def show_findings(findings: Iterable[Finding]) -> None:
    """Print what was noticed, by kind: how often, the weightiest places, and what to do."""
    show, chinese = Console(highlight=False), languages() == ("zh",)
    for kind in by_kind(findings):
        first, rest = kind.first, " ..." * (kind.count > len(kind.examples))
        head = say(*SEVERITY_SAID[first.severity]) + f" ×{kind.count:,}" * (kind.count > 1)
        show.print(f"[{head}] {say(first.what_zh, first.what)}", markup=False)
        for one, *others in kind.alike:
            where = [f.where_zh if chinese else f.where for f in (one, *others)]
            places = ("；" if chinese else "; ").join(filter(None, where))
            end = rest if one is first else f": {say(one.what_zh, one.what)}"
            if places:
                show.print(f"    {places}{end}", markup=False)
            if one.remedy and (one is first or one.remedy != first.remedy):
                show.print(f"    -> {say(one.remedy_zh, one.remedy)}", markup=False)


def table_of(
    heads: Iterable[str],
    rows: Iterable[Iterable[str]],
    *,
    title: str | None = None,
    words: Collection[int] = (),
) -> Table:
    """Make a table of texts; what looks like markup in them is told as it stands.

    `words`: columns that are read from the left, as figures are from the right.
    """
    table = Table(title=title)
    for at, head in enumerate(heads):
        table.add_column(head, justify="left" if at in words else "right", overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    return table


def closing_table(plan: Plan, written: dict[str, Path]) -> None:
    """Print what a finished plan is: whom it leaves out, what was noticed, the plan, its proof, its files."""
    from planner.api.plan import AUDIENCE_OF, ledger_lines, level_words, proof_words, rule_words

    figures, show = plan.summary(), Console(highlight=False)
    show.print(f"[bold]{escape(str(plan.provenance.get('title', '')))}[/bold]")
    for line in ledger_lines(plan):
        # red and a sign: printed in grey or read aloud, the sign stays
        mark = "[bold red]![/bold red]" if line.lost else " "
        show.print(f"{mark} {escape(say(line.zh, line.en))}")
    for rule in figures["rules"]:
        if rule["broken"]:
            zh, en = rule_words(rule["name"])
            show.print(
                f"[bold red]![/bold red]   {say(zh, en)} {rule['limit']}: "
                + say(
                    f"{rule['broken']}处不符，最差{rule['worst']:.6g}",
                    f"broken {rule['broken']} times, worst {rule['worst']:.6g}",
                )
            )
    show_findings(plan.findings)
    table = Table(show_header=False)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for name, told in _plan_rows(plan, figures):
        table.add_row(escape(name), escape(told))
    for zh, en in level_words(plan):
        table.add_row(say("上级联系", "Level"), escape(say(zh, en)))
    table.add_row(say("结论", "Proof"), escape(say(*proof_words(plan.certificate))))
    for path in written.values():
        to = AUDIENCE_OF.get(path.name)
        table.add_row(say(to.terms.zh, to.terms.en) if to else "", escape(str(path)))
    show.print(table)


def _plan_rows(plan: Plan, figures: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give what a plan is, name and value."""
    walk = figures["walk_m"]
    zones = f"{figures['zones']}"
    whole = figures["zones_connected"]
    yield (
        say("责任区", "Zones"),
        say(f"{zones}，全部连通", f"{zones}, all connected") if whole else zones,
    )
    yield (
        say("步行", "Walk"),
        say(
            f"平均{walk['mean']:.0f}米，九成{walk['p90']:.0f}米以内，最远{walk['max']:.0f}米",
            f"mean {walk['mean']:.0f} m, nine in ten within {walk['p90']:.0f} m, "
            f"farthest {walk['max']:.0f} m",
        ),
    )
    if figures["homes_moved"] is not None:
        yield say("变更中心户", "Homes that change hands"), f"{figures['homes_moved']:,}"
    if figures.get("network", "streets") != "streets":
        yield say("步行依据", "Walks by"), str(figures["network"])
    if asked := plan.provenance.get("online"):
        yield (
            say("在线查询", "Online"),
            f"{asked['provider']}: "
            + say(
                f"已询{asked['buildings']}，已有{asked['reused']}，未询{asked['left']}",
                f"{asked['buildings']} buildings asked, {asked['reused']} known, {asked['left']} not asked",
            ),
        )
    advice = figures["advice"]
    for clash in advice.get("clashes", [])[:MOST_TOLD]:
        yield say("数量", "Arithmetic"), say(clash["what_zh"], clash["what"])
    for repair in advice.get("repairs", [])[:MOST_TOLD]:
        yield say("建议", "Repair"), say(repair["what_zh"], repair["what"])
    seconds = sum(figures["seconds"].values())
    memory = f", {figures['peak_gb']:g} GB" if figures.get("peak_gb") else ""
    yield say("用时", "Time"), say(f"{seconds:.1f}秒", f"{seconds:.1f} s") + memory


SEVERITY_SAID = {
    Severity.STOP: ("必须改正", "to be mended"),
    Severity.HOLD: ("搁置", "set aside"),
    Severity.FIX: ("已修正", "repaired"),
    Severity.WARN: ("提醒", "to note"),
}


def new_folder(folder: Path, *, replacing: bool, holding: str = "plan.gpkg") -> Path:
    """Give a folder for results: a dated one beside it where some stand there already."""
    from planner.api.opening import free_folder

    # A plan is the office's record: a second run on one day must not overwrite the first.
    free = folder if replacing else free_folder(folder, holding)
    if free == folder:
        return folder
    console.print(
        escape(
            say(
                f"{folder} 中已有结果，不予覆盖；新结果写入 {free}（如需覆盖请加 --replace）",
                f"what stands in {folder} is kept; the new results go to {free} (--replace overwrites)",
            )
        )
    )
    return free


def print_json(values: Any) -> None:
    """Print plain values for a program."""
    # Chinese as it is, for whoever reads along; what JSON has no word for, such as a path, as text.
    text = json.dumps(values, ensure_ascii=False, indent=1, default=str)
    Console(highlight=False).print(text, markup=False, soft_wrap=True)
