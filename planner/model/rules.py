"""The rule book: the validated numbers that a plan must meet.

A rule book is data.  The named profiles lie in ``profiles/*.toml`` beside this file; a project file may name
one and override single numbers.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from difflib import get_close_matches
from functools import partial
from importlib import resources
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import numpy as np

from planner.errors import ConfigError
from planner.model.arrays import Floats
from planner.model.section import made, read_section, refuse_unknown

__all__ = [
    "DEFAULT_PROFILE",
    "Bound",
    "RuleBook",
    "WalkLimit",
    "is_of_care",
    "profile_names",
    "rule_words",
]

DEFAULT_PROFILE = "bagongshan-1-5-15"


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        raise ConfigError.of("bound-not-number", where=where, value=value)
    return float(value)


@dataclass(frozen=True, slots=True)
class Bound:
    """A floor and a ceiling, hard or elastic.

    Parameters
    ----------
    low, high : float or None
        Limits; None leaves that side free.
    hard : bool
        A hard bound must hold, or there is no plan.  An elastic one may be broken at a price.
    price_m : float
        Metres charged for each unit by which a zone breaks an elastic bound.

    Raises
    ------
    ConfigError
        Low is above high, or a number is negative.
    """

    low: float | None = None
    high: float | None = None
    hard: bool = False
    price_m: float = 1000.0

    def __post_init__(self) -> None:
        for name in ("low", "high", "price_m"):
            value = getattr(self, name)
            if value is not None and _number(value, name) < 0:
                raise ConfigError.of("rule-negative", name=name, value=value)
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ConfigError.of("bound-crossed", low=self.low, high=self.high)
        # A floor of 0 is no floor, but a ceiling of 0 would leave everybody without a zone.
        if self.high == 0:
            raise ConfigError.of("bound-high-zero")

    def __str__(self) -> str:
        if self.low is None and self.high is None:
            return "free"
        if self.high is None:
            return f">= {self.low:g}"
        return f"<= {self.high:g}" if self.low is None else f"{self.low:g}-{self.high:g}"


@dataclass(frozen=True, slots=True)
class WalkLimit:
    """How far a household may live from its centre, on foot.

    Parameters
    ----------
    limit_m : float
        Metres of walking, access legs included.
    hard : bool
        If so, a household beyond the limit is left unassigned and listed as a coverage gap; else it
        is assigned, listed, and charged for.
    price : float
        Metres charged for each metre beyond the limit, for each household.
    reach_m : float or None
        No household is ever assigned to a centre farther than this, except to its nearest one;
        three times the limit when None.  It keeps the model finite and is part of its definition.
    """

    limit_m: float = 500.0
    hard: bool = False
    price: float = 2.0
    reach_m: float | None = None

    def __post_init__(self) -> None:
        if not _number(self.limit_m, "walk.limit_m") > 0:
            raise ConfigError.of("walk-limit-not-positive", limit_m=self.limit_m)
        if _number(self.price, "walk.price") < 0:
            raise ConfigError.of("walk-price-negative", price=self.price)
        if self.reach_m is not None and _number(self.reach_m, "walk.reach_m") < self.limit_m:
            raise ConfigError.of("walk-reach-below-limit")

    @property
    def reach(self) -> float:
        """The farthest pair that the model holds, metres."""
        # Beyond three times the limit nobody walks, and each pair that is left out makes the model smaller.
        return 3 * self.limit_m if self.reach_m is None else self.reach_m

    def charge_m(self, walk_m: Floats) -> Floats:
        """Price of walks, for each household or other unit of load: only what lies beyond the limit."""
        return self.price * np.maximum(walk_m - self.limit_m, 0.0)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The numbers that a plan must meet.

    Parameters
    ----------
    name : str
        Name of the profile.
    title, title_zh : str
        One line in English and Chinese.
    source : str
        Where the numbers were published, in one line.
    place, place_zh, date, document : str
        The same apart: where, when (ISO day, month or year), and the title of what was published, as
        written there; "" where that is not known.
    asks, asks_zh : str
        What the published text asks besides, and where a project states it: no number here holds it.
    members_per_zone : Bound
        Members linked by one central household, the centre included.
    households_per_member : Bound
        Households that one serving member looks after.  A zone holds at most `high` times its
        members; `low` times the fewest members that may serve is its floor.
    households_per_zone : Bound
        Households of one zone; a side that the profile leaves out follows from the other two.
    walk : WalkLimit
        The walk from a household to its centre.
    excused_age : float or None
        Members of this age and over do not serve, where their sheet tells ages; None for no such rule.
    by_fence : mapping of str to RuleBook
        Communities that have limits of their own for members and households; the walk is the same for all.
    """

    name: str = "custom"
    title: str = ""
    title_zh: str = ""
    source: str = ""
    place: str = ""
    place_zh: str = ""
    date: str = ""
    document: str = ""
    asks: str = ""
    asks_zh: str = ""
    members_per_zone: Bound = field(default_factory=Bound)
    households_per_member: Bound = field(default_factory=Bound)
    households_per_zone: Bound = field(default_factory=Bound)
    walk: WalkLimit = field(default_factory=WalkLimit)
    excused_age: float | None = None
    by_fence: Mapping[str, RuleBook] = field(default_factory=dict)

    def __post_init__(self) -> None:
        zone, members, each = (
            self.households_per_zone,
            self.members_per_zone,
            self.households_per_member,
        )
        low, high = zone.low, zone.high
        if low is None and members.low is not None and each.low is not None:
            low = members.low * each.low
        if high is None and members.high is not None and each.high is not None:
            high = members.high * each.high
        if low is not None and high is not None and low > high:
            raise ConfigError.of("counts-crossed", low=low, high=high)
        object.__setattr__(self, "households_per_zone", replace(zone, low=low, high=high))

    @property
    def bounds(self) -> dict[str, Bound]:
        """Each bound by the name of its rule."""
        found = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: bound for name, bound in found.items() if isinstance(bound, Bound)}

    def in_fence(self, name: str) -> RuleBook:
        """Give the rules of a community: its own, where it has some."""
        return self.by_fence.get(name, self)

    @classmethod
    def of(cls, value: Self | str | PathLike[str] | Mapping[str, Any] | None) -> Self:
        """Take a rule book, or what names one: a profile, a TOML file, or numbers beside the default's.

        Raises
        ------
        ConfigError
            It is none of these, or is wrong.
        """
        if value is None or isinstance(value, cls):
            return value or cls.profile()
        if isinstance(value, str) and not value.lower().endswith(".toml"):
            return cls.profile(value)
        where = "rules"
        if isinstance(value, str | PathLike):
            where = Path(value).name
            try:
                value = tomllib.loads(Path(value).read_text("utf-8-sig"))
            except (OSError, ValueError) as error:
                raise ConfigError.of("rules-unreadable", name=where, error=error) from None
            value = value.get("rules", value)  # a project file has them in a section
        if not isinstance(value, Mapping):
            raise ConfigError.of("no-rules-kind", kind=type(value).__name__)
        return cls.from_mapping({"profile": DEFAULT_PROFILE, **value}, where=where)

    @classmethod
    def profile(cls, name: str = DEFAULT_PROFILE) -> Self:
        """Load a named profile.

        Raises
        ------
        ConfigError
            There is no profile of that name.
        """
        if name not in profile_names():
            near = get_close_matches(name, profile_names(), 1)
            raise ConfigError.of(
                "unknown-profile",
                name=name,
                meant=f"{near[0]}? " if near else "",
                meant_zh=f"是否应为 {near[0]}？" if near else "",
                names=", ".join(profile_names()),
                names_zh="、".join(profile_names()),
            )
        text = (
            resources.files("planner.model").joinpath("profiles", f"{name}.toml").read_text("utf-8")
        )
        return cls.from_mapping(tomllib.loads(text), where=f"profile {name}")

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], *, where: str = "[rules]") -> Self:
        """Build a rule book from TOML values.

        With a key ``profile`` the named profile is taken and the other keys override its numbers.

        Raises
        ------
        ConfigError
            A key is unknown or a number is wrong; the text names the key.
        """
        given = dict(values)
        own = given.pop("by_fence", {})
        base = cls.profile(given.pop("profile")) if "profile" in given else cls()
        whole: Any = _overridden(base, given, where)
        return (
            replace(whole, by_fence=_of_fences(whole, own, f"{where}.by_fence")) if own else whole
        )

    def to_mapping(self) -> dict[str, Any]:
        """Give the rule book as nested plain values: the inverse of `from_mapping`."""

        def stated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            # TOML has no null, and most books have no communities of their own
            return {key: value for key, value in pairs if value is not None and value != {}}

        return asdict(self, dict_factory=stated)


