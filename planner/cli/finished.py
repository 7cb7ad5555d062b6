"""Commands on a finished plan: draw it, compare it, change it, ask it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planner.cli.terminal import (
    AsJson,
    Force,
    OutFolder,
    ProjectFile,
    ReleaseUnknown,
    Replace,
    ReplaceCopies,
    SheetsOf,
    closing_table,
    console,
    new_folder,
    print_json,
    say,
)
from planner.errors import InputError

if TYPE_CHECKING:
    from planner.api.plan import Lookup, Place
    from planner.api.recheck import Recheck


__all__ = ["PlanFile", "apply", "compare", "draw_map", "fill", "lookup", "verify"]

Earlier = Annotated[
    list[Path] | None,
    typer.Option(
        "--earlier",
        help="A map for a meeting that was handed out before (map.html, compare.html, or its plan); may be "
        "repeated. The new page must hide its counts beside all of them. 此前发放的会议版，可重复填写",
    ),
]
PlanFile = Annotated[Path, typer.Argument(help="A plan, or the folder it lies in. 方案 plan.gpkg")]


def draw_map(
    plan: PlanFile,
    audience: Annotated[
        str,
        typer.Option(
            help="public 公开 (outlines, centres, rounded counts), meeting 会议 (by building), or internal "
            "内部 (the roster; watermarked). "
            "公开版仅轮廓、中心户与取整户数；会议版按楼栋；内部版含花名册，带水印"
        ),
    ] = "meeting",
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="File to write. 输出文件 \\[map.html, map.AUDIENCE.html]"),
    ] = None,
    title: Annotated[
        str | None, typer.Option(help="Heading; the plan's own by default. 标题")
    ] = None,
    project: Annotated[
        Path | None,
        typer.Option(
            help="The project that the plan was made from: names of the centres and their office phones "
            "(public), names, rooms and care flags (internal) are taken from its sheets. "
            "原项目文件：公开版的中心户姓名与办公电话、内部版的姓名房号与关怀标记取自其表格"
        ),
    ] = None,
    basemap: Annotated[
        str | None,
        typer.Option(
            help="Online tiles beneath the plan: tianditu, or an address with {z}/{x}/{y} on WGS-84. The "
            "page then makes requests when it is opened; without it, none. "
            "在线底图：打开页面时会发出请求；不填则不联网"
        ),
    ] = None,
    earlier: Earlier = None,
    release_unknown: ReleaseUnknown = False,
    force: Force = False,
) -> None:
    """Draw a plan for the public, for a meeting, or for the office itself. 按受众出图

    The finished file is read again before it is released: where it holds what its audience must not
    see, nothing is written and the exit code is 5. A plan holds no names, but digests of them; one that
    does not know them takes them from --project and keeps their digests, or is refused.
    出图后先行检查，含不应公开的内容则不写出（退出码5）。方案文件不含姓名，仅含其摘要；没有摘要的方案须加
    --project 从原表读取（随后存入方案），否则不放行。内部版带水印，须明确指定。
    """
    from planner.api.covering import without_streets
    from planner.api.opening import free_file
    from planner.api.plan import Audience, Plan, audience_of, handed_out
    from planner.api.release import answered_for, kept_in

    to = audience_of(audience)
    name = "map.html" if to is Audience.MEETING else f"map.{to}.html"
    path = free_file(out or Path(name), replacing=force)
    loaded = Plan.load(plan)
    release = release_unknown and to is not Audience.INTERNAL
    made, people = answered_for(loaded, project, release=release, door=path.name)
    kept_in(plan, made, loaded)
    open_to = project if to is Audience.PUBLIC else None
    near = without_streets(made, open_to, people) if open_to and people else None
    page = made.map(audience=to, title=title, people=people, coverage=near, basemap=basemap)
    written = page.beside(handed_out(earlier or ())).save(path)
    Console(highlight=False).print(f"{say(to.terms.zh, to.terms.en)}: {written}", markup=False)
    if basemap:
        console.print(
            say(
                "[bold]在线底图[/bold]：打开时将向底图服务商请求所示区域的瓦片",
                "[bold]online[/bold]: whoever opens it asks the tiles' host for the area shown",
            )
        )
    # said on paper and on the screen: the file looks like any map
    if to is Audience.INTERNAL:
        console.print(
            say(
                "[bold red]内部资料[/bold red]：含居民信息，请勿外传",
                "[bold red]internal[/bold red]: holds residents; readable by you alone",
            )
        )


def compare(
    old: Annotated[Path, typer.Argument(help="The plan before, or its folder. 调整前方案")],
    new: Annotated[Path, typer.Argument(help="The plan after, or its folder. 调整后方案")],
    out: Annotated[Path, typer.Option("--out", "-o", help="File to write. 输出文件")] = Path(
        "compare.html"
    ),
    audience: Annotated[
        str,
        typer.Option(help="meeting 会议 only; any other is refused. 仅限会议版，其他受众将被拒绝"),
    ] = "meeting",
    title: Annotated[str | None, typer.Option(help="Heading; that of NEW by default. 标题")] = None,
    earlier: Earlier = None,
    release_unknown: ReleaseUnknown = False,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Draw two plans in one page: a switch, a slider, and what changes hands. 前后方案对照图

    For a meeting: by building, small counts hidden; the page passes the privacy gate before it is
    written. 会议版，按楼栋显示，先行隐私检查。
    """
    from planner.api.opening import free_file
    from planner.api.plan import Plan, handed_out
    from planner.api.release import answered_for, kept_in

    free_file(out, replacing=force)
    both: list[Plan] = []
    for path in (old, new):
        loaded = Plan.load(path)
        plan, _ = answered_for(loaded, None, release=release_unknown, door=out.name)
        kept_in(path, plan, loaded)
        both.append(plan)
    before, after = both
    page = after.map(audience=audience, against=before, title=title)
    page.beside(handed_out(earlier or ()))
    comparison = after.compare(before)
    written = page.save(out)
    figures = comparison.figures()
    if as_json:
        print_json({**figures, "homes_moved": comparison.moved, "file": str(written)})
        return
    (walk_a, walk_b), (_, homes) = figures["mean_m"], figures["households"]
    Console(highlight=False).print(
        say(
            f"{homes:,} 户中有 {comparison.moved:,} 户变更中心户，平均步行 {walk_a:,.1f} → {walk_b:,.1f} 米",
            f"{comparison.moved:,} of {homes:,} homes change hands; "
            f"mean walk {walk_a:,.1f} -> {walk_b:,.1f} m",
        )
        + f"\n{written}",
        markup=False,
    )


