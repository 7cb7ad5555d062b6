"""What stands above the centres, and centres that are no household, in roster, summary and map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd

from planner.model.organisation import CENTRE_KINDS
from planner.model.tables import PlanTables

__all__ = ["centre_kind", "organisation_rows", "organisation_words"]

Both = tuple[str, str]
_TIER: Both = ("上级组织", "above")
_COMMUNITY: Both = ("社区党组织", "of a community")
_BRANCH: Both = ("小区支部", "of an estate")


def centre_kind(tables: PlanTables, centre_id: str) -> Both | None:
    """Name what a centre is that is no household; None for a household."""
    code = (tables.provenance.get("centre_kinds") or {}).get(centre_id, "")
    return CENTRE_KINDS[code][:2] if code in CENTRE_KINDS else None


def organisation_words(tables: PlanTables) -> Both | None:
    """Say in a line what stands above the centres, and how many of these are no household.

    Gives: Chinese and English; None where nothing is stated of either.
    """
    told: Mapping[str, Any] = tables.provenance.get("organisation") or {}
    kinds = Counter((tables.provenance.get("centre_kinds") or {}).values())
    if not told and not kinds:
        return None
    tiers, communities, branches = (told.get(k) or () for k in ("tiers", "communities", "branches"))
    zh: list[str] = list(tiers)
    en: list[str] = list(tiers)
    for some, (what_zh, what) in (
        (communities, ("社区党组织", "community organisations")),
        (branches, ("小区支部", "estate branches")),
    ):
        if some:
            zh.append(f"{what_zh}{len(some)}个")
            en.append(f"{len(some)} {what}")
    own_zh, own = f"中心户{len(tables.centres)}个", f"{len(tables.centres)} centres"
    if kinds:
        listed = [(CENTRE_KINDS[code][:2], kinds[code]) for code in CENTRE_KINDS if kinds[code]]
        own_zh += "（其中" + "、".join(f"{zh_}{n}个" for (zh_, _), n in listed) + "）"
        own += " (" + ", ".join(f"{n} {en_}" for (_, en_), n in listed) + ")"
    return " › ".join([*zh, own_zh]), " › ".join([*en, own])


def organisation_rows(tables: PlanTables) -> pd.DataFrame:
    """List the organisations with what belongs to each: the highest first.

    Gives: ``tier`` (in words)``, name, community, centres, households``; no row where nothing is stated.
    """
    told: Mapping[str, Any] = tables.provenance.get("organisation") or {}
    centres = tables.centres
    rows: list[tuple[str, str, str, int, int]] = []

    def counted(mine: pd.Series) -> tuple[int, int]:
        return int(mine.sum()), int(centres.loc[mine, "households"].sum())

    every = pd.Series(True, index=centres.index)
    for name in told.get("tiers") or ():
        rows.append((" ".join(_TIER), name, "", *counted(every)))
    for fence, name in (told.get("communities") or {}).items():
        own = centres["fence"] == fence
        rows.append((" ".join(_COMMUNITY), name, fence, *counted(own)))
    for name, fence in (told.get("branches") or {}).items():
        # which homes an estate holds is not known here: the community's own are told above
        rows.append((" ".join(_BRANCH), name, fence, 0, 0))
    return pd.DataFrame(rows, columns=["tier", "name", "community", "centres", "households"])
