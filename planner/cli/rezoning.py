"""The command that re-zones a plan by events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from planner.cli.finished import PlanFile
from planner.cli.planning import Resume, leave, resumed_from
from planner.cli.terminal import (
    AsJson,
    Offline,
    OutFolder,
    Replace,
    Yes,
    closing_table,
    consent_asker,
    new_folder,
    print_json,
    progress,
    say,
    table_of,
)

if TYPE_CHECKING:
    from planner.api.plan import Plan
    from planner.api.rezone.run import CurvePoint, Keeping
    from planner.model.project import Project

__all__ = ["rezone"]


def rezone(
    plan: PlanFile,
    project: Annotated[
        Path,
        typer.Option(help="The project that the plan was made from, or its folder. 原项目文件"),
    ] = Path("planner.toml"),
    changes: Annotated[
        Path | None,
        typer.Option(help="The sheet of changes; see planner init --changes. 变动表"),
    ] = None,
    households: Annotated[
        Path | None,
        typer.Option(help="The register of today, in place of the project's. 最新居民户表"),
    ] = None,
    members: Annotated[
        Path | None, typer.Option(help="The members of today, likewise. 最新党员表")
    ] = None,
    budget: Annotated[
        int | None,
        typer.Option(min=0, help="Homes that may change hands at most. 换手户数上限"),
    ] = None,
    price: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="Metres that one home changing hands must be worth. 每户换手折算米数 "
            "\\[200, or move_price_m in the project file]",
        ),
    ] = None,
    fewest: Annotated[
        bool,
        typer.Option(
            "--fewest", help="As few as possible, then short walks. 换手最少，其次步行最短"
        ),
    ] = False,
    zone_budget: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Homes that any one zone may lose at most, with --price or --fewest. 每个责任区转出户数上限",
        ),
    ] = None,
    member_budget: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Homes of any one member that may go to somebody else at most. 每名党员所联系户变更上限",
        ),
    ] = None,
    everywhere: Annotated[
        bool,
        typer.Option(
            "--everywhere",
            help="Also cut communities again in which nothing happened. 未变动的社区也重新划分",
        ),
    ] = False,
    mend: Annotated[
        bool,
        typer.Option(
            "--mend",
            help="Also cut communities again whose zones break a rule, and say what each rule that is "
            "mended costs in homes; with --fewest, by as few homes as that takes. "
            "一并修复原方案不符规则的社区，并说明各项规则的换手户数；可与 --fewest 同用",
        ),
    ] = False,
    why: Annotated[
        bool,
        typer.Option(
            "--why",
            help="Where several changes share a community, try each month without one of them: whoever would "
            "have stayed names it as its cause. Takes some seconds a change. 逐项试算变动原因",
        ),
    ] = False,
    curve: Annotated[
        bool,
        typer.Option(
            "--curve", help="Show what each number of homes buys; write no plan. 取舍曲线"
        ),
    ] = False,
    take: Annotated[
        int | None,
        typer.Option(min=1, help="Make the plan of that point of the curve. 采用第几个方案"),
    ] = None,
    by: Annotated[
        str, typer.Option(help="The office or meeting that decided, no person. 决定单位")
    ] = "",
    out: OutFolder = Path("out"),
    yes: Yes = False,
    offline: Offline = False,
    allow_missing: Annotated[
        bool,
        typer.Option(
            "--allow-missing-centres",
            help="Plan although centres have no place on the map. 允许有中心户未定位",
        ),
    ] = False,
    replace: Replace = False,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Re-cut a plan after what happened, with few homes changing hands. 按变动重划责任区

    Communities in which nothing happened keep their zones as they are. How much may change elsewhere is said
    in one of three ways: --price (the default), --budget, --fewest. Zone numbers and colours stay with their
    centre, locks hold; the plan keeps its history.
    未变动的社区原样保留；编号与颜色随中心户不变，锁定有效，历史留存。

    Exit code 3: more homes must change hands than the budget allows. Ctrl-C once, or SIGTERM, keeps the best
    plan so far (exit code 6); --resume goes on from it, also after a crash.
    退出码3：上限内无法完成；按一次 Ctrl-C 保留目前最好的方案（退出码6）；中断后可用 --resume 继续。
    """
    from planner.api.opening import online_of
    from planner.api.rezone.run import Changed, Options, rezone_and_save, rezone_curve
    from planner.errors import ConfigError
    from planner.model.project import Project

    task, changed = Project.of(project), Changed(changes, households, members)
    online = online_of(changed.project(task))
    limits = {"budget": budget, "zone_budget": zone_budget, "member_budget": member_budget}
    keeping = _keeping(task, price, limits, fewest=fewest)
    wished = (*limits.values(), price, fewest or None)
    if (curve or take is not None) and any(wish is not None for wish in wished):
        raise ConfigError.of("curve-or-keeping")
    if resume and curve and take is None:
        raise ConfigError.of("resume-curve")
    looking = curve and take is None
    # To look at the curve writes nothing, so no folder is taken for it.
    free = out if looking else new_folder(out, replacing=replace)
    with progress() as listener:
        options = Options(
            everywhere=everywhere,
            mend=mend,
            why=why,
            by=by,
            allow_missing_centres=allow_missing,
            offline=offline,
            consent=consent_asker(online, listener, yes=yes) if online else None,
            replacing=replace,
            take=take,
            resume=resumed_from(out, free, resume=resume),
        )
        if looking:
            points = rezone_curve(plan, task, changed, options=options, listener=listener)
            made, written = None, {}
        else:
            points = []
            made, written = rezone_and_save(
                plan, task, free, changed, keeping, options=options, listener=listener
            )
    if made is None:
        _show_curve(points, as_json=as_json)
    elif as_json:
        told = made.provenance["rezone"]
        print_json(
            {**made.summary(), "rezone": told, "files": {n: str(p) for n, p in written.items()}}
        )
    else:
        closing_table(made, written)
        _tell(made)
    if made is not None:
        leave(made, strict=False)


