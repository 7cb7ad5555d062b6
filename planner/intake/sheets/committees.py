"""Which community or building a whole sheet is of: offices keep a sheet for each, without the column."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Final

from planner.intake.address.canonical import canonical_field
from planner.intake.sheets.cell_values import half_width
from planner.intake.sheets.read import SheetTable
from planner.model.characters import simplified

__all__ = ["building_in", "building_named", "community_in", "community_named"]

_REGISTER: Final = (
    "居民|住户|党员|家庭|户籍|人员|基本|信息|情况|登记|统计|汇总|花名|名|单|册|表|台账|库|的|户"
)
_COMMUNITY: Final = re.compile(
    r"(?:[^社]{2,}?(?:省|市|区|县|旗))?(?:[^社]{2,}?(?:街道|乡|镇)(?:办事处)?)?"
    r"(?P<name>(?:(?!社区|委会)[\u3400-\u9fff]){1,8}(?:社区|居委会|居民委员会|村委会|村民委员会|行政村))"
    rf"(?:居委会|居民委员会)?(?:{_REGISTER})*"
)
_BUILDING: Final = re.compile(
    r"(?P<compound>[\u3400-\u9fff]{2,12}?(?:小区|社区|花园|花苑|[苑园院里坊城府庭湾居庄村寓楼舍区]))?"
    r"(?P<building>第?(?:\d{1,3}|[一二三四五六七八九十]{1,3})(?:号楼|[栋幢座]))"
    rf"(?:{_REGISTER})*"
)
_BLANKS: Final = re.compile(
    r"[(（【\[].*?[)）】\]]|(?<!\d)[\s.、_\-—:：]+|[\s.、_\-—:：]+(?!\d)"  # 1-3栋 is not 13栋
)
_ASIDE: Final = re.compile(r"[(（【\[].*?[)）】\]]|[\d\s.、_\-—:：年月日]+")
_NO_NAME: Final = re.compile(
    r"(?:各|本|全|所属|全部|我|该|第[一二三四五六七八九十]+|[一二三四五六七八九十]|城市|农村)?(?:社区|居委会|村委会)"
)


def community_in(text: str) -> str:
    """Read the community out of the name of a sheet or a file, or out of a title; "" where it names none.

    Parameters
    ----------
    text : str
        As written.

    Returns
    -------
    str
        The name that stands in it, and nothing else stands there but the place it lies in and what the
        register is called.

    Examples
    --------
    >>> community_in("新庄孜街道柳荫社区居民信息表（2024年）"), community_in("居民信息表")
    ('柳荫社区', '')
    """
    bare = _ASIDE.sub("", simplified(half_width(text)))
    found = _COMMUNITY.fullmatch(bare)
    if found is None or _NO_NAME.fullmatch(found["name"]):
        return ""
    return found["name"]


def community_named(t: SheetTable) -> str:
    """Give the community that the name of a sheet, its title, or the name of its file says; "" for none.

    The nearest to the rows counts; where sheet and title name two, nobody knows.
    """
    own, title = community_in(t.sheet), community_in(t.title)
    if own and title and own != title:
        return ""
    return own or title or community_in(PurePath(t.file).stem)


def building_in(text: str) -> tuple[str, str]:
    """Read estate and building out of the name of a sheet or a title; "" for what it does not name.

    Parameters
    ----------
    text : str
        As written.

    Returns
    -------
    tuple of (str, str)
        Nothing else may stand there but what the register is called.

    Examples
    --------
    >>> building_in("向阳小区3号楼住户登记表"), building_in("3栋"), building_in("向阳小区")
    (('向阳小区', '3号楼'), ('', '3栋'), ('', ''))
    """
    found = _BUILDING.fullmatch(_BLANKS.sub("", simplified(half_width(text))))
    return ("", "") if found is None else (found["compound"] or "", found["building"])


def building_named(t: SheetTable) -> tuple[str, str]:
    """Give estate and building that the name of a sheet or its title says; nothing where they name two."""
    (estate, own), (other, title) = building_in(t.sheet), building_in(t.title)
    if (
        own and title and canonical_field("building", own) != canonical_field("building", title)
    ) or (estate and other and estate != other):
        return "", ""
    return estate or other, own or title
