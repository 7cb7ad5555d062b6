"""Ask one service, one address at a time: paced, bounded, and never with an exception.

Every fault becomes a `Reply`: an exception of the web client would carry the address of the request, and
with it the key.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from planner.errors import MissingExtraError
from planner.intake.online.cache import AnswerCache
from planner.intake.online.services.replies import Reply, Verdict, broken, fault
from planner.intake.online.settings import ProviderSettings

if TYPE_CHECKING:
    import httpx

__all__ = ["Client"]

_MOST_BYTES: Final = 1_000_000
_OK: Final = 200
_ASKED_TOO_FAST: Final = 429
# Named one by one: a child logger that a program has given a level of its own asks no parent.
_LOGGERS: Final = tuple(
    logging.getLogger(name)
    for name in (
        *("httpx", "httpcore", "httpcore.connection", "httpcore.http11", "httpcore.http2"),
        *("httpcore.proxy", "httpcore.socks"),
    )
)


class _Quiet:
    """The loggers of the web say nothing while any client is open, and are as they were afterwards."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open = 0
        self._before: list[bool] = []

    def __enter__(self) -> None:
        with self._lock:
            if not self._open:
                self._before = [logger.disabled for logger in _LOGGERS]
            self._open += 1
            for logger in _LOGGERS:
                logger.disabled = True

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._open -= 1
            if not self._open:
                for logger, before in zip(_LOGGERS, self._before, strict=True):
                    logger.disabled = before


_quiet: Final = _Quiet()
_SETTLED: Final = (Verdict.FOUND, Verdict.ABSENT, Verdict.REFUSED)


class Client:
    """One service, as the settings name it; a context manager.

    While it is open the web client logs nothing: its records carry the address, and the key with it.

    Parameters
    ----------
    settings : ProviderSettings
        Whom, how fast, how long.
    key : str
        From `ProviderSettings.api_key`; kept out of every text.
    cache : AnswerCache or None, optional
        Counts the requests of the last hour over several runs.
    record : callable, optional
        Told the text and the number of the try before each request goes out; what it raises ends the
        run, so that nothing is sent that was not recorded.

    Raises
    ------
    MissingExtraError
        httpx is not installed.
    """

    def __init__(
        self,
        settings: ProviderSettings,
        key: str,
        *,
        cache: AnswerCache | None = None,
        record: Callable[[str, int], object] | None = None,
    ) -> None:
        self.settings = settings
        self.requests = 0
        """Requests made so far."""
        self.stopped = ""
        """Why nothing more is asked; ``""`` while it may be."""
        self._key = key
        self._cache = cache
        self._record = record
        self._httpx = _import_httpx()
        self._web: httpx.Client
        self._retired: list[httpx.Client] = []
        self._jitter = np.random.default_rng()  # of the pauses alone: no plan depends on it
        self._end = time.monotonic() + settings.seconds
        self._next = 0.0
        self._failures = 0
        self._hour = cache.spent(settings.host) if cache is not None else 0

    def __enter__(self) -> Self:
        _quiet.__enter__()
        self._web = self._fresh()
        return self

    def __exit__(self, *_: object) -> None:
        for web in (*self._retired, self._web):
            web.close()
        _quiet.__exit__()

    def __repr__(self) -> str:
        return f"Client({self.settings.name}, {self.settings.host}, {self.requests} requests)"

    def _fresh(self) -> httpx.Client:
        # No redirects: one would hand the key to whoever is named in it.
        return self._httpx.Client(
            timeout=self._httpx.Timeout(self.settings.timeout_s),
            follow_redirects=False,
            trust_env=not self.settings.is_local,  # a proxy knows nothing of this machine's own ports
            headers={
                "User-Agent": self.settings.agent,
                "Accept": "application/json",
                "Accept-Encoding": "identity",  # a packed answer could unpack beyond `_MOST_BYTES`
            },
        )

    def ask(self, text: str) -> Reply:
        """Ask for the place of one building, again where the fault may pass.

        Parameters
        ----------
        text : str
            From `planner.intake.online.outgoing`.

        Returns
        -------
        Reply
            Found, absent or refused; else the last fault, and `stopped` says whether it is final.
        """
        reply = Reply(Verdict.STOP, note=self.stopped)
        for attempt in range(self.settings.retries + 1):
            self.stopped = (
                self.stopped or self._limit() or self._wait(self._next - time.monotonic())
            )
            if self.stopped:
                return reply
            self._next = time.monotonic() + 1.0 / self.settings.rate
            # Before it is sent: what cannot be written down must not have left.
            self._count(text, attempt + 1)
            reply = self._within(text)
            self._failures = self._failures + 1 if reply.fault else 0
            if reply.verdict is Verdict.STOP:
                self.stopped = reply.note
            elif self._failures >= self.settings.failures:
                self.stopped = f"{self._failures} failures in a row: {reply.note}"
            if reply.verdict in _SETTLED or self.stopped:
                return reply
            if attempt < self.settings.retries:
                self.stopped = self._wait(self._pause(attempt, reply))
        return reply

    def _limit(self) -> str:
        if self.requests >= self.settings.most:
            return f"the limit of {self.settings.most} requests a run is reached"
        if self._hour >= self.settings.per_hour:
            return f"the limit of {self.settings.per_hour} requests an hour is reached"
        return ""

    def _count(self, text: str, attempt: int) -> None:
        if self._record is not None:
            self._record(text, attempt)
        self.requests += 1
        self._hour += 1
        if self._cache is not None:
            self._cache.spend(self.settings.host)

    def _pause(self, attempt: int, reply: Reply) -> float:
        """Double the pause each time, with jitter; longer where the service says so."""
        ceiling = self.settings.pause_most_s
        pause = min(ceiling, self.settings.pause_s * 2.0**attempt) * self._jitter.uniform(0.5, 1.0)
        return min(ceiling, max(pause, reply.wait_s or 0.0))

    def _wait(self, seconds: float) -> str:
        left = self._end - time.monotonic()
        if seconds >= left or left <= 0:
            return f"the time of {self.settings.seconds:g} s is up"
        if seconds > 0:
            time.sleep(seconds)
        return ""

    def _within(self, text: str) -> Reply:
        """Make one request, and give it up when its time is over, whatever it hangs in.

        The web client's own time-outs are for each read, so a server that drips would keep it for ever,
        and the search for a host name has none.
        """
        answer: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        web = self._web
        threading.Thread(target=lambda: answer.put(self._once(web, text)), daemon=True).start()
        left = max(0.001, self._end - time.monotonic())
        try:
            return answer.get(timeout=min(self.settings.timeout_s * 1.1, left))
        except queue.Empty:
            # The thread still hangs in it; closing it now would wait for that thread.
            self._retired.append(web)
            self._web = self._fresh()
        return broken(f"no answer within {self.settings.timeout_s:g} s")

    def _once(self, web: httpx.Client, text: str) -> Reply:
        service = self.settings.service
        params = service.params(text, self.settings.city, self._key)
        end = time.monotonic() + self.settings.timeout_s
        body = bytearray()
        try:
            with web.stream("GET", self.settings.url + service.path, params=params) as response:
                status, wait_s = response.status_code, _retry_after(response.headers)
                for chunk in response.iter_bytes():
                    body += chunk
                    if time.monotonic() > end:
                        return broken(f"no whole answer within {self.settings.timeout_s:g} s")
                    if len(body) > _MOST_BYTES:
                        return broken("the answer is too long")
        except self._httpx.TimeoutException:
            return broken(f"no answer within {self.settings.timeout_s:g} s")
        except self._httpx.ConnectError:
            return broken("the host cannot be reached")
        except Exception as error:  # noqa: BLE001 - its text may hold the key, so it ends here
            return broken(f"the connection failed ({type(error).__name__})")
        return _by_status(status, wait_s) or _parsed(bytes(body), service.read)


