"""A server on this machine that speaks as the four services do, faults included."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Place = tuple[float, float, str]
"""lon, lat in the service's datum, and its word for the level."""
SERVICE_OF = {
    "/v3/geocode/geo": "amap",
    "/geocoder": "tianditu",
    "/geocoding/v3/": "baidu",
    "/search": "nominatim",
}


def amap(text: str, place: Place | None) -> object:
    """Give what AMap answers."""
    if place is None:
        return {"status": "1", "info": "OK", "infocode": "10000", "count": "0", "geocodes": []}
    lon, lat, level = place
    one = {
        "formatted_address": "某省某市" + text,
        "country": "中国",
        "province": "某省",
        "citycode": "0000",
        "city": "某市",
        "district": "某区",
        "township": [],
        "neighborhood": {"name": [], "type": []},
        "building": {"name": [], "type": []},
        "adcode": "000000",
        "street": [],
        "number": [],
        "location": f"{lon:.6f},{lat:.6f}",
        "level": level,
    }
    return {"status": "1", "info": "OK", "infocode": "10000", "count": "1", "geocodes": [one]}


def tianditu(text: str, place: Place | None) -> object:
    """Give what Tianditu answers."""
    if place is None:
        return {"msg": "无结果", "searchVersion": "6.4.9V", "status": "404"}
    lon, lat, level = place
    location = {"score": 98, "level": level, "lon": str(lon), "lat": str(lat), "keyWord": text}
    return {"msg": "ok", "location": location, "searchVersion": "6.4.9V", "status": "0"}


def baidu(text: str, place: Place | None) -> object:
    """Give what Baidu answers."""
    if place is None:
        return {"status": 0, "result": []}
    lon, lat, level = place
    sure = 20 if level in ("城市", "区县") else 90
    return {
        "status": 0,
        "result": {
            "location": {"lng": lon, "lat": lat},
            "precise": 1,
            "confidence": sure,
            "comprehension": 95,
            "level": level,
        },
    }


def nominatim(text: str, place: Place | None) -> object:
    """Give what Nominatim answers."""
    if place is None:
        return []
    lon, lat, level = place
    rank = {"building": 30, "road": 26, "city": 16}[level]
    category = {"building": "building", "road": "highway", "city": "boundary"}[level]
    return [
        {
            "place_id": 1,
            "licence": "ODbL",
            "osm_type": "way",
            "osm_id": 1,
            "lat": str(lat),
            "lon": str(lon),
            "category": category,
            "type": "apartments" if level == "building" else level,
            "place_rank": rank,
            "importance": 9.9e-06,
            "addresstype": level,
            "name": "",
            "display_name": text,
            "boundingbox": ["0", "0", "0", "0"],
        }
    ]


ANSWER: dict[str, Callable[[str, Place | None], object]] = {
    "amap": amap,
    "tianditu": tianditu,
    "baidu": baidu,
    "nominatim": nominatim,
}


@dataclass
class Fake:
    """The state of one server: what it knows, and the faults it will make.

    Parameters
    ----------
    places : dict
        Text -> place; what is not in it is unknown.
    faults : dict
        Number of the request (0, 1, ...) -> name of the fault; ``*`` for all from there on.
    waited_out : int
        Answers that hung or dripped to their end because somebody waited for them.
    """

    places: dict[str, Place] = field(default_factory=dict)
    faults: dict[int, str] = field(default_factory=dict)
    always: str = ""
    delay_s: float = 0.0
    url: str = ""
    raw: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    waited_out: int = 0
    release: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)


class _Handler(BaseHTTPRequestHandler):
    server: Any

    def log_message(self, *args: object, **more: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        fake: Fake = self.server.fake
        parts = urlsplit(self.path)
        service = SERVICE_OF[parts.path]
        query = {k: v[0] for k, v in parse_qs(parts.query).items()}
        text = _asked(service, query)
        with fake.lock:
            fault = fake.always or fake.faults.get(len(fake.raw), "")
            fake.raw.append(self.requestline + str(self.headers))
            fake.texts.append(text)
            fake.times.append(time.monotonic())
            fake.agents.append(self.headers.get("User-Agent", ""))
        if fake.delay_s:
            time.sleep(fake.delay_s)
        with suppress(OSError):
            if fault:
                self._fail(fault, fake, service, text)
            else:
                self._json(ANSWER[service](text, fake.places.get(text)))

    def _json(self, payload: object, status: int = 200) -> None:
        self._send(json.dumps(payload, ensure_ascii=False).encode(), status)

    def _send(
        self,
        body: bytes,
        status: int = 200,
        kind: str = "application/json;charset=UTF-8",
        **more: str,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _fail(self, fault: str, fake: Fake, service: str, text: str) -> None:
        body = json.dumps(ANSWER[service](text, (117.0, 32.6, "门牌号")), ensure_ascii=False)
        if fault.startswith("json:"):
            self._send(fault[5:].encode())
        elif fault.isdecimal():
            self._json({"message": "fault"}, int(fault))
        elif fault.startswith("429:"):
            self._send(b"{}", 429, Retry_After=fault[4:])
        elif fault == "hang":
            fake.waited_out += not fake.release.wait(60)
        elif fault == "drip":
            self._drip(body.encode(), fake)
        elif fault == "drip-head":
            self._trickle(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 5000, fake)
        elif fault == "cut":
            self._cut(body.encode())
        elif fault == "bad-json":
            self._send(body.encode()[:-7])
        elif fault == "html":
            self._send(b"<!DOCTYPE html><html><body>log in</body></html>", kind="text/html")
        elif fault == "charset":
            self._send(body.encode("gbk"))
        elif fault == "redirect":
            self._send(b"", 302, Location=self.path)
        elif fault == "reset":
            self.connection.close()
        else:
            raise AssertionError(fault)

    def _cut(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "4000")
        self.end_headers()
        self.wfile.write(body[:60])
        self.close_connection = True

    def _drip(self, body: bytes, fake: Fake) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self._trickle(body, fake)

    def _trickle(self, body: bytes, fake: Fake) -> None:
        for byte in body:
            self.wfile.write(bytes([byte]))
            if fake.release.wait(0.03):
                return
        fake.waited_out += 1


def _asked(service: str, query: dict[str, str]) -> str:
    if service == "tianditu":
        return json.loads(query["ds"])["keyWord"]
    return query["q"] if service == "nominatim" else query["address"]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that give up are the point."""


@contextmanager
def serving(fake: Fake) -> Iterator[Fake]:
    """Run a server on a free port of this machine while the block runs."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.fake = fake  # type: ignore[attr-defined]
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield fake
    finally:
        fake.release.set()
        server.shutdown()
        server.server_close()
        thread.join(2)
