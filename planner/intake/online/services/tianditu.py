"""Tianditu (天地图): ``/geocoder``, CGCS2000, which is WGS-84 to within a metre."""

from __future__ import annotations

import json
from typing import Final

from planner.intake.coordinates.datum import Datum
from planner.intake.online.services.replies import (
    AREA,
    Reply,
    Service,
    Spot,
    Verdict,
    broken,
    fault,
    field_of,
    is_place,
    number_at,
    text_at,
)

__all__ = ["TIANDITU"]

_LEVELS: Final = {
    "门址": ("address point", 0.9),
    "门牌号": ("address point", 0.9),
    "地名地址": ("address point", 0.8),
    "楼栋": ("building", 0.9),
    "楼栋号": ("building", 0.9),
    "建筑物": ("building", 0.85),
    "兴趣点": ("compound", 0.7),
    "POI": ("compound", 0.7),
    "小区": ("compound", 0.7),
    "道路": ("street", 0.4),
    "街巷": ("street", 0.4),
}
_SURE: Final = 80.0


def _params(text: str, city: str, key: str) -> dict[str, str]:
    asked = json.dumps({"keyWord": city + text}, ensure_ascii=False, separators=(",", ":"))
    return {"ds": asked, "tk": key}


def _read(payload: object) -> Reply:
    status = text_at(payload, "status")
    place = field_of(payload, "location")
    if status in ("404", "101") or (status == "0" and place == {}):
        return Reply(Verdict.ABSENT)
    if status == "1":
        return fault(Verdict.AGAIN, "the service reports a fault (status 1)")
    if status != "0":
        return _fault(payload, status)
    lon, lat = number_at(place, "lon"), number_at(place, "lat")
    if not is_place(lon, lat):
        return broken("the answer holds a place without coordinates")
    level, score = text_at(place, "level"), number_at(place, "score")
    precision, confidence = _LEVELS.get(level, (AREA, 0.1))
    if not score >= _SURE:  # a missing score too
        precision, confidence = AREA, 0.1
    label = text_at(place, "keyWord")
    spot = Spot(lon, lat, precision, min(confidence, score / 100.0), level or "?", label)
    return Reply(Verdict.FOUND, (spot,))


def _fault(payload: object, status: str) -> Reply:
    """Read what the gateway says before the geocoder: a ``code`` and a ``msg``."""
    code, msg = text_at(payload, "code") or status, text_at(payload, "msg")
    if not code.lstrip("-").isdecimal():
        return broken("the answer is not in Tianditu's format")
    # By its words: the gateway's codes are not listed, and one of them stands for several causes.
    if any(word in msg for word in ("频繁", "并发", "QPS")):
        return fault(Verdict.SLOWER, f"asked too fast (code {code})")
    if any(word in msg for word in ("超限", "上限", "次数", "配额")):
        return fault(Verdict.STOP, f"the quota is used up (code {code})")
    if any(word in msg.lower() for word in ("key", "权限", "密钥", "白名单")):
        return fault(Verdict.STOP, f"the key was refused (code {code})")
    return broken(f"the service reports a fault (code {code})")


TIANDITU: Final = Service(
    name="tianditu",
    base_url="https://api.tianditu.gov.cn",
    path="/geocoder",
    datum=Datum.WGS84,
    version="v1.1",
    key_variable="PLANNER_TIANDITU_KEY",
    per_second=5.0,
    params=_params,
    read=_read,
)
"""The service as documented."""
