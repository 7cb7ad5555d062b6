"""Commands that make a plan, and those that prepare for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from planner.cli.terminal import (
    INTERRUPTED,
    AsJson,
    Offline,
    OutFolder,
    ProjectFile,
    Replace,
    Yes,
    closing_table,
    consent_asker,
    console,
    new_folder,
    print_json,
    progress,
    say,
)
from planner.errors import without_numbers

if TYPE_CHECKING:
    from planner.api.plan import Plan
    from planner.api.zone import Wishes
    from planner.model.project import Project

__all__ = ["Resume", "demo", "init", "leave", "resumed_from", "zone"]

Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Go on from the best plan that a run into OUT had found when it was ended, killed or cut off; "
        "refused where sheets, rules, seed or wishes are others. 从中断的求解继续",
    ),
]


def demo(
    out: OutFolder = Path("out"),
    town: Annotated[
        str, typer.Option(help="helsinki (real streets) or bagongshan (made-up town). 城市")
    ] = "helsinki",
    seed: Annotated[
        int, typer.Option(help="Another seed, another register (helsinki). 随机种子")
    ] = 0,
    replace: Replace = False,
) -> None:
    """Plan a synthetic district: central Helsinki's real streets, or a made-up Chinese town. 运行示例

    Writes the register as workbooks into OUT/input, then plans from those files, as for anyone.
    """
    from planner.api.demo import write_demo, write_town
    from planner.errors import ConfigError
    from planner.model.project import Project

    if town not in ("helsinki", "bagongshan"):
        raise ConfigError.of("unknown-demo-town", town=town)
    # its sheets are files: there is nothing to draw
    if town == "bagongshan" and seed:
        raise ConfigError.of("demo-town-is-fixed")
    out = new_folder(out, replacing=replace)
    # As files, and then read like anyone's: the demo shows the way that an office goes.
    folder = out / "input"
    project = write_town(folder) if town == "bagongshan" else write_demo(folder, seed=seed)
    plan, written = _plan(Project.read(project), out, replacing=replace)
    closing_table(plan, written)
    leave(plan, strict=False)


def init(
    path: Annotated[
        Path,
        typer.Argument(help="Folder of the sheets, or the project file to write. 表格所在文件夹"),
    ] = Path(),
    changes: Annotated[
        Path | None,
        typer.Option(
            help="Write the template of the sheet of changes there, and nothing else. 生成变动表模板"
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite it if it exists. 覆盖")] = False,
) -> None:
    """Look at a folder, say what each file seems to be, and write the project file. 生成项目文件

    Paths, datums and columns that are found stand in it, each with the reason as a comment; read it, correct
    it, and check the sheets. 找到的文件、坐标基准和列名写入项目文件，并注明理由，请核对后再体检。
    """
    from planner.api.init.new_project import write_project
    from planner.api.init.surmise import KINDS
    from planner.api.rezone.run import write_template

    if changes is not None:
        told = escape(str(write_template(changes, replacing=force)))
        console.print(say(f"已写出变动表模板 {told}", f"wrote the template of changes: {told}"))
        return
    file, made = write_project(path, replacing=force)
    if made.seen:
        table = Table(say("文件", "file"), say("似为", "seems to be"), say("理由", "because"))
        for one in made.seen:
            name = f"{one.path.name} {one.sheet}".strip()
            table.add_row(
                escape(without_numbers(name)),
                say(*KINDS[one.kind]),
                escape(without_numbers(say(one.why_zh, one.why))),
            )
        console.print(table)
    for key in made.missing:
        zh, en = KINDS[key]
        console.print(say(f"未找到{zh}，请在项目文件中填写", f"no {en} were found: fill them in"))
    told = escape(str(file))
    console.print(
        say(
            f"已写出 {told}：请核对，然后运行 planner check {told}",
            f"wrote {told}: look it over, then: planner check {told}",
        )
    )


def zone(
    project: ProjectFile,
    out: OutFolder = Path("out"),
    previous: Annotated[
        Path | None,
        typer.Option(
            help="The plan that stands: keep homes with their centre. plan.gpkg, roster.internal.xlsx, or "
            "a sheet of one's own with 编号 and 中心户. 原方案"
        ),
    ] = None,
    move_price: Annotated[
        float | None,
        typer.Option(
            "--move-price",
            min=0,
            help="Metres of walking that one home changing hands must be worth. "
            "每户变动折算米数 \\[200, or move_price_m in the project file]",
        ),
    ] = None,
    fit_rules: Annotated[
        bool,
        typer.Option(
            "--fit-rules",
            help="Where the counts rule the rules out, plan under the nearest that fit, and "
            "say so. 规则与实际数量不符时，按最接近的可行规则规划",
        ),
    ] = False,
    yes: Yes = False,
    offline: Offline = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="For scheduled jobs: write the plan, then exit with 3 if it breaks a rule, or with 2 if "
            "homes were held back. 严格模式：违反规则退出码3，有搁置户退出码2",
        ),
    ] = False,
    allow_missing: Annotated[
        bool,
        typer.Option(
            "--allow-missing-centres",
            help="Plan although centres have no place on the map; their zones will be missing. "
            "允许有中心户未定位",
        ),
    ] = False,
    replace: Replace = False,
    resume: Resume = False,
    as_json: AsJson = False,
    trace: Annotated[
        Path | None,
        typer.Option(
            "--trace",
            help="Write the search's curve to this CSV: part, plan, bound, what limits it. 搜索过程",
        ),
    ] = None,
) -> None:
    """Plan the zones of a project file. 划分责任区

    With --previous the zones are re-cut with few homes changing hands; unchanged input changes nothing.
    Ctrl-C once, or SIGTERM, ends the search with the best plan so far (exit code 6); twice stops at once, and
    nothing is written (130). A long search keeps its best plan beside the output meanwhile: --resume goes on.
    按一次 Ctrl-C 以目前最好的方案结束（退出码6），按两次立即中止（130）；中断后可用 --resume 继续。

    Where the project file names an online provider, what would be asked, how long it takes and what it
    costs is shown first, and nothing is sent before you agree. Away from a terminal --yes agrees;
    without it the plan is made offline. Answers are kept: a run that was stopped goes on where it was.
    在线查询前先给出数量、用时和费用，同意后才发送；已得结果会保存，中断后可继续。
    """
    from planner.api.zone import Wishes
    from planner.model.project import Project

    wishes = Wishes(
        previous=previous,
        move_price_m=move_price,
        fit_rules=fit_rules,
        allow_missing_centres=allow_missing,
        offline=offline,
    )
    free = new_folder(out, replacing=replace)
    plan, written = _plan(
        Project.read(project),
        free,
        wishes,
        yes=yes,
        replacing=replace,
        trace=trace,
        resume=resumed_from(out, free, resume=resume),
    )
    if as_json:
        print_json({**plan.summary(), "files": {n: str(p) for n, p in written.items()}})
    else:
        closing_table(plan, written)
    leave(plan, strict=strict)


def resumed_from(out: Path, free: Path, *, resume: bool) -> Path | None:
    """Give the folder of the run to go on from: that of the results, or the one that was asked for."""
    from planner.api.checkpoint import CHECKPOINT

    if not resume:
        return None
    return next((f for f in (free, out) if (f / CHECKPOINT).is_file()), out)


def _plan(
    project: Project,
    out: Path,
    wishes: Wishes | None = None,
    *,
    yes: bool = False,
    replacing: bool = False,
    trace: Path | None = None,
    resume: Path | None = None,
) -> tuple[Plan, dict[str, Path]]:
    from planner.api.opening import online_of
    from planner.api.progress import Trace
    from planner.api.zone import Wishes, run_and_save

    wishes = wishes or Wishes()
    online = online_of(project)
    if online and wishes.offline:
        console.print(
            say(
                "--offline：不联网，仅使用已保存的结果",
                "--offline: nothing is sent; kept answers are used",
            )
        )
    with progress() as listener:
        curve = Trace(listener)
        try:
            return run_and_save(
                project,
                out,
                wishes,
                consent=consent_asker(online, listener, yes=yes) if online else None,
                listener=curve,
                replacing=replacing,
                resume=resume,
            )
        except KeyboardInterrupt:
            # Ctrl-C while a service is asked: what was answered was paid for, and is not lost.
            if online and listener.asked:
                console.print(
                    escape(
                        say(
                            f"已得结果保存在 {online.cache}，再次运行将从此处继续",
                            f"every answer so far is kept in {online.cache}; "
                            "the next run goes on from there",
                        )
                    )
                )
            raise
        finally:
            if trace is not None:
                curve.save(trace)


def leave(plan: Plan, *, strict: bool) -> None:
    """End with the exit code that the plan deserves."""
    # by hand comes before --strict: a plan that was cut short says nothing of the rules
    if plan.provenance.get("stopped") == "interrupt":
        console.print(
            say(
                "已按要求提前结束：写出的是目前最好的方案，可加 --resume 继续改进",
                "ended by hand: what was written is the best plan so far; --resume goes on from it",
            )
        )
        raise typer.Exit(INTERRUPTED)
    if strict and (code := _strict_code(plan)):
        raise typer.Exit(code)


def _strict_code(plan: Plan) -> int:
    """Give 3 where the plan breaks a rule, 2 where homes were held back, else 0; and say why."""
    from planner.api.plan import rule_words
    from planner.errors import Severity

    certificate = plan.certificate
    broken = [say(*rule_words(name)) for name in sorted({v.rule for v in certificate.violations})]
    if certificate.disconnected:
        broken.append(say("责任区不连通", "zones not connected"))
    if broken:
        head = say("严格模式：不符合规则", "strict: broken")
        console.print(f"[bold red]{head}[/bold red]: {escape(', '.join(broken))}")
        return 3
    # rules first: a job that breaks them is worse than one that left homes out
    held = sum(f.severity in (Severity.HOLD, Severity.STOP) for f in plan.findings)
    if held or len(plan.gaps):
        console.print(
            f"[bold red]{say('严格模式', 'strict')}[/bold red]: "
            + say(
                f"未覆盖{len(plan.gaps)}户，待改正{held}处",
                f"{len(plan.gaps)} homes without a place or zone, {held} findings to mend",
            )
        )
        return 2
    return 0
