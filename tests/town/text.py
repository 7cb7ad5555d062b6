"""What stands beside the made-up town's files: that they are made up, and how to make them again."""

from __future__ import annotations

__all__ = ["town_readme"]

_TEXT = """\
# 合成示例：一个虚构的街道 / SYNTHETIC: an invented town

**本文件夹中的全部内容均为程序生成的合成数据，不对应任何真实的人、住户、楼栋或街道。**
只有三个社区的名称取自公开的行政区划名录；路网、小区、围墙、大门、河流、铁路、楼栋、住户、党员、角色、特长、
独居老人标记、关爱对象、走访记录、推荐与评分、需求、意愿、异议、阵地、组织名称均为虚构，姓名形如“合成居民00001”，电话形如“000-0000-0000”。

**Everything here is made up by a program; none of it is a real person, home, building or street.**
Only the names of the three communities are those of the public list; the streets, compounds, walls, gates,
river, railway, buildings, households, members, roles, strengths, marks of care, the log of visits,
nominations, points, needs, wishes, objections, venues and organisations are invented.

| 文件 file | 内容 what it is |
|---|---|
| `households.xlsx` | {households} 行居民户，地址按各人习惯书写 / rows of households, as people write them |
| `members.xlsx` | {members} 名党员，其中 {centres} 名中心户 / members, {centres} of them centres |
| `buildings.xlsx` | 楼栋表，坐标为 GCJ-02 / the building table, in GCJ-02 |
| `log.xlsx`, `gates.xlsx` | 一年走访记录、可开放的门 / a log of a year, gates that could be opened |
| `needs.xlsx`, `wishes.xlsx` | 居民需求、双向选择意愿 / needs of homes, wishes for centres |
| `objections.xlsx`, `venues.xlsx` | 公示异议、阵地 / objections, venues |
| `communities.geojson` | 三个社区的边界 / the borders of three communities |
| `streets.osm` | 虚构的路网、围墙、大门、河流、铁路 / the invented streets, walls, gates, river, railway |
| `planner.toml` | 项目文件 / the project file: `planner zone planner.toml --out out` |

有意留下的难处：写法不一、全角、错字、缺单元、次序颠倒、重复行；两条同名的石榴巷，有两户须用
`planner review` 选定；查无此处的地址；河湾路离中心户超过 500 米；一个尚未入住的小区。

Left difficult on purpose: many hands, full-width digits, typing errors, missing stairwells, parts out of
order, rows pasted twice; two lanes of one name, so that two homes are held until `planner review`; addresses
that are nowhere; a riverside lane more than 500 m from any centre; a compound where nobody lives yet.

随机种子 seed: {seed}. 重新生成（逐字节相同）/ to make it again, byte for byte:

    python -m tests.town.write --to town --seed {seed}
"""


def town_readme(*, seed: int, households: int, members: int, centres: int) -> str:
    """Say in Chinese and English that the files are synthetic, what each is, and how to remake them.

    Parameters
    ----------
    seed : int
        Of the generator.
    households, members, centres : int
        Rows of the sheets.

    Returns
    -------
    str
        Markdown.
    """
    return _TEXT.format(seed=seed, households=households, members=members, centres=centres)
