"""Which community a whole sheet is of: offices keep a sheet or a file for each, and leave the column out."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Final

from planner.intake.sheets.cell_values import half_width
from planner.intake.sheets.read import SheetTable
from planner.model.characters import simplified

__all__ = ["community_in", "community_named"]

_REGISTER: Final = (
    "居民|住户|党员|家庭|户籍|人员|基本|信息|情况|登记|统计|汇总|花名|名|单|册|表|台账|库|的|户"
)
_COMMUNITY: Final = re.compile(
    r"(?:[^社]{2,}?(?:省|市|区|县|旗))?(?:[^社]{2,}?(?:街道|乡|镇)(?:办事处)?)?"
    r"(?P<name>(?:(?!社区|委会)[\u3400-\u9fff]){1,8}(?:社区|居委会|居民委员会|村委会|村民委员会|行政村))"
    rf"(?:居委会|居民委员会)?(?:{_REGISTER})*"
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