def apply(
    plan: PlanFile,
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
    project: SheetsOf = None,
    release_unknown: ReleaseUnknown = False,
    replace: Replace = False,
    as_json: AsJson = False,
) -> None:
    """Apply what a meeting changed on the map: check, replay, audit, record. 应用会议调整

    Moves and locks stay as they are; with --complete the rest may follow. The plan that was changed is
    not touched: the new one is written to OUT, with its history.
    """
    from planner.api.opening import alone
    from planner.api.plan import Plan
    from planner.api.release import answered_for

    free = new_folder(out, replacing=replace)
    with alone(free, plan):
        before, _ = answered_for(Plan.load(plan), project, release=release_unknown, door="apply")
        after = before.apply(changes, complete=complete, seconds=seconds, by=by)
        written = after.save(free, replacing=replace)
    if as_json:
        print_json({**after.summary(), "files": {n: str(p) for n, p in written.items()}})
        return
    closing_table(after, written)
    entry = after.provenance["history"][-1]
    # what was minimised, so that walks and broken rules are weighed as in the search
    change = entry["value_m"] - entry["value_before_m"]
    Console(highlight=False).print(
        say(
            f"手工调整 {len(entry['moves'])} 个单元，共变动 {entry['moved_units']} 个；"
            f"步行与规则合计 {change:+,.0f} 米",
            f"{len(entry['moves'])} units moved by hand, {entry['moved_units']} in all; walking and rules "
            f"together {change:+,.0f} m",
        )
    )
    if seats := entry.get("centres"):
        names = ", ".join(str(seat["centre"]) for seat in seats)
        Console(highlight=False).print(
            say(
                f"中心户有变（{names}）：下次重划前请在党员名册中同样登记，否则按名册复原",
                f"centres that changed ({names}): write it in the members' sheet, too, before the next "
                "re-zoning, which goes by the sheet",
            ),
            markup=False,
        )


UNSETTLED = 2  # exit code where the address was not found, or fits places of several zones


def verify(
    plan: PlanFile,
    project: Annotated[
        Path | None,
        typer.Option(
            help="What the plan was made from: its files by their digests, then homes and walks anew. "
            "原项目文件：先核对文件，再重算户数与步行"
        ),
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=0.0, help="Time after which no more is proven. 限时（秒）")
    ] = 120.0,
    as_json: AsJson = False,
) -> None:
    """Check a plan again, and prove how near the best possible it is. 独立复核

    Whatever was edited in the file since it was written is told by its table; each change of its history must
    be one that can be undone; every figure is recomputed and the bound is proven from the file alone, by a
    program that shares no code with the search. Exit code 2: something does not hold, or the file claims more
    than could be proven. 逐表核对是否被改动、历史能否撤销，并独立重算与证明。退出码2：未能复核。
    """
    from planner.api.recheck import recheck

    found = recheck(plan, project, seconds=seconds)
    if not found.holds:
        raise _not_held(found, plan)
    proof = found.proof
    if as_json:
        told = {"optimality_gap": proof.certificate.optimality_gap, "proven_m": proof.proven_m}
        told |= {"claimed_m": proof.claimed.bound_m, "seconds": proof.seconds}
        print_json(
            {**told, "digests": found.edited is not None, "inputs": found.inputs is not None}
        )
        return
    for zh, en in found.said:
        console.print(say(zh, en))


