"""What gives a person away by its form alone: numbers of people, rooms, conditions at a door."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator

from planner.model.characters import SIMPLIFIED

__all__ = ["CARE_WORDS", "folded", "is_citizen_number", "marks_in", "phone_key", "phone_keys"]

# Full-width forms, odd blanks, the radicals that the text of a PDF has for characters, and traditional forms.
_WIDE = re.compile(
    "[\u00a0\u2000-\u200f\u2060\u2e80-\u2fdf\uf900-\ufaff\ufeff\uff0b-\uff0d\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
    f"{''.join(map(chr, SIMPLIFIED))}]"
)
_PLAIN = SIMPLIFIED | {ord("－"): "-"}
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
_CITIZEN = re.compile(r"(?<![\d.])[1-9]\d{5}[ -]?(?:18|19|20)\d{6}[ -]?\d{3}[\dXx](?![\dA-Za-z])")
# Fifteen digits carry no check digit: the month and the day must be possible, and they count in
# text for people alone.
_OLD_CITIZEN = re.compile(
    r"(?<![\d.])[1-8]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?![\dA-Za-z.])"
)
_DIGEST = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{32,128}(?![0-9A-Za-z])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MOBILE = re.compile(
    r"(?<![\d.])(?:\+?86[- ]?)?1[3-9]\d"
    r"(?:\d{8}|(?P<by>[- .·•_/])(?:\d{4}(?P=by)\d{4}|\d{3}(?P=by)\d{5}))(?![\d])"
    r"|(?<!\d)1 [3-9](?: \d){9}(?! ?\d)|[一幺][三四五六七八九][〇零一幺二两三四五六七八九]{9}"
)
# No local number begins with 0 or 1, so dates and house numbers stay out.
_LANDLINE = re.compile(r"(?<![\d.])\(?0\d{2,3}\)?[- .·•/]?[2-9]\d{6,7}(?![\d])")
_SHORTEST_PHONE = 7
_SAID_PHONE = re.compile(
    r"(?:电话|手机|座机|联系方式|[Tt]el\.?|[Pp]hone)[号码]* ?[:：]? ?(\d[\d -]{5,14}\d)"
)
_ROOM = re.compile(
    r"(?<!\d)\d{3,4} ?(?:室(?![内外])|号房(?![管产屋地改])|房间)|单元 ?[-－—]?\d{3,4}(?![\d,.]| ?[户米])"
    r"|(?<![\d.-])\d{1,3}[-－]\d{1,2}[-－]\d{3,4}(?![\d-])"
    r"|(?:号楼|[栋幢座]|(?<=\d)#)(?: ?[-－—–~～] ?)?\d{3,4}(?! ?m\b| ?米)(?![\d,.号弄米户栋幢楼座单平至-])"
    r"|(?<=[\d甲乙丙丁])[号院][-－—–] ?\d{3,4}(?![\d,.号弄米户栋幢楼座单平至-])"
    r"|\b(?:[Rr]oom|[Ff]lat|[Aa]pt\.?)\s+(?:no\.?\s*)?\d{1,4}\b"
)
_DOOR = re.compile(r"\d\s*(?:号|栋|幢|楼|单元|室|户|弄|\#)|[A-Za-zäöå]{4} \d{1,4}[a-zA-Z]?\b")
_CARE_TEXT = (
    "独居|空巢|孤寡|孤老|孤儿|残疾|残障|肢残|智障|智力障碍|听力障碍|视力障碍|聋哑|失明|盲人|瘫痪|偏瘫|卧床|轮椅|低保|低收入"
    "|特困|五保|贫困户|困难户|困难家庭|困难群众|建档立卡|临时救助|失独|计生特殊|失能|半自理|不能自理|高龄|留守老人|留守儿童"
    "|留守妇女|重病|大病|重疾|慢性病|癌症|肿瘤|尿毒症|透析|糖尿病|高血压|肺结核|结核病|乙肝|精神障碍|精神病|精神残疾|精神分裂"
    "|抑郁|自闭|痴呆|阿尔茨海默|社区矫正|刑满|刑释|吸毒|戒毒|涉毒|艾滋|上访|信访户|缠访|涉稳|邪教|重点人员|重点对象|失业|下岗"
    "|单亲|离异|丧偶|家暴|孕妇|优抚|烈属|军属|伤残军人|退役军人|流浪"
    "|lives alone|living alone|disabled|disability|dementia|bedridden|wheelchair|on welfare"
    "|low[- ]income|widow|cancer|diabet|addict|on probation|asylum|mentally ill"
)
CARE_WORDS = tuple(_CARE_TEXT.split("|"))
"""Words about a resident's condition; at a door they mark a home."""
_CARE = re.compile(_CARE_TEXT + r"|\bhiv\b", re.IGNORECASE)
_OFFICE_OF_CARE = re.compile(
    "残疾人(?:联合会|综合服务|康复|就业|之家|联)|残联|精神病医院|特困供养|退役军人(?:服务|事务)|优抚医院|(?:强制)?戒毒(?:所|中心)"
    "|(?:肿瘤|结核病|精神病|透析)(?:医院|防治|专科|中心)|盲人(?:按摩|推拿|学校)|聋哑学校|失业保险|流浪(?:乞讨)?人员救助|孤儿院"
    "|低保(?:大厅|窗口|办)|信访局|养老"
)
_PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔"
    "|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺"
)
_BELIEF = re.compile(
    f"(?:{_PEOPLES})族(?!自治|[乡镇县村街路州旗区苑园馆]|中学|小学|学校|医院|饭店|餐)|少数民族(?!自治|乡|村|中学|小学|学校)"
    "|信教|教徒|信众|穆斯林|伊斯兰教(?!协会)|基督教(?!堂|协会)|天主教(?!堂|协会)|佛教(?!协会)|法轮功|全能神"
)
_PLATE = re.compile(
    "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][ ·•-]?(?=[A-HJ-NP-Z]*\\d)"
    "[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
)
_CARD = re.compile(
    r"(?<![\d.-])[3-6]\d{3}(?P<by>[ -]?)\d{4}(?P=by)\d{4}(?P=by)\d{3,4}(?:(?P=by)\d{1,3})?(?![\d.-])"
)
# Runs are bounded, so that a cell of a hundred thousand letters is not read from each letter to its end.
_MAIL = re.compile(r"[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b")
_MESSENGER = re.compile(
    r"(?:微信|QQ|\bwe ?chat|\bweixin|\bvx|v信|钉钉|抖音|\btelegram|\bwhats ?app)"
    r"\W{0,2}(?:号码?|账号|id)?\W{0,3}"
    r"(?=[\w-]{0,19}[\d_])[a-z0-9][\w-]{4,19}",
    re.IGNORECASE,
)


