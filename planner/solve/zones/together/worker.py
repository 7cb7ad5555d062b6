"""The process that works on parts for another one: they come on its input, what it finds goes to its output.

It is begun as a program, not forked: a notebook's threads and a script without a main guard do it no harm.
"""

from __future__ import annotations

import io
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO

from planner.solve.crew import limited
from planner.solve.stop import Clock
from planner.solve.zones.improve import improve
from planner.solve.zones.together.wire import Message, hear, instance_of, put_in, say, state_of
from planner.solve.zones.track import Track

__all__ = ["serve"]


def serve(source: BinaryIO, to: BinaryIO, ended: Callable[[], None] | None = None) -> None:
    """Work on parts until there are no more.

    Parameters
    ----------
    source, to : binary file
        Where parts come from, and where every improvement is told; ``{"done": true}`` ends each part.
    ended : callable, optional
        Called as soon as `source` ends, whatever is worked on; without it that is finished first.
    """
    waiting: queue.SimpleQueue[Message | None] = queue.SimpleQueue()

    def listen() -> None:
        while (message := hear(source)) is not None:
            waiting.put(message)
        if ended is not None:
            ended()
        waiting.put(None)

    threading.Thread(target=listen, daemon=True).start()
    say(to, {"ready": True})
    while (message := waiting.get()) is not None:
        one = instance_of(message)
        track = Track(one, message["track.pair"], message["gap"], Clock(message["seconds"]))
        put_in(track, message)
        track.told = lambda track=track: say(to, state_of(track))
        with limited(1):
            improve(track, seed=message["seed"])
        track.told()
        say(to, {"done": True})


def _main() -> None:
    # Ctrl-C reaches all processes of a terminal; what it means here the other one says
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    to = io.BufferedWriter(io.FileIO(os.dup(sys.stdout.fileno()), "wb"))
    # a library that prints must not speak in between
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # with whoever sent the parts: nobody would read what is still found
    serve(sys.stdin.buffer, to, lambda: os._exit(0))


if __name__ == "__main__":
    _main()
