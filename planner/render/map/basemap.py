"""An online base map beneath a plan: only where it is asked for, and said on the page.

It is the one thing for which a page makes requests, and they tell the tiles' host which streets are being
looked at.  Tiles must lie on WGS-84 or CGCS2000, which differ by less than a metre here; those of providers
on GCJ-02 or BD-09 would lie hundreds of metres beside the plan, and are refused.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from planner.errors import ConfigError

__all__ = ["TIANDITU_KEY", "Basemap", "basemap_of"]

TIANDITU_KEY = "PLANNER_TIANDITU_BROWSER_KEY"
"""Variable of the key for browsers (浏览器端); not that of the address service, for the page holds it."""
_TIANDITU = (
    "https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}"
    "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)
_SHIFTED = {
    **dict.fromkeys(("autonavi.com", "amap.com", "gtimg.com", "qq.com", "geoq.cn"), "GCJ-02"),
    **dict.fromkeys(("google.cn", "google.com"), "GCJ-02"),
    **dict.fromkeys(("bdimg.com", "baidu.com"), "BD-09"),
}
_ALLOWED = re.compile(r"[A-Za-z0-9:/?&=%.,_~+{}@-]+")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?")
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Basemap:
    """Where tiles come from.

    `layers`: addresses with ``{x} {y} {z}``, the lowest layer first.
    `subdomains`: what ``{s}`` stands for, a letter each.
    `deepest`: largest zoom that the host has; beyond it tiles are enlarged.
    """

    layers: tuple[str, ...]
    subdomains: str
    credit: str
    deepest: int

    @property
    def origins(self) -> tuple[str, ...]:
        """Scheme and host of every address that the page may ask, sorted."""
        made = {
            "{0.scheme}://{0.netloc}".format(urlsplit(layer.replace("{s}", s)))
            for layer in self.layers
            for s in self.subdomains
        }
        return tuple(sorted(made))

    def payload(self) -> dict[str, Any]:
        """Give what the page reads."""
        return {
            "layers": list(self.layers),
            "subdomains": self.subdomains,
            "deepest": self.deepest,
            "credit": self.credit,
            "host": urlsplit(self.layers[0].replace("{s}", self.subdomains[0])).hostname,
        }


def basemap_of(name: str, environ: Mapping[str, str] | None = None) -> Basemap:
    """Read what a user asks for: ``tianditu``, or the address of tiles.

    `name`: ``tianditu``, or ``https://host/{z}/{x}/{y}.png``; ``{s}`` and ``{-y}`` are known, too.
    ``http`` only for a host of one's own network.
    Raises `ConfigError`: it is no such address, its tiles are on another datum, or the key is missing.
    """
    text = name.strip()
    if text.lower() in ("tianditu", "天地图"):
        key = (os.environ if environ is None else environ).get(TIANDITU_KEY, "").strip()
        if not re.fullmatch(r"[0-9A-Za-z]{8,64}", key):
            raise ConfigError.of("basemap-key", tianditu_key=TIANDITU_KEY)
        layers = tuple(_TIANDITU.format(layer=layer, key=key) for layer in ("vec", "cva"))
        return Basemap(layers, "01234567", "天地图 Tianditu", 18)
    host = _checked(text)
    _refuse_datum(host)
    return Basemap((text,), "abc" if "{s}" in text else "-", host, 19)


def _checked(text: str) -> str:
    """Give the host of an address of tiles."""
    remedy_zh = "请写 tianditu，或 https://tiles.example.org/{z}/{x}/{y}.png 这样的地址"
    remedy = "give tianditu, or an address such as https://tiles.example.org/{z}/{x}/{y}.png"
    places = {"x": "{x}" in text, "y": "{y}" in text or "{-y}" in text, "z": "{z}" in text}
    if len(text) > _LONGEST or not _ALLOWED.fullmatch(text) or not all(places.values()):
        raise ConfigError(
            "the base map is no address of tiles",
            remedy=remedy,
            zh="底图地址不正确",
            remedy_zh=remedy_zh,
        )
    parts = urlsplit(text.replace("{s}", "a"))
    host = parts.netloc.lower()
    if "@" in text or not _HOST.fullmatch(host):
        raise ConfigError(
            "the base map's address must name a plain host",
            remedy=remedy,
            zh="底图地址应写明普通的主机名",
            remedy_zh=remedy_zh,
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and _own_network(parts.hostname)):
        raise ConfigError.of("basemap-not-https")
    return str(parts.hostname)


def _own_network(host: str | None) -> bool:
    # a name without a dot is one of the office's own network
    if not host or "." not in host:
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def _refuse_datum(host: str) -> None:
    datum = next(
        (d for end, d in _SHIFTED.items() if host == end or host.endswith("." + end)), None
    )
    if datum:
        raise ConfigError.of("basemap-datum", host=host, datum=datum)
