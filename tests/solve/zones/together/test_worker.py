"""What another process finds is what this one would."""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack

import numpy as np

from planner.solve.stop import Clock
from planner.solve.zones.improve import improve
from planner.solve.zones.start import nearest_plan
from planner.solve.zones.together.wire import hear, put_in, say, state_of, told_of
from planner.solve.zones.together.worker import serve
from planner.solve.zones.track import Track
from tests.solve.towns import only_part, street


def test_parts_are_brought_to_a_proof() -> None:
    """Every improvement is told, the last one is the proof; then the next part is taken."""
    one = only_part(street(24, 3))
    here = Track(one, nearest_plan(one), 0.0, Clock(60.0))
    improve(here, seed=4)
    ended: list[bool] = []
    with ExitStack() as stack:
        source, parts, found, out = (
            stack.enter_context(os.fdopen(end, mode))
            for ends in (os.pipe(), os.pipe())
            for end, mode in zip(ends, ("rb", "wb"), strict=True)
        )
        served = threading.Thread(target=serve, args=(source, out, lambda: ended.append(True)))
        served.start()
        assert hear(found) == {"ready": True}
        for _ in range(2):
            fresh = Track(one, nearest_plan(one), 0.0, Clock(60.0))
            say(parts, told_of(one) | state_of(fresh) | {"gap": 0.0, "seconds": 60.0, "seed": 4})
            heard = 0
            while (message := hear(found)) is not None and "done" not in message:
                put_in(fresh, message)
                heard += 1
            assert heard > 1
            np.testing.assert_equal(state_of(fresh), state_of(here))
        parts.close()
        served.join(10)
    assert ended == [True]