def _keeping(
    task: Project, price: float | None, limits: Mapping[str, int | None], *, fewest: bool
) -> Keeping:
    from planner.api.rezone.run import Keeping
    from planner.errors import ConfigError

    if sum((limits["budget"] is not None, price is not None, fewest)) > 1:
        raise ConfigError.of("keeping-two")
    own = task.affinity.move_price_m if price is None else price
    return Keeping(
        own,
        limits["budget"],
        fewest,
        limits["zone_budget"],
        member_budget=limits["member_budget"],
    )


def _tell(plan: Plan) -> None:
    """Say how many homes change hands, how many of them must, and how few any plan could do with."""
    from planner.api.plan import drift_words

    told = plan.provenance["rezone"]
    moved, forced, least = told["moved"], told["forced"], told["least"]
    # A line each: where both languages are told, two of them in one line would be read across.
    said = [
        say(
            f"{moved:,} 户变更中心户，其中 {forced:,} 户不可避免",
            f"{moved:,} homes change hands, {forced:,} of them whatever is done",
        )
    ]
    # The fewest that were found and the fewest that are proven may differ: then both are told.
    mending = "mended" in told
    if told["fewest"] and mending:
        said.append(
            say(
                f"这些规则须保持时，可证明不少于 {least:,} 户",
                f"where those rules hold, no plan moves fewer than {least:,}",
            )
        )
    elif told["fewest"] and moved == least:
        said.append(say("已证明无法更少", "proven that no plan moves fewer"))
    elif told["fewest"]:
        said.append(say(f"可证明不少于 {least:,} 户", f"no plan moves fewer than {least:,}"))
    if told["budget"] is not None:
        said.append(say(f"上限 {told['budget']:,} 户", f"{told['budget']:,} were allowed"))
    said += _lost(told)
    said += _mended(told.get("mended") or ())
    # Nothing was open to the search, so numbers of it would tell nothing.
    if not told["open_units"] and not moved:
        stays = say("各责任区原样保留", "every zone stays as it is")
        # a lock, or who joins without a place, is something that happened
        nothing = say("没有变动：各责任区原样保留", "nothing happened: every zone stays as it is")
        said = [stays if plan.provenance["history"][-1]["events"] else nothing]
    if drift := drift_words(plan):
        said.append(say(*drift))
    Console(highlight=False).print("\n".join(said), markup=False)


def _lost(told: Mapping[str, Any]) -> Iterator[str]:
    """Say how many homes single zones and members lose at most, where that is limited."""
    most, each = told["most_lost"], told["zone_budget"]
    if each is not None:
        yield say(
            f"各责任区转出至多 {most:,} 户（上限 {each:,} 户）",
            f"no zone loses more than {most:,} ({each:,} were allowed)",
        )
    most, each = told["most_lost_member"], told["member_budget"]
    if each is not None:
        yield say(
            f"每名党员所联系户改由他人联系至多 {most:,} 户（上限 {each:,} 户）",
            f"no member has more than {most:,} homes that go to somebody else ({each:,} were allowed)",
        )


def _mended(rules: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Say of each rule that was mended what it costs."""
    from planner.api.plan import rule_words

    for rule in rules:
        zh, en = rule_words(rule["rule"])
        numbers = ", ".join(map(str, rule["zones"]))
        homes, left = rule["homes"], rule["excess"]
        rest = say(f"，仍差 {left:g}", f", {left:g} left") if left else ""
        yield (
            say(
                f"{rule['fence']} 责任区 {numbers}：{zh}已修复，为此 {homes:,} 户变更",
                f"{rule['fence']}, zones {numbers}: {en} mended, for which {homes:,} homes change hands",
            )
            + rest
        )


def _show_curve(points: list[CurvePoint], *, as_json: bool) -> None:
    if as_json:
        print_json({"points": [asdict(point) for point in points]})
        return
    heads = (
        say("序号", "No."),
        say("换手户数", "Homes moved"),
        say("步行与规则（米）", "Walks and rules, m"),
        say("下界（米）", "Lower bound, m"),
    )
    cells = ((p.number, p.homes_moved, p.value_m, p.bound_m) for p in points)
    rows = ([f"{v:,.0f}" for v in row] for row in cells)
    show = Console(highlight=False)
    show.print(table_of(heads, rows, title=say("取舍曲线", "What each number of homes buys")))
    show.print(
        say(
            "采用其中一个：加 --take 序号",
            "To make one of them the plan: add --take and its number",
        ),
        markup=False,
    )