def folded(text: str) -> str:
    """Bring full-width and traditional characters and odd blanks to their plain form: none hides there."""
    if not _WIDE.search(text):
        return text
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_PLAIN)


def is_citizen_number(digits: str) -> bool:
    """Tell whether 18 characters are a citizen's id number: the check digit of GB 11643 fits."""
    total = sum(w * int(d) for w, d in zip(_WEIGHTS, digits, strict=False))
    return "10X98765432"[total % 11] == digits[17].upper()


def phone_key(text: str) -> str:
    """Reduce a phone number to its digits, without the country."""
    digits = re.sub(r"\D", "", folded(text))
    return digits[2:] if digits.startswith("86") and len(digits) == 13 else digits


def phone_keys(text: str) -> frozenset[str]:
    """Give the `phone_key` of each number in the cell of a phone: several, with extensions or words."""
    plain = folded(text)
    numbers = {m[0] for pattern in (_MOBILE, _LANDLINE) for m in pattern.finditer(plain)}
    keys = map(phone_key, (plain, *numbers, *re.split(r"[^\d -]+", plain)))
    return frozenset(key for key in keys if len(key) >= _SHORTEST_PHONE)


def marks_in(
    text: str, *, spoken: bool, allowed: Collection[str] = (), care: bool = True
) -> Iterator[tuple[str, int]]:
    """Find what gives a person away.

    `spoken`: whether it is text for people: rooms and care flags are looked for in it too; in code and
    numbers they are not.
    Gives: what it is, and where it begins; never the value.
    """
    # blanks of the same length: positions stay true
    text = _DIGEST.sub(lambda m: " " * len(m[0]), text)  # digits in a row by chance
    for found in _CITIZEN.finditer(text):
        if is_citizen_number(re.sub(r"\D", "", found[0][:-1]) + found[0][-1]):
            yield "a citizen's id number", found.start()
    for pattern in (_MOBILE, _LANDLINE):
        for found in pattern.finditer(text):
            if phone_key(found[0]) not in allowed:
                yield "a phone number", found.start()
    if spoken:
        yield from _spoken(text, allowed, care)


def _spoken(text: str, allowed: Collection[str], care: bool) -> Iterator[tuple[str, int]]:
    for found in _OLD_CITIZEN.finditer(text):
        yield "a citizen's id number", found.start()
    for found in _SAID_PHONE.finditer(text):
        if phone_key(found[1]) not in allowed:
            yield "a phone number", found.start()
    for found in _ROOM.finditer(text):
        yield "a room", found.start()
    for what, pattern in (
        ("a number plate", _PLATE),
        ("an e-mail address", _MAIL),
        ("a messenger id", _MESSENGER),
    ):
        for found in pattern.finditer(text):
            yield what, found.start()
    for found in _CARD.finditer(text):
        if _is_card(re.sub(r"\D", "", found[0])):
            yield "a bank card number", found.start()
    if care:
        for at in _at_doors(
            text, _CARE, lambda line: bool(_CARE.search(_OFFICE_OF_CARE.sub("", line)))
        ):
            yield "a care flag at a door", at
        for at in _at_doors(text, _BELIEF, lambda _: True):
            yield "a people or faith at a door", at


def _at_doors(text: str, pattern: re.Pattern[str], counts: Callable[[str], bool]) -> Iterator[int]:
    """Find a pattern in lines that name a door; each line is read once, however often it stands there."""
    end, good = -1, False
    for found in pattern.finditer(text):
        if found.start() > end:
            line = _line(text, found.start())
            end = text.find("\n", found.start())
            end = len(text) if end < 0 else end
            good = bool(_DOOR.search(line)) and counts(line)
        if good:
            yield found.start()


def _is_card(digits: str) -> bool:
    """Tell whether the last digit fits (Luhn, ISO 7812)."""
    turned = [int(d) for d in reversed(digits)]
    doubled = [d * 2 - 9 * (d > 4) for d in turned[1::2]]
    return (sum(turned[::2]) + sum(doubled)) % 10 == 0


def _line(text: str, at: int) -> str:
    end = text.find("\n", at)
    return text[text.rfind("\n", 0, at) + 1 : len(text) if end < 0 else end]
