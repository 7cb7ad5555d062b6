"""Commands about what the service did."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.cli.answers import ReplaceBook, answered
from planner.cli.finished import PlanFile
from planner.cli.terminal import (
    AsJson,
    OutFolder,
    ProjectFile,
    ReleaseUnknown,
    new_folder,
    progress,
    show_findings,
)

__all__ = ["due", "duties", "wishes", "year"]

LogFiles = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Logs of what was done (走访记录), any sheets with a day, a kind and a home or zone; none: what "
        "is kept beside the plan. 走访记录，可写多个；不写则用已保存的记录",
        show_default=False,
    ),
]
Store = Annotated[
    Path | None,
    typer.Option(
        help="Where rows are kept, each once; service_log.internal.sqlite beside the plan by default. 记录库"
    ),
]


def year(
    plan: PlanFile,
    logs: LogFiles = None,
    since: Annotated[
        str,
        typer.Option("--from", help="First day, such as 2025-01-01. 起始日期", show_default=False),
    ] = "",
    until: Annotated[
        str | None,
        typer.Option("--to", help="Last day; a year from --from on if left out. 截止日期"),
    ] = None,
    project: Annotated[
        Path | None,
        typer.Option(
            help="The project: headings under \\[columns] log, figures under \\[care] counts, and the "
            "sheets whose people the public text must not name. 项目文件"
        ),
    ] = None,
    out: OutFolder = Path("year"),
    store: Store = None,
    with_map: Annotated[
        bool, typer.Option("--map", help="The public map of the plan too. 另存公开版地图")
    ] = False,
    release_unknown: ReleaseUnknown = False,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="Overwrite the report in OUT; else a dated folder is made beside it. 覆盖原报告",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    r"""Write the year's, quarter's or month's report from the service log. 年度（季度、月度）服务报告

    Counts activities, problems solved, opinions, patrols and visits, mediations, paired households, wishes
    and people who took part, by community and zone, against the period before. year.public.md is for anyone:
    communities only, and no count below the threshold; year.internal.xlsx has every figure with its rows.
    Rows are kept beside the plan: the same sheet twice counts once, and what is solved by now is solved.
    按社区和责任区统计活动、解决困难、社情民意、巡查走访、调解、结对帮扶、微心愿、参与群众，并与上期对比。
    公开版只到社区，不含小数；内部版逐项列明出处。记录保存在方案旁，重复导入只计一次。

    \b
    planner year out/ log.xlsx --from 2025-01-01                    # 2025 against 2024
    planner year out/ --from 2025-04-01 --to 2025-06-30             # a quarter, of the rows that are kept
    """
    from planner.api.plan import Plan
    from planner.api.release import kept_in
    from planner.api.service.year import STORE, year_report

    free = new_folder(out, replacing=replace, holding="year.internal.xlsx")
    with progress() as listener:
        before = made = Plan.load(plan)
        if release_unknown:
            made = made.release_unknown(door="year.public.md")
        kept = store or (plan if plan.is_dir() else plan.parent) / STORE
        told = {"project": project, "store": kept, "listener": listener}
        found = year_report(made, logs or (), since, until, **told)
    written = found.save(free, with_map=with_map, replacing=replace)
    if release_unknown:
        kept_in(plan, made, before)
    if not as_json:
        show_findings(found.findings)
    answered(found, written, as_json=as_json)


def due(
    plan: PlanFile,
    project: ProjectFile,
    logs: LogFiles = None,
    on: Annotated[
        str | None, typer.Option(help="The day; the last one of the log if left out. 截止日期")
    ] = None,
    ahead: Annotated[
        int, typer.Option(min=0, help="Visits that fall due within so many days. 提前天数")
    ] = 7,
    silent: Annotated[
        int,
        typer.Option(min=1, help="Centres without a mentor's contact for so many days. 未联系天数"),
    ] = 90,
    helpers: Annotated[
        Path | None,
        typer.Option(
            help="A visits.internal.xlsx: its first helpers visit the care households. 走访计划"
        ),
    ] = None,
    out: OutFolder = Path("due"),
    store: Store = None,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="Overwrite the list in OUT; else a dated folder is made beside it. 覆盖原结果",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    r"""List the visits that are due, what is open, and centres that no mentor was in touch with. 走访提醒

    Each household is of a class (weekly, monthly, quarterly, ...): the one in its column 走访频次, else
    that of its kind of care. due.internal.xlsx lists by member what is overdue, due and done, overdue care
    first; open problems by age; and of each mentor the contacts, trainings and centres not heard of.
    按走访频次（无则按关爱类别）列出逾期、到期、已访，关爱户在前；未办结事项及天数；指导员联系与培训情况。仅供内部使用。

    \b
    planner due out/ planner.toml log.xlsx --on 2025-06-30
    """
    from planner.api.plan import Plan
    from planner.api.service.visits_due import Asked, visits_due
    from planner.api.service.year import STORE, day_named

    free = new_folder(out, replacing=replace, holding="due.internal.xlsx")
    with progress() as listener:
        kept = store or (plan if plan.is_dir() else plan.parent) / STORE
        asked = Asked(None if on is None else day_named(on), ahead, silent)
        told = {"asked": asked, "helpers": helpers, "store": kept}
        found = visits_due(Plan.load(plan), project, logs or (), **told, listener=listener)
    written = found.save(free, replacing=replace)
    answered(found, written, as_json=as_json)


def duties(
    plan: PlanFile,
    project: ProjectFile,
    logs: LogFiles = None,
    since: Annotated[
        str | None,
        typer.Option("--from", help="First day; a year before the last one if left out. 起始日期"),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--to", help="Last day; that of the log if left out. 截止日期"),
    ] = None,
    out: OutFolder = Path("duties"),
    store: Store = None,
    replace: ReplaceBook = False,
    as_json: AsJson = False,
) -> None:
    r"""Write each centre's card: its duties, its zone's needs and talents, who meets what. 中心户职责卡

    Needs of households (需求: a column of their sheet, or a sheet under \[care] needs) are met by members
    with a talent for them (特长) of the zone and those beside it, as many as can be, by the shortest walks
    together; what nobody can meet is listed with its cause. With a log what was done is counted by duty.
    duties.internal.xlsx has a page for each centre. Duties and kinds of needs may be tables of your own.
    按特长匹配居民需求（本区及相邻责任区，总步行最短），列出未匹配原因；按职责统计记录次数。文件仅供内部使用。

    \b
    planner duties out/ planner.toml log.xlsx
    """
    from planner.api.plan import Plan
    from planner.api.service.duty_cards import duty_cards
    from planner.api.service.year import STORE

    free = new_folder(out, replacing=replace, holding="duties.internal.xlsx")
    with progress() as listener:
        kept = store or (plan if plan.is_dir() else plan.parent) / STORE
        asked = {"since": since, "until": until, "store": kept}
        found = duty_cards(Plan.load(plan), project, logs or (), **asked, listener=listener)
    written = found.save(free, replacing=replace)
    if not as_json:
        show_findings(found.findings)
    answered(found, written, as_json=as_json)


def wishes(
    plan: PlanFile,
    project: ProjectFile,
    curve: Annotated[
        bool,
        typer.Option(
            "--curve",
            help="Nine plans at nine prices of a wish: wishes met against metres, each with its proven gap. "
            "意愿与步行的取舍",
        ),
    ] = False,
    seconds: Annotated[
        float, typer.Option(min=1.0, help="With --curve: for all of them. 时限（秒）")
    ] = 60.0,
    out: OutFolder = Path("wishes"),
    replace: ReplaceBook = False,
    as_json: AsJson = False,
) -> None:
    r"""Tell whose wishes a plan meets, and what more of them would cost. 双向选择

    Homes and members wish for up to three centres each (意愿1 to 意愿3, in the sheet that \[affinity] wishes
    names); wish_m there is what a wish is worth in metres when the plan is made. wishes.internal.xlsx lists
    whom the plan meets and whom not, the trade-off, and for each home that no zone covers a committee
    member who fills the gap.
    住户与党员各填至多三个意愿中心户；列出满足与否、意愿与步行的取舍，以及未覆盖住户的兜底人员。文件仅供内部使用。

    \b
    planner wishes out/ planner.toml --curve
    """
    from planner.api.plan import Plan
    from planner.api.service.wishing import two_way

    free = new_folder(out, replacing=replace, holding="wishes.internal.xlsx")
    with progress() as listener:
        asked = {"curve": curve, "seconds": seconds}
        found = two_way(Plan.load(plan), project, listener=listener, **asked)
    written = found.save(free, replacing=replace)
    if not as_json:
        show_findings(found.findings)
    answered(found, written, as_json=as_json)