def _import_httpx() -> ModuleType:
    try:
        import httpx
    except ImportError:
        raise MissingExtraError("httpx", "online") from None
    return httpx


def _retry_after(headers: Any) -> float | None:
    """Read Retry-After, seconds or a date (RFC 9110, 10.2.3)."""
    told = str(headers.get("retry-after", "")).strip()
    if told.isdecimal():
        return float(told[:9])  # thirty years are long enough
    try:
        at = parsedate_to_datetime(told)
    except (TypeError, ValueError):
        return None
    return max(0.0, at.timestamp() - time.time())


def _by_status(status: int, wait_s: float | None) -> Reply | None:
    """Classify a status that is not 200."""
    told = f"HTTP {status}"
    if status == _OK:
        return None
    if status == _ASKED_TOO_FAST:
        return fault(Verdict.SLOWER, f"asked too fast ({told})", wait_s)
    if status in (408, 425) or status >= 500:
        return fault(Verdict.AGAIN, f"the service has a fault ({told})", wait_s)
    if status in (400, 413, 414, 422):
        return fault(Verdict.REFUSED, f"the text was refused ({told})")
    if status >= 400:
        return fault(Verdict.STOP, f"the service refused access ({told})")
    return broken(f"the answer is a redirect or empty ({told}): a log-in page of the network?")


def _parsed(body: bytes, read: Any) -> Reply:
    start = body.lstrip()[:1]
    if start == b"<":
        return broken("the answer is a web page: a log-in page of the network?")
    try:
        # NaN and Infinity are no JSON, though Python reads them.
        payload = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        return broken("the answer is not UTF-8")
    except (ValueError, RecursionError):
        return broken("the answer is not JSON")
    return read(payload)


def _no_constant(told: str) -> float:
    raise ValueError(told)
