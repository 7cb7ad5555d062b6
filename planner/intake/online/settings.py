"""Which online service is asked, how fast and how long: off unless it is named."""

from __future__ import annotations

import ipaddress
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib.util import find_spec
from typing import Any, Final, Self
from urllib.parse import urlsplit

from planner.errors import ConfigError, MissingExtraError
from planner.intake.online.services.amap import AMAP
from planner.intake.online.services.baidu import BAIDU
from planner.intake.online.services.nominatim import NOMINATIM, PUBLIC_HOST, PUBLIC_MOST
from planner.intake.online.services.replies import Service
from planner.intake.online.services.tianditu import TIANDITU

__all__ = ["PRECISIONS", "SERVICES", "ProviderSettings"]

SERVICES: Final[Mapping[str, Service]] = {s.name: s for s in (AMAP, TIANDITU, BAIDU, NOMINATIM)}
"""Name -> service."""
PRECISIONS: Final = ("address point", "building", "compound", "street")
"""What may be accepted as the place of a home; an answer for a whole village or city never is."""
# Kind, least and most of each number.
_NUMBERS: Final[Mapping[str, tuple[type, float, float]]] = {
    "per_second": (float, 0.001, 1000),
    "per_hour": (int, 1, 1e7),
    "timeout_s": (float, 0.001, 300),
    "retries": (int, 0, 20),
    "most": (int, 1, 1e7),
    "seconds": (float, 0.001, 604_800),
    "pause_s": (float, 0.001, 3600),
    "pause_most_s": (float, 0.001, 3600),
    "failures": (int, 1, 100),
    "same_spot": (int, 2, 1e6),
    "margin_m": (float, 0, 1e6),
    "free_per_day": (int, 0, 1e9),
    "price_per_1000": (float, 0, 1e6),
}
_OPTIONAL: Final = ("per_second", "free_per_day", "price_per_1000")
_ASKED: Final = ("unsure", "all")
_KEY_MOST: Final = 200  # characters; a key that is longer is a file pasted by mistake
_AGENT: Final = "zone-planner"


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """One online service, named by the user; there is no default.

    Keys are never part of it: they are read from the environment when the first request is made.

    Parameters
    ----------
    name : str
        ``amap``, ``tianditu``, ``baidu`` or ``nominatim``.
    base_url : str
        Another server that speaks the same; ``""`` is the service's own.
    per_second : float or None
        Requests a second; None is what a free key is allowed.
    per_hour : int
        Requests an hour, counted over all runs that share a cache file.
    timeout_s : float
        For one request, from the first byte out to the last byte in.
    retries : int
        Further tries of an address after a passing fault.
    most : int
        Requests in one run, retries included.
    seconds : float
        Time for one run; what is left then stays offline.
    pause_s, pause_most_s : float
        First pause after a fault, doubled each time, and its ceiling, which also caps what a service asks for
        in Retry-After.
    failures : int
        This many faults in a row end the run.
    city : str
        Hint for addresses that state no city.
    contact : str
        E-mail or web address in the user agent, for a public server's operator.
    ask : str
        ``unsure``: only what the offline match did not place with confidence 0.8; ``all``: also
        what it did, as a cross-check.
    accept : tuple of str
        Which of `PRECISIONS` place a home.
    same_spot : int
        This many distinct buildings on one coordinate are a fallback of the service, and held.
    margin_m : float
        Answers further than this outside the area are held.
    free_per_day : int or None
        Requests a day that the key has free, as the service's console says; only for the estimate.
    price_per_1000 : float or None
        What a thousand requests beyond them cost; only for the estimate.
    """

    name: str
    base_url: str = ""
    per_second: float | None = None
    per_hour: int = 5000
    timeout_s: float = 10.0
    retries: int = 3
    most: int = 5000
    seconds: float = 3600.0
    pause_s: float = 0.5
    pause_most_s: float = 60.0
    failures: int = 5
    city: str = ""
    contact: str = ""
    ask: str = "unsure"
    accept: tuple[str, ...] = ("address point", "building", "compound")
    same_spot: int = 4
    margin_m: float = 2000.0
    free_per_day: int | None = None
    price_per_1000: float | None = None

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Self:
        """Read the section ``[online]`` of a project file.

        Parameters
        ----------
        values : mapping of str to value
            ``provider``, and any of the fields above.

        Raises
        ------
        ConfigError
            A key is unknown, or a value is of the wrong kind or out of range.
        """
        given = dict(values)
        name = given.pop("provider", "")
        known = [f.name for f in fields(cls) if f.name != "name"]
        unknown = sorted(set(given) - set(known))
        if unknown:
            raise ConfigError.of("online-unknown-key", unknown=unknown[0], names=", ".join(known))
        if isinstance(given.get("accept"), list):
            given["accept"] = tuple(given["accept"])
        return cls(name, **given)

    def __post_init__(self) -> None:
        for name in ("name", "base_url", "city", "contact", "ask"):
            if not isinstance(getattr(self, name), str):
                raise ConfigError.of("online-not-text", name=name)
        if self.name not in SERVICES:
            raise ConfigError.of("online-provider", name=self.name, names=", ".join(SERVICES))
        self._check_numbers()
        self._check_words()
        self._check_url()

    def _check_numbers(self) -> None:
        for name, (kind, least, most) in _NUMBERS.items():
            value = getattr(self, name)
            if value is None and name in _OPTIONAL:
                continue
            # True is an integer to Python, and would be one request an hour.
            if isinstance(value, bool) or not isinstance(value, kind | int):
                word = "a whole number" if kind is int else "a number"
                raise ConfigError.of("online-not-number", name=name, word=word, value=value)
            if not least <= value <= most:  # what is no number compares false
                raise ConfigError.of(
                    "online-out-of-range", name=name, value=value, least=least, most=most
                )
        # The public host's usage policy.
        if self.is_public and self.rate > 1:
            raise ConfigError.of("online-public-rate", rate=self.rate, public_host=PUBLIC_HOST)

    def _check_words(self) -> None:
        for name in ("city", "contact"):
            value = getattr(self, name)
            if any(unicodedata.category(c)[0] == "C" for c in value) or len(value) > 60:
                raise ConfigError.of("online-bad-text", name=name)
        # It goes into the user agent, and a header holds ASCII.
        if not self.contact.isascii():
            raise ConfigError.of("online-contact")
        if self.ask not in _ASKED:
            raise ConfigError.of("online-ask", ask=self.ask, names=", ".join(_ASKED))
        if (
            not isinstance(self.accept, tuple)
            or not {*self.accept} <= {*PRECISIONS}
            or not self.accept
        ):
            raise ConfigError.of("online-accept", accept=self.accept, names=", ".join(PRECISIONS))

    def _check_url(self) -> None:
        try:
            parts = urlsplit(self.url)
            host, _ = parts.hostname or "", parts.port  # reading the port is what checks it
        except ValueError:
            raise ConfigError.of("online-url") from None
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ConfigError.of(
                "online-url-with-secrets",
                variable=self.service.key_variable or "the environment",
                variable_zh=self.service.key_variable or "环境变量",
            )
        if not host or parts.scheme not in ("http", "https"):
            raise ConfigError.of("online-url")
        if parts.scheme == "http" and self.service.key_variable and not self.is_local:
            raise ConfigError.of("online-url-in-clear")

    @property
    def service(self) -> Service:
        """The service behind the name."""
        return SERVICES[self.name]

    @property
    def url(self) -> str:
        """Where requests go, without a slash at the end."""
        return (self.base_url or self.service.base_url).rstrip("/")

    @property
    def host(self) -> str:
        """Host, and port where one is given, of `url`."""
        parts = urlsplit(self.url)
        return f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""

    @property
    def is_local(self) -> bool:
        """Whether the server is on this machine."""
        host = urlsplit(self.url).hostname or ""
        try:
            return host == "localhost" or ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    @property
    def is_public(self) -> bool:
        """Whether this is the public Nominatim host, which has a usage policy."""
        return self.name == "nominatim" and (urlsplit(self.url).hostname or "") == PUBLIC_HOST

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.service.per_second if self.per_second is None else float(self.per_second)

    @property
    def agent(self) -> str:
        """User agent of every request."""
        return f"{_AGENT} (+{self.contact})" if self.contact else _AGENT

    def check_bulk(self, to_send: int) -> None:
        """Refuse what the operator of a public server asks not to be sent.

        Parameters
        ----------
        to_send : int
            Distinct buildings that would be asked.

        Raises
        ------
        ConfigError
            More than 1,000 for the public Nominatim host.
        """
        if self.is_public and to_send > PUBLIC_MOST:
            raise ConfigError.of(
                "online-bulk", to_send=to_send, public_host=PUBLIC_HOST, public_most=PUBLIC_MOST
            )

    def api_key(self, environ: Mapping[str, str] | None = None) -> str:
        """Read the key from the environment.

        Returns
        -------
        str
            ``""`` where the service needs none.

        Raises
        ------
        ConfigError
            It is not set, or cannot be a key.  The text never shows it.
        """
        variable = self.service.key_variable
        if not variable:
            return ""
        key = (os.environ if environ is None else environ).get(variable, "").strip()
        if not key:
            raise ConfigError.of("online-key-missing", name=self.name, variable=variable)
        if len(key) > _KEY_MOST or not key.isascii() or not key.isprintable() or " " in key:
            raise ConfigError.of("online-key-bad", variable=variable)
        return key

    def check_ready(self, environ: Mapping[str, str] | None = None) -> None:
        """Refuse early what asking would stumble over: a missing key, a missing package.

        Raises
        ------
        ConfigError
            The key is not set.
        MissingExtraError
            httpx is not installed.
        """
        self.api_key(environ)
        if find_spec("httpx") is None:
            raise MissingExtraError("httpx", "online")
