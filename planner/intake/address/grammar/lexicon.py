"""The words of an address: provinces, prefectures, and the last syllables that betray a kind.

The names are those of the state's own list of divisions (GB/T 2260, province and prefecture level),
plus county-level cities that people write without their suffix.  Everything below that level is
read from its suffix and its place in the line.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Final

__all__ = [
    "ASSIST",
    "BARE_CITIES",
    "BARE_COUNTIES",
    "HOME_SUFFIXES",
    "NEITHER_SUFFIXES",
    "NOISE",
    "NOTHING",
    "PROVINCES",
    "SEPARATORS",
    "SUFFIXES",
    "SURNAMES",
    "TRADE_SUFFIXES",
    "WORTH",
    "words",
]


def words(text: str) -> tuple[str, ...]:
    """Split a list that is written as one string."""
    return tuple(text.split())


SEPARATORS: Final = frozenset(" -_/\\,.;:()[]{}<>、。，；：（）【】《》“”‘’…?*!\"'|^~`+=&@$%·•#")
"""Characters that part the elements of an address and mean nothing else."""

_TOLD: Final = tomllib.loads(
    resources.files("planner.intake.address.grammar").joinpath("words.toml").read_text("utf-8")
)

PROVINCES: Final[dict[str, tuple[str, ...]]] = {
    name: tuple(name + end for end in (*words(ends), ""))
    for ends, names in _TOLD["provinces"].items()
    for name in words(names)
}
"""Short name of each province -> its spellings, longest first.  Municipalities are cities here."""

BARE_CITIES: Final = frozenset(words(_TOLD["bare_cities"]))
"""Prefecture-level names without their suffix."""

BARE_COUNTIES: Final = frozenset(words(_TOLD["bare_counties"]))
"""County-level names that are often written without their suffix."""

ASSIST: Final[str] = _TOLD["assist"]
"""Words that say where a thing stands relative to another; they end up in the remainder."""

# 市辖区 and the like are headings of the official list of divisions, and no places.
NOISE: Final = (
    "(?<=[市区县])城区(?=[一-龥]{2,3}(?:街道|镇)) "
    "自编 电联 丰巢 菜鸟驿站 自提 快递柜 收件 市辖区 直辖县 其它地区 其他地区 省直辖县级行政区划 "
    "null NULL None"
)
"""Words that lists and parcels carry and that place nothing."""

NOTHING: Final = "不详 无 同上 暂无 未知 不明 空 没有 待定 未填 null NULL None nan"
"""Whole cells that say that there is no address."""

SUFFIXES: Final[dict[str, str]] = _TOLD["suffixes"]
"""Kind of place -> the endings of its names; a longer ending wins over a shorter of its kind."""

TRADE_SUFFIXES: Final[str] = _TOLD["trade_suffixes"]
"""Names after which a bare `N号` is a shop or a room, not a building."""

NEITHER_SUFFIXES: Final[str] = _TOLD["neither_suffixes"]
"""Names after which a bare `N号` is rather a number on the road."""

HOME_SUFFIXES: Final[str] = _TOLD["home_suffixes"]
"""Names that can only be those of estates."""

WORTH: Final[dict[str, float]] = _TOLD["worth"]
"""Ending -> log-odds beside that of its kind."""

SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任沈姚卢姜崔钟谭"
    "陆汪范廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万钱严武戴莫孔向汤常温康施文牛樊葛邢安齐易乔"
    "伍庞颜倪庄聂章鲁岳翟申关柳欧骆祝耿左焦管"
)
"""What most names of people begin with: a short word behind a place that begins so may be one."""
