"""The words of an address: provinces, prefectures, and the last syllables that betray a kind.

The names are those of the state's own list of divisions (GB/T 2260, province and prefecture level),
plus county-level cities that people write without their suffix.  Everything below that level is
read from its suffix and its place in the line.
"""

from __future__ import annotations

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
    "TRADE_SUFFIXES",
    "words",
]


def words(text: str) -> tuple[str, ...]:
    """Split a list that is written as one string."""
    return tuple(text.split())


SEPARATORS: Final = frozenset(" -_/\\,.;:()[]{}<>、。，；：（）【】《》“”‘’…?*!\"'|^~`+=&@$%·•#")
"""Characters that part the elements of an address and mean nothing else."""

PROVINCES: Final[dict[str, tuple[str, ...]]] = {
    name: tuple(name + end for end in ends.split("|"))
    for ends, names in {
        "省|": "河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 "
        "贵州 云南 陕西 甘肃 青海 台湾",
        "自治区|省|": "内蒙古 西藏",
        "壮族自治区|自治区|省|": "广西",
        "回族自治区|自治区|省|": "宁夏",
        "维吾尔自治区|自治区|省|": "新疆",
        "特别行政区|": "香港 澳门",
    }.items()
    for name in words(names)
}
"""Short name of each province -> its spellings, longest first.  Municipalities are cities here."""

BARE_CITIES: Final = frozenset(
    words("""
石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 太原 大同
阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁 呼和浩特 包头 乌海 赤峰
通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 沈阳 大连 鞍山 抚顺 本溪 丹东
锦州 营口 阜新 辽阳 盘锦 铁岭 葫芦岛 长春 四平 辽源 通化 白山 松原 白城
哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化
南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 杭州
宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 合肥 芜湖 蚌埠 淮南
马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城 福州 厦门
莆田 三明 泉州 漳州 南平 龙岩 宁德 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州
吉安 宜春 抚州 上饶 济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海
日照 临沂 德州 聊城 滨州 菏泽 郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作
濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 武汉 黄石 十堰 宜昌
襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 长沙 株洲 湘潭 衡阳 邵阳
岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西 广州 韶关 深圳 珠海 汕头
佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州
揭阳 云浮 南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池
来宾 崇左 海口 三亚 三沙 儋州 成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁
内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 阿坝 甘孜 凉山 贵阳
六盘水 遵义 安顺 毕节 铜仁 黔西南 黔东南 黔南 昆明 曲靖 玉溪 保山 昭通
丽江 普洱 临沧 楚雄 红河 文山 西双版纳 大理 德宏 怒江 迪庆 拉萨 日喀则
昌都 林芝 山南 那曲 阿里 西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康
商洛 兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏
甘南 西宁 海东 银川 石嘴山 吴忠 固原 中卫 乌鲁木齐 克拉玛依 吐鲁番 哈密
喀什 和田 阿克苏 伊犁 塔城 阿勒泰 昌吉 巴音郭楞 北京 上海 天津 重庆
""")
)
"""Prefecture-level names without their suffix."""

BARE_COUNTIES: Final = frozenset(
    words("""
义乌 诸暨 慈溪 余姚 瑞安 乐清 温岭 桐乡 永康 海宁 东阳 临海 平湖 嵊州 兰溪 建德 江山 龙泉 玉环 龙港
萧山 余杭 富阳 临安 鄞州 柯桥 上虞 奉化 苍南 平阳 永嘉 嘉善 海盐 德清 长兴 安吉 宁海 象山 仙居 天台
桐庐 淳安 昆山 常熟 张家港 太仓 江阴 宜兴 溧阳 丹阳 句容 扬中 泰兴 靖江 兴化 如皋 海门 启东 东台 邳州
新沂 高邮 仪征 晋江 石狮 南安 福清 长乐 龙海 即墨 胶州 平度 莱西 寿光 诸城 青州 高密 昌邑 滕州 邹城
曲阜 龙口 莱州 招远 莱阳 乳山 荣成 顺德 南海 增城 从化 番禺 花都 普宁 台山 开平 鹤山 恩平 巢湖 桐城
天长 明光 界首 凤台 寿县 浏阳 宁乡 醴陵 都江堰 彭州 邛崃 崇州 简阳 瓦房店 庄河 普兰店 辛集 晋州 新乐
迁安 遵化 武安 涿州 定州 高碑店 任丘 黄骅 三河 霸州 巩义 荥阳 新郑 登封 偃师 汝州 林州 仙桃 潜江 天门
""")
)
"""County-level names that are often written without their suffix."""

