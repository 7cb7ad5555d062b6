"""AMap (高德): ``/v3/geocode/geo``, GCJ-02.

Faults come inside a status 200, as ``"status": "0"`` with an ``infocode``; the codes are those of
the service's list of error codes.
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
    number_of,
    text_at,
)

__all__ = ["AMAP"]

_LEVELS: Final = {
    "门牌号": ("address point", 0.9),
    "门址": ("address point", 0.9),
    "单元号": ("building", 0.9),
    "楼栋号": ("building", 0.9),
    "楼号": ("building", 0.9),
    "兴趣点": ("compound", 0.7),
    "住宅区": ("compound", 0.7),
    "小区": ("compound", 0.7),
    "道路": ("street", 0.4),
    "道路交叉路口": ("street", 0.4),
}
# Too fast, by minute or by second: the address can be asked again.
_SLOWER: Final = frozenset({"10004", "10014", "10019", "10020", "10021"})
_AGAIN: Final = frozenset({"10015", "10016", "10017", "20003"})
# One text that cannot be read: the rest of the run goes on.
_TEXT: Final = frozenset({"20000", "20012"})
_STOP: Final = {
    "10001": "the key is wrong or has expired",
    "10003": "the daily quota is used up",
    "10005": "this machine's address is not on the key's white list",
    "10009": "the key is for another kind of service",
    "10010": "this machine's address has asked too much",
    "10026": "the account is locked",
    "10044": "the account's daily quota is used up",
    "40000": "the quota that was bought is used up",
    "40002": "the quota that was bought has run out",
}


def _params(text: str, city: str, key: str) -> dict[str, str]:
    # A bar would split the text into a batch of several.
    asked = {"key": key, "address": text.replace("|", " "), "output": "JSON"}
    return {**asked, "city": city} if city else asked


def _read(payload: object) -> Reply:
    status = text_at(payload, "status")
    if status == "0":
        return _fault(text_at(payload, "infocode"))
    geocodes = field_of(payload, "geocodes")
    if status != "1" or not isinstance(geocodes, list):
        return broken("the answer is not in AMap's format")
    spots = [spot for item in geocodes if (spot := _spot(item)) is not None]
    if len(spots) < len(geocodes):
        return broken("the answer holds a place without coordinates")
    return Reply(Verdict.FOUND, tuple(spots)) if spots else Reply(Verdict.ABSENT)


def _spot(item: object) -> Spot | None:
    east, comma, north = text_at(item, "location").partition(",")
    lon, lat = number_of(east), number_of(north)
    if not comma or not is_place(lon, lat):
        return None
    level = text_at(item, "level")
    # A level that nobody has listed may be a village or a province: nobody is placed by it.
    precision, confidence = _LEVELS.get(level, (AREA, 0.1))
    return Spot(lon, lat, precision, confidence, level, text_at(item, "formatted_address"))


def _fault(code: str) -> Reply:
    if code in _SLOWER:
        return fault(Verdict.SLOWER, f"asked too fast (infocode {code})")
    if code in _AGAIN:
        return fault(Verdict.AGAIN, f"the service is busy (infocode {code})")
    if code in _TEXT or code.startswith("3"):
        return Reply(Verdict.REFUSED, note=f"the text was refused (infocode {code})")
    if not code.isdecimal():
        return broken("the answer is not in AMap's format")
    why = _STOP.get(code, "the service refused")
    return fault(Verdict.STOP, f"{why} (infocode {code})")


AMAP: Final = Service(
    name="amap",
    base_url="https://restapi.amap.com",
    path="/v3/geocode/geo",
    datum=Datum.GCJ02,
    version="v3.1",
    key_variable="PLANNER_AMAP_KEY",
    per_second=3.0,
    params=_params,
    read=_read,
)
"""The service as documented."""
