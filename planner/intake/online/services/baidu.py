"""Baidu (百度): ``/geocoding/v3/``, BD-09.

Faults come inside a status 200, as a ``status`` other than 0; the codes are those of the service's
appendix of status codes.  ``confidence`` says how far off a point may be (80: 100 m, 75: 200 m),
``comprehension`` how well the text was understood.
"""

from __future__ import annotations

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

__all__ = ["BAIDU"]

_AREAS: Final = frozenset(
    (
        *("", "UNKNOWN", "NoClass", "其他", "国家", "省", "城市", "区县"),
        *("乡镇", "村庄", "商圈", "行政区划", "行政区"),
    )
)
_STREETS: Final = frozenset({"道路", "交叉路口", "公交线路", "地铁线路", "铁路"})
_DOORS: Final = frozenset({"门址", "门牌号", "楼栋", "楼号", "单元号"})
_SURE: Final = 75.0
_UNDERSTOOD: Final = 50.0
_STOP: Final = {
    "3": "the permission check failed",
    "4": "the quota is used up",
    "5": "the key is wrong or missing",
    "9": "the permission check failed",
    "101": "the key is missing",
    "200": "the key is unknown",
    "210": "this machine's address is not on the key's white list",
    "211": "the key wants signed requests",
    "240": "the service is switched off for this key",
    "301": "the quota is used up for good",
    "302": "the daily quota is used up",
}


def _params(text: str, city: str, key: str) -> dict[str, str]:
    asked = {"address": text, "output": "json", "ret_coordtype": "bd09ll", "ak": key}
    return {**asked, "city": city} if city else asked


def _read(payload: object) -> Reply:
    status = text_at(payload, "status")
    if status != "0":
        return _fault(status)
    result = field_of(payload, "result")
    if result == [] or result is None:
        return Reply(Verdict.ABSENT) if result == [] else broken("the answer holds no result")
    place = field_of(result, "location")
    lon, lat = number_at(place, "lng"), number_at(place, "lat")
    if not is_place(lon, lat):
        return broken("the answer holds a place without coordinates")
    level = text_at(result, "level")
    figures = number_at(result, "confidence"), number_at(result, "comprehension")
    precision, confidence = _precision(level, *figures)
    return Reply(Verdict.FOUND, (Spot(lon, lat, precision, confidence, level, ""),))


def _precision(level: str, sure: float, understood: float) -> tuple[str, float]:
    # A missing figure compares false and so is not trusted; comprehension is not always sent.
    if level in _AREAS or not sure >= _SURE or understood < _UNDERSTOOD:
        return AREA, 0.1
    if level in _STREETS:
        return "street", 0.4
    precision, most = ("address point", 0.9) if level in _DOORS else ("compound", 0.7)
    return precision, min(most, sure / 100.0)


def _fault(status: str) -> Reply:
    if status in ("401", "402"):
        return fault(Verdict.SLOWER, f"asked too fast (status {status})")
    if status in ("1", "8"):
        # The appendix has 1 for an inner fault; the geocoder sends it for no result as well, so
        # nothing may be concluded from it.
        return fault(Verdict.AGAIN, f"no result or an inner fault (status {status})")
    if status == "2":
        return Reply(Verdict.REFUSED, note="the text was refused (status 2)")
    if not status.isdecimal():
        return broken("the answer is not in Baidu's format")
    why = _STOP.get(status, "the service refused")
    return fault(Verdict.STOP, f"{why} (status {status})")


BAIDU: Final = Service(
    name="baidu",
    base_url="https://api.map.baidu.com",
    path="/geocoding/v3/",
    datum=Datum.BD09,
    version="v3.1",
    key_variable="PLANNER_BAIDU_KEY",
    per_second=3.0,
    params=_params,
    read=_read,
    most_bytes=84,  # as its manual says; longer texts are refused, not cut
)
"""The service as documented."""
