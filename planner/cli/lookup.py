"""The command that answers whose zone an address lies in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planner.cli.terminal import console

if TYPE_CHECKING:
    from planner.plan.lookup import Lookup, Place

__all__ = ["lookup"]

UNSETTLED = 2
"""Exit code where the address was not found, or fits places of several zones."""


def lookup(
    plan: Annotated[
        Path, typer.Argument(help="A plan file, or the folder it lies in. 方案 plan.gpkg")
    ],
    address: Annotated[
        list[str], typer.Argument(help="An address, or lon,lat in WGS-84. 地址或经度,纬度")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Plain JSON. 输出JSON")] = False,
) -> None:
    """Tell whose zone an address lies in, and the walk to its centre. 查询责任区

    Exit code 0: the zone is known. Exit code 2: the address was not found, or it fits places of several
    zones, which are all listed; none is chosen. 退出码2：未找到，或符合多个责任区（逐一列出，不作选择）。
    """
    from planner.api.plan import Plan

    file = plan / "plan.gpkg" if plan.is_dir() else plan
    found = Plan.load(file).lookup(" ".join(address))
    if as_json:
        text = json.dumps(found.to_mapping(), ensure_ascii=False, indent=1)
        Console(highlight=False).print(text, markup=False, soft_wrap=True)
    else:
        _tell(found)
    if not found.settled:
        raise typer.Exit(UNSETTLED)


def _tell(found: Lookup) -> None:
    if not found.settled:
        console.print(
            f"[bold red]not settled 未能确定[/bold red]: {escape(found.cause)} {escape(found.cause_zh)}"
        )
    if found.settled and len(found.places) == 1:
        _one(found.places[0])
    elif found.places:
        _several(found)


def _zone(place: Place) -> str:
    return str(place.zone) if place.zone else "none 未分配"


def _walk(place: Place) -> str:
    if place.walk_m is None or place.minutes is None:
        return "-"
    minutes = f"{place.minutes:.0f}" if place.minutes >= 1 else "<1"
    return f"{place.walk_m:,.0f} m, {minutes} min 分"


def _match(place: Place) -> str:
    away = f", {place.away_m:.0f} m away 相距" if place.away_m >= 1 else ""
    return f"{place.precision}, {place.confidence:.2f}{away}"


def _one(place: Place) -> None:
    table = Table(show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("Place 地点", escape(place.label) or f"{place.lon:.6f},{place.lat:.6f}")
    table.add_row("Zone 责任区", _zone(place))
    table.add_row(
        "Centre 中心户", escape(f"{place.centre} ({place.centre_id})") if place.zone else "-"
    )
    if place.fence:
        table.add_row("Fence 社区", escape(place.fence))
    table.add_row("Walk 步行", _walk(place))
    table.add_row("Match 匹配", escape(_match(place)))
    Console(highlight=False).print(table)


def _several(found: Lookup) -> None:
    table = Table()
    for head in ("Place 地点", "Zone 责任区", "Centre 中心户", "Walk 步行", "Match 匹配"):
        table.add_column(head, overflow="fold")
    for place in found.places:
        label = place.label or f"{place.lon:.6f},{place.lat:.6f}"
        table.add_row(
            escape(label), _zone(place), escape(place.centre), _walk(place), escape(_match(place))
        )
    show = Console(highlight=False)
    show.print(table)
    if found.settled:
        show.print(f"All of them lie in zone {_zone(found.places[0])}. 均属同一责任区。")