def _overridden(base: RuleBook, given: Mapping[str, Any], where: str) -> RuleBook:
    """Put stated numbers in the place of those of a book."""
    known = sorted(f.name for f in fields(RuleBook))
    refuse_unknown(given, ("profile", *known), where)
    changes: dict[str, Any] = {}
    for key, value in given.items():
        part = getattr(base, key)
        if isinstance(part, str):
            changes[key] = str(value)
        elif key == "excused_age":
            changes[key] = _number(value, f"{where}.{key}")
        else:
            at = f"{where}.{key}"
            changes[key] = made(partial(replace, part), read_section(type(part), value, at), at)
    # What the profile's zones follow from has changed, so they follow from that anew.
    of_members = changes.keys() & {"members_per_zone", "households_per_member"}
    if of_members and "households_per_zone" not in changes:
        changes["households_per_zone"] = replace(base.households_per_zone, low=None, high=None)
    return made(partial(replace, base), changes, where)


def _of_fences(whole: RuleBook, values: object, where: str) -> dict[str, RuleBook]:
    """Read the rules of single communities: a profile, or numbers beside those of all."""
    found: dict[str, RuleBook] = {}
    for fence, given in values.items() if isinstance(values, Mapping) else ((where, values),):
        at = f'{where}."{fence}"'
        if not isinstance(given, Mapping):
            raise ConfigError.of("by-fence-not-section", where=at)
        told = {key: value for key, value in given.items() if key != "by_fence"}
        base = RuleBook.profile(told.pop("profile")) if "profile" in told else whole
        book = _overridden(replace(base, by_fence={}), told, at)
        if "walk" in told and book.walk != whole.walk:
            raise ConfigError.of("by-fence-walk", where=at)
        found[str(fence)] = replace(book, walk=whole.walk)
    return found


