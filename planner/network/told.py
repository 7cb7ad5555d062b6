"""What is said of streets that were read otherwise than they were drawn."""

from __future__ import annotations

from collections.abc import Mapping

from planner.errors import Finding, Severity

__all__ = ["told_of_extract", "told_of_lines"]


def told_of_extract(counts: Mapping[str, int], shut: int) -> tuple[Finding, ...]:
    """Tell of trunk roads that are walked, private gates that are shut, and deleted objects.

    Parameters
    ----------
    counts : mapping of str to int
        `planner.network.streets.osm.Extract.counts`.
    """
    trunk, deleted = counts.get("trunk_ways_walked", 0), counts.get("deleted_objects", 0)
    walked = Finding(
        "trunk-walked",
        Severity.WARN,
        f"{trunk} trunk roads with houses or streets along them are walked on",
        f"{trunk}段干线公路（trunk）沿线有房屋或街巷，按可步行处理",
        "tag them foot=no or motorroad=yes in the extract if nobody walks there",
        "若确实不可步行，请在路网中标注 foot=no 或 motorroad=yes",
    )
    gates = Finding(
        "gates-shut",
        Severity.WARN,
        f"{shut} private gates are taken as shut: others would walk through them",
        f"{shut}处私人门按关闭处理：否则外人可借道穿行",
        "tag a gate access=yes in the extract if everybody may pass it",
        "若任何人均可通行，请在路网中标注 access=yes",
    )
    gone = Finding(
        "streets-deleted",
        Severity.FIX,
        f"{deleted} objects that are marked as deleted were left out",
        f"已略去{deleted}个标为删除的要素",
    )
    return tuple(f for n, f in ((trunk, walked), (shut, gates), (deleted, gone)) if n)


def told_of_lines(name: str, left_out: int, joined: int, apart: int) -> tuple[Finding, ...]:
    """Tell of lines that nobody walks, and of lines that cross without a common vertex.

    Parameters
    ----------
    left_out : int
        Lines that their own columns forbid to walkers.
    joined, apart : int
        Crossings without a vertex that were joined, and that were left as they are.
    """
    barred = Finding(
        "streets-left-out",
        Severity.WARN,
        f"{left_out} lines are not walked, as their columns say (highway, foot, access)",
        f"{left_out}条线按其属性（highway、foot、access）不可步行，未采用",
        "correct these columns if people walk there",
        "若实际可步行，请更正这些列",
        file=name,
    )
    level = Finding(
        "streets-joined",
        Severity.FIX,
        f"lines cross {joined} times without a common vertex; they were joined there",
        f"线段有{joined}处相交但没有公共顶点，已在交点处连通",
        "say bridge, tunnel or layer in columns where a crossing is not at grade",
        "若为立交，请用 bridge、tunnel 或 layer 列注明",
        file=name,
    )
    bridges = Finding(
        "streets-apart",
        Severity.WARN,
        f"lines cross {apart} times without a common vertex, and were taken for bridges there",
        f"线段有{apart}处相交但没有公共顶点，按立交处理",
        "draw a vertex on both lines where they meet",
        "若实际相通，请在交点处为两条线添加公共顶点",
        file=name,
    )
    return tuple(f for n, f in ((left_out, barred), (joined, level), (apart, bridges)) if n)