def _not_held(found: Recheck, plan: Path) -> InputError:
    """Say what does not hold: what was edited weighs more than a bound for which time did not suffice."""
    inputs, proof = found.inputs, found.proof
    if found.edited:
        return InputError.of("verify-edited", plan=plan, tables=", ".join(found.edited))
    if found.past:
        return InputError.of("verify-past", plan=plan, numbers=", ".join(map(str, found.past)))
    if inputs and inputs.other:
        return InputError.of("verify-files", plan=plan, files=", ".join(inputs.other))
    if inputs and inputs.figures:
        return InputError.of("verify-figures", plan=plan, figures=", ".join(inputs.figures))
    if proof.differs:
        return InputError.of("verify-wrong", plan=plan, figures=", ".join(proof.differs))
    share = f"{100 * proof.certificate.optimality_gap:.2f}"
    return InputError.of("verify-bound", plan=plan, share=share, s=f"{proof.seconds:.0f}")


def fill(
    plan: PlanFile,
    project: ProjectFile,
    out: OutFolder = Path("filled"),
    replace: ReplaceCopies = False,
    as_json: AsJson = False,
) -> None:
    """Give the office's own sheets back with zone, centre and serving member filled in. 回填原表

    The copies keep the layout of the sheets; formulas stand as values, the sheets themselves are never
    changed. They hold residents: treat them like the sheets. 原表不变；副本含居民信息，请勿外传。
    """
    from planner.api.fill import fill as fill_in
    from planner.api.plan import Plan

    written = fill_in(Plan.load(plan), project, out, replacing=replace)
    if as_json:
        print_json({"files": {name: str(path) for name, path in written.items()}})
        return
    for path in written.values():
        Console(highlight=False).print(str(path), markup=False)


def lookup(
    plan: PlanFile,
    address: Annotated[
        list[str], typer.Argument(help="An address, or lon,lat in WGS-84. 地址或经度,纬度")
    ],
    as_json: AsJson = False,
) -> None:
    """Tell whose zone an address lies in, and the walk to its centre. 查询责任区

    Exit code 0: the zone is known. Exit code 2: the address was not found, or it fits places of several
    zones, which are all listed; none is chosen. 退出码2：未找到，或符合多个责任区（逐一列出，不作选择）。
    """
    from planner.api.plan import Plan

    found = Plan.load(plan).lookup(" ".join(address))
    if as_json:
        print_json(found.to_mapping())
    else:
        _tell(found)
    if not found.settled:
        # a script must not take several zones for an answer
        raise typer.Exit(UNSETTLED)


def _tell(found: Lookup) -> None:
    if not found.settled:
        console.print(
            f"[bold red]{say('未能确定', 'not settled')}[/bold red]: "
            + escape(say(found.cause_zh, found.cause))
        )
    if found.settled and len(found.places) == 1:
        _one(found.places[0])
    elif found.places:
        _several(found)


def _cells(place: Place) -> dict[str, str]:
    """Give what a place is told by, in words: ``Place, Zone, Centre, Walk, Match``."""
    walk = "-"
    if place.walk_m is not None and place.minutes is not None:
        # 0 minutes would read as no walk at all.
        minutes = f"{place.minutes:.0f}" if place.minutes >= 1 else "<1"
        walk = say(f"{place.walk_m:,.0f}米，{minutes}分钟", f"{place.walk_m:,.0f} m, {minutes} min")
    apart = f"{place.away_m:.0f}"
    away = ", " + say(f"相距{apart}米", f"{apart} m away") if place.away_m >= 1 else ""
    return {
        say("地点", "Place"): escape(place.label or f"{place.lon:.6f},{place.lat:.6f}"),
        say("责任区", "Zone"): str(place.zone) if place.zone else say("未分配", "none"),
        say("中心户", "Centre"): escape(place.centre),
        say("步行", "Walk"): walk,
        say("匹配", "Match"): escape(f"{place.precision}, {place.confidence:.2f}{away}"),
    }


def _one(place: Place) -> None:
    table = Table(show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    whose = escape(f"{place.centre} ({place.centre_id})") if place.zone else "-"
    for name, cell in (_cells(place) | {say("中心户", "Centre"): whose}).items():
        if name == say("步行", "Walk") and place.fence:
            table.add_row(say("社区", "Fence"), escape(place.fence))
        table.add_row(name, cell)
    if place.venue is not None:
        table.add_row(say("阵地", "Venue"), escape(say(*place.venue.words)))
    Console(highlight=False).print(table)


def _several(found: Lookup) -> None:
    rows = [_cells(place) for place in found.places]
    table = Table()
    for head in rows[0]:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*row.values())
    show = Console(highlight=False)
    show.print(table)
    if found.settled:
        zone = rows[0][say("责任区", "Zone")]
        show.print(say(f"均属责任区 {zone}", f"All of them lie in zone {zone}."))
