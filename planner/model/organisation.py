"""The organisation that a net belongs to: tiers above the centres, and centres that are no household."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from planner.errors import ConfigError
from planner.model.small_tables import folded

__all__ = ["CENTRE_KINDS", "Organisation", "kind_of_centre"]

CENTRE_KINDS: Mapping[str, tuple[str, str, tuple[str, ...]]] = MappingProxyType(
    {
        "shop": ("商户", "shop", ("商户", "商铺", "店", "超市", "个体", "shop", "store")),
        "property": ("物业", "property office", ("物业", "property", "estate office")),
        "unit": (
            "单位",
            "unit",
            ("单位", "企业", "公司", "机关", "学校", "医院", "unit", "company"),
        ),
    }
)
"""Centres that are no household: code -> Chinese, English, words that tell it; the first that fits counts."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """The section ``[organisation]`` of a project.

    Parameters
    ----------
    tiers : tuple of str
        Organisations above the communities, the highest first: 区委, 街道党工委.
    communities : mapping of str to str
        The organisation of each community (社区党总支), by the name of the fence.
    branches : mapping of str to str
        The organisation of an estate (小区支部), to the community that it belongs to.

    Raises
    ------
    ConfigError
        A name is blank, or stands twice.
    """

    tiers: tuple[str, ...] = ()
    communities: dict[str, str] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [*self.tiers, *self.communities.values(), *self.branches]
        if not all(name.strip() for name in names):
            raise ConfigError.of("organisation-blank")
        if len(set(names)) < len(names):
            raise ConfigError.of("organisation-twice")

    def __bool__(self) -> bool:
        return bool(self.tiers or self.communities or self.branches)


def kind_of_centre(text: str) -> str:
    """Tell what a centre is: a key of `CENTRE_KINDS`, "" for a household and for what no word fits."""
    told = folded(text)
    return next(
        (c for c, (_, _, words) in CENTRE_KINDS.items() if any(w in told for w in words)), ""
    )