ASSIST: Final = (
    "斜对面 正对面 对面 对过 隔壁 交叉路口 交叉口 交汇处 交界处 交汇口 交接处 交口 村口 附近 旁边 "
    "门口 后面 前面 边上 楼下 楼上 院内 里面 西侧 东侧 南侧 北侧 东面 西面 南面 北面 左侧 右侧 "
    "左边 右边 东边 西边 南边 北边 以东 以西 以南 以北 东北角 东南角 西北角 西南角 "
    "东北侧 东南侧 西北侧 西南侧 旁"
)
"""Words that say where a thing stands relative to another; they end up in the remainder."""

NOISE: Final = (
    "(?<=[市区县])城区(?=[一-龥]{2,3}(?:街道|镇)) "
    "自编 电联 丰巢 菜鸟驿站 自提 快递柜 收件 市辖区 直辖县 其它地区 其他地区 省直辖县级行政区划 "
    "null NULL None"
)
"""Words that lists and parcels carry and that place nothing."""

NOTHING: Final = "不详 无 同上 暂无 未知 不明 空 没有 待定 未填 null NULL None nan"
"""Whole cells that say that there is no address."""

_PLACE_SUFFIXES: Final = (
    "小区 花园 公寓 大厦 广场 苑 花苑 城 中心 公司 厂 市场 大市场 学校 大学 医院 卫生院 酒店 "
    "大酒店 宾馆 超市 店 学院 中学 小学 幼儿园 园 庭 府 居 坊 湾 都 家园 佳园 嘉园 新村 宿舍 大楼 "
    "办公楼 写字楼 商务楼 综合楼 院 大院 所 派出所 局 站 馆 行 部 库 仓库 银行 集团 工业园 工业区 "
    "园区 工业园区 科技园 产业园 创业园 创意园 校区 厂区 商城 商贸城 名城 新城 豪庭 华庭 别墅 山庄 "
    "庄园 名苑 雅苑 雅居 名邸 公馆 国际 家属院 家属楼 家属区 生活区 住宅区 商务区 度假区 景区 "
    "示范区 基地 港湾 名都 世家 人家 中学校 车站 机场 码头 号院 一号 壹号 酒楼 饭店 餐厅 网吧 会所 政府 法院 "
    "检察院 公安局 邮局 委员会 协会 总站 农场 林场 矿 电厂 门市部 经营部 服务部 批发部 门诊部 "
    "俱乐部 专卖店 村委会 居委会 新苑 南苑 北苑 东苑 西苑 豪园 御园 天下 半岛 水岸 名门 新天地"
)

SUFFIXES: Final[dict[str, str]] = {
    "city": "市 自治州 地区 盟 州",
    "dist": "区 县 市 旗 林区 自治县 自治旗 浦东新区 滨海新区",
    "dev": "开发区 高新区 高新技术产业园区 高新园区 工业区 工业园 工业园区 产业园区 新区 经济区 "
    "保税区 示范区",
    "town": "镇 乡 街道 街道办事处 街道办 苏木 地区办事处 办事处 民族乡 林场 农场",
    "comm": "村 社区 村委会 居委会 居委 村委 村民委员会 居民委员会 社区居委会 行政村 自然村 嘎查 "
    "生产大队 大队 屯 新村 虚拟生活区",
    "road": "路 街 大街 大道 道 巷 弄 胡同 国道 省道 县道 公路 支路 辅路 环路 马路 线 组 队 社 "
    "村民组 小组 横路 里弄",
    "sroad": "西段 东段 南段 北段 中段 段",
    "poi": _PLACE_SUFFIXES,
    "spoi": "期 区 东区 西区 南区 北区 中区 小区 苑 园 组团 门 大门 东门 西门 南门 北门 地下室 车库",
}
"""Kind of place -> the endings of its names; a longer ending wins over a shorter of its kind."""

TRADE_SUFFIXES: Final = "市场 商城 商贸城 商场 广场 大厦 中心 超市 城 店 国际 公寓 酒店 大楼 写字楼"
"""Names after which a bare `N号` is a shop or a room, not a building."""

NEITHER_SUFFIXES: Final = "厂 公司 站 基地 山庄 大队"
"""Names after which a bare `N号` is rather a number on the road."""

HOME_SUFFIXES: Final = (
    "小区 花园 家园 佳园 嘉园 公寓 新村 花苑 宿舍 家属院 家属楼 家属区 名苑 雅苑 豪庭 华庭 公馆 苑"
)
"""Names that can only be those of estates."""
