"""The ledger of people: who was read, who has a place, who has none and why; it adds up or nothing is told.

Every output opens with it, in the order of what weighs most: centres without a place, members, homes,
homes beyond the walk limit, homes with a place and no zone, broken rules.  `Ledger.of` makes it before
anything is solved, a plan carries it in ``provenance["ledger"]``, `ledger_of` reads it back, and
`ledger_lines` words it in Chinese and English.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from planner.demand.demand import Demand
from planner.demand.locate import Located
from planner.errors import InputError
from planner.model.arrays import AnyInts
from planner.model.rules import is_of_care
from planner.model.tables import PlanTables

__all__ = [
    "Count",
    "Ledger",
    "LedgerLine",
    "ledger_lines",
    "ledger_of",
    "require_centres",
    "since_words",
    "zoneless",
]

NAMED = 5
FEW = 10  # reasons of fewer members are not told
# Why somebody has no place, in Chinese and English.
WHY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "absent": ("地址未找到", "address not found"),
        "number": ("道路已知，门牌未找到", "street known, number not"),
        "numberless": ("缺少门牌号", "no house number"),
        "community": ("仅知社区", "only the community is known"),
        "like": ("仅与已知地名相似", "only resembles a known name"),
        "rejected": ("复核未采用", "rejected by the review"),
        "ambiguous": ("符合多处", "fits several places"),
        "elsewhere": ("地址所述为外地", "names another place"),
        "apart": ("两种来源不一致", "two sources disagree"),
        "outside": ("位于路网范围外", "outside the streets"),
        "online": ("在线服务未给出结果", "no answer online"),
        "far-from-streets": ("附近没有道路", "no street nearby"),
        "no-address": ("无地址亦无坐标", "neither address nor coordinates"),
        "bad-coordinates": ("坐标无效", "the coordinates are no place"),
        "two-addresses": ("一格多个地址", "more than one address in the cell"),
        "duplicate-id": ("编号冲突", "the id is taken"),
        "date-cell": ("地址被表格改为日期", "the address became a date"),
        "formula-error": ("公式错误", "a formula error"),
        "bad-load": ("权重无效", "the weight is no number"),
        "ragged-row": ("行格式错误", "the row is out of shape"),
        "same-point": ("多栋楼共用一点", "many buildings on one point"),
        "excused-age": ("年龄", "over age"),
        "excused-ill": ("因病", "ill"),
        "excused-away": ("外出", "away"),
        "excused": ("免予联系", "excused"),
        "conflict": ("地址与坐标不符", "address and coordinates disagree"),
    }
)
MANY_GONE = 0.05
"""Share of the homes of the plan before that do not go in a month or a year: a list may be cut short."""
_OTHER = ("其他原因", "another reason")


@dataclass(frozen=True, slots=True)
class Count:
    """People of one kind: ``in = placed + held``.

    `people`: all of them, each once.
    `why`: code of the reason -> those who have no place for it; see `WHY`.
    `rows` and `repeated`: rows of the sheets, and those that said the same as an earlier one.
    Raises `ValueError`: it does not add up.
    """

    people: int
    placed: int
    why: Mapping[str, int] = field(default_factory=dict)
    rows: int = 0
    repeated: int = 0

    def __post_init__(self) -> None:
        if self.people != self.placed + self.held:
            raise ValueError(
                f"{self.people} people are not {self.placed} placed and {self.held} held"
            )
        if self.rows != self.people + self.repeated:
            raise ValueError(
                f"{self.rows} rows are not {self.people} people and {self.repeated} repeated"
            )

    @property
    def held(self) -> int:
        """Those without a place."""
        return sum(self.why.values())

    @classmethod
    def of(
        cls, frame: pd.DataFrame, unit: AnyInts, repeated: int, rows: int | None = None
    ) -> Count:
        """Count located people; who has no unit is held."""
        lost = np.flatnonzero(np.asarray(unit) < 0)
        codes = (
            frame["code"].to_numpy(object)[lost]
            if "code" in frame
            else np.full(len(lost), "", object)
        )
        cause = frame["cause"].to_numpy(object)[lost]
        why = Counter(
            str(code) if code else ("absent" if told else "far-from-streets")
            for code, told in zip(codes, cause, strict=True)
        )
        n = len(frame)
        # a plan made in Python has no sheets to count rows in
        counted = n + repeated if rows is None else rows
        return cls(n, n - len(lost), dict(sorted(why.items())), counted, repeated)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Homes, members and centres of a plan, each counted once.

    `homes` and `members` and `centres`: centres are members too. `Count.rows` of centres are their own.
    `lost_centres`: ids of the centres without a place, sorted.
    """

    homes: Count
    members: Count
    centres: Count
    lost_centres: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.lost_centres) != self.centres.held:
            raise ValueError("centres without a place and their names differ in number")

    @classmethod
    def of(cls, located: Located, demand: Demand) -> Ledger:
        """Count everyone who was read, as soon as units are known.

        `located`: with the rows of the sheets, where they were counted.
        """
        chosen = located.members["is_centre"].to_numpy(bool)
        centres, unit = located.members[chosen], demand.member_unit[chosen]
        rows, again = located.rows, located.repeated
        return cls(
            Count.of(located.households, demand.household_unit, again[0], rows and rows[0]),
            Count.of(located.members, demand.member_unit, again[1], rows and rows[1]),
            Count.of(centres, unit, 0),
            tuple(sorted(centres["id"].to_numpy(str)[unit < 0].tolist())),
        )

    def to_mapping(self) -> dict[str, Any]:
        """Give plain JSON values; whose homes are lost is not among them, whose centres are is."""
        return asdict(self) | {"lost_centres": list(self.lost_centres)}