def profile_names() -> tuple[str, ...]:
    """List the named profiles, sorted."""
    folder = resources.files("planner.model").joinpath("profiles")
    return tuple(
        sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml"))
    )


_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "households_per_zone": ("每个责任区户数", "households in a zone"),
        "members_per_zone": ("每个责任区党员数", "members in a zone"),
        "households_per_member": ("每名党员服务户数", "households per member"),
        "load_per_zone": ("每个责任区工作量", "workload of a zone"),
        "must_ties": ("必须同区（或分开）而未满足的关系", "ties that must hold and do not"),
        "walk_m": ("到中心户步行距离（米）", "walk to the centre (m)"),
    }
)


def rule_words(name: str) -> tuple[str, str]:
    """Name a rule for people.

    Returns
    -------
    (str, str)
        Chinese and English; the name itself where the rule is not known.  What stands behind an ``@`` is the
        community whose rule it is.
    """
    if "@" in name:
        rule, _, fence = name.partition("@")
        zh, en = rule_words(rule)
        return f"{zh}（{fence}）", f"{en} ({fence})"
    if name.startswith("care_per_member"):
        return _share_words(name)
    if name.startswith("talent:"):
        talent = name.removeprefix("talent:")
        return f"每个责任区“{talent}”人数", f"members of a zone with the strength {talent}"
    return _WORDS.get(name, (name, name.replace("_", " ")))


def is_of_care(name: str) -> bool:
    """Tell whether a rule counts care households: what becomes of it is the office's own knowledge."""
    return name.startswith("care_per_member")


def _share_words(name: str) -> tuple[str, str]:
    talents, _, care = name.removeprefix("care_per_member").removeprefix(":").partition("/")
    who, homes = talents.replace("|", "、"), care.replace("|", "、")
    return (
        f"每名{f'“{who}”' if who else ''}党员联系{homes or '关爱'}户数",
        f"{homes or 'care'} households per member{f' with the strength {who}' if who else ''}",
    )