def ledger_of(tables: PlanTables) -> Ledger | None:
    """Read the ledger of a plan; None for a plan that carries none."""
    kept = tables.provenance.get("ledger")
    if not kept:
        return None
    counts = {name: Count(**kept[name]) for name in ("homes", "members", "centres")}
    return Ledger(**counts, lost_centres=tuple(kept["lost_centres"]))


def require_centres(ledger: Ledger, *, allow_missing: bool = False) -> None:
    """Refuse to plan while centres have no place: their whole zones would be missing.

    Raises `InputError`: names the first centres by id, and why (exit code 2).
    """
    lost = ledger.lost_centres
    if allow_missing or not lost:
        return
    names = ", ".join(lost[:NAMED]) + (" ..." if len(lost) > NAMED else "")
    zh, en = _why_words(ledger.centres.why)
    raise InputError.of(
        "centres-without-place",
        n=len(lost),
        people=ledger.centres.people,
        names=names,
        en=en,
        zh=zh,
    )


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line of the ledger, for people.

    `code`: ``read, since, centres, members, homes, beyond-limit, without-zone`` or ``rules-broken``: stable.
    `lost`: people (or rules, in the last line) for whom it is bad news; 0 where all is well.
    """

    code: str
    zh: str
    en: str
    lost: int = 0


def ledger_lines(tables: PlanTables) -> tuple[LedgerLine, ...]:
    """Word the ledger of a plan: what every output opens with, in this order.

    `tables`: the plan; of one without a ledger only the lines of the certificate are given.
    Gives: rows read; centres, members and homes with those without a place and why; homes beyond the
    walk limit; homes with a place and no zone; other broken rules. The proof comes after them.
    """
    ledger, lines = ledger_of(tables), list[LedgerLine]()
    if ledger is not None:
        # Centres are members too, and their rows are not counted twice.
        rows, again = (
            ledger.homes.rows + ledger.members.rows,
            ledger.homes.repeated + ledger.members.repeated,
        )
        zh, en = f"读入{rows:,}行", f"{rows:,} rows read"
        if again:
            zh, en = f"{zh}，其中重复{again:,}行", f"{en}, {again:,} of them repeated"
        lines.append(LedgerLine("read", zh, en))
    if since := tables.provenance.get("since"):
        few = since["gone"] < MANY_GONE * max(since["before"], 1)
        words = since_words(f"{since['new']:,}", f"{since['gone']:,}")
        lines.append(LedgerLine("since", *words, 0 if few else since["gone"]))
    if ledger is not None:
        lines += [
            _people_line("centres", ledger.centres, "中心户", "centres"),
            _people_line("members", ledger.members, "党员", "members"),
            _people_line("homes", ledger.homes, "居民户", "homes"),
        ]
    walk = [r for r in tables.certificate.rules if r.name == "walk_m"]
    far, limit = sum(r.broken for r in walk), next((r.high for r in walk), None)
    if limit is not None:
        lines.append(
            LedgerLine(
                "beyond-limit",
                f"步行超过{limit:g}米：{far:,}户",
                f"beyond {limit:g} m: {far:,} homes",
                far,
            )
        )
    left = zoneless(tables)
    lines.append(
        LedgerLine(
            "without-zone",
            f"已定位而未划入责任区：{left:,}户",
            f"placed but in no zone: {left:,} homes",
            left,
        )
    )
    broken = sum(not is_of_care(v.rule) for v in tables.certificate.violations)
    zh, en = (
        ("未符合规则", "rules broken")
        if limit is None
        else ("其他规则未符合", "other rules broken")
    )
    lines.append(LedgerLine("rules-broken", f"{zh}：{broken:,}处", f"{en}: {broken:,}", broken))
    return tuple(lines)


def since_words(new: str, gone: str) -> tuple[str, str]:
    """Word how many homes came and went since the plan before."""
    return (
        f"与原方案相比：新增{new}户，减少{gone}户",
        f"since the plan before: {new} homes are new, {gone} are gone",
    )


def zoneless(tables: PlanTables) -> int:
    """Count the homes that have a place, and no zone."""
    homes = tables.households
    return int(((homes["unit_id"] != "") & (homes["zone"] == "")).sum())


def _people_line(code: str, count: Count, zh: str, en: str) -> LedgerLine:
    told_zh = f"{zh}{count.people:,}：已定位{count.placed:,}"
    told = f"{count.people:,} {en}: {count.placed:,} placed"
    resting = {c: n for c, n in count.why.items() if c.startswith("excused")}
    lost = {c: n for c, n in count.why.items() if c not in resting}
    if lost:
        (why_zh, why), n = _why_words(lost), sum(lost.values())
        told_zh += f"，未定位{n:,}（{why_zh}）"
        told += f", {n:,} without a place ({why})"
    if resting:
        # by their own sheet they do not serve: nothing is amiss
        n, many = sum(resting.values()), {c: k for c, k in resting.items() if k >= FEW}
        told_zh, told = f"{told_zh}，不参与联系{n:,}", f"{told}, {n:,} do not serve"
        # why one member or two are excused would tell who is ill
        if many:
            why_zh, why = _why_words(many)
            told_zh, told = f"{told_zh}（其中{why_zh}）", f"{told} (of them {why})"
    return LedgerLine(code, told_zh, told, sum(lost.values()))


def _why_words(why: Mapping[str, int]) -> tuple[str, str]:
    """Word the reasons, the weightiest first."""
    order = sorted(why.items(), key=lambda item: (-item[1], item[0]))
    told = [(*WHY.get(code, _OTHER), n) for code, n in order]
    return "、".join(f"{zh}{n:,}" for zh, _, n in told), ", ".join(
        f"{en} {n:,}" for _, en, n in told
    )
