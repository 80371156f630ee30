"""Whether the process says that requests may come here, while it starts, serves and ends."""

from __future__ import annotations

from lib.hosting.drain import Serving


def test_a_process_that_is_told_to_end_while_it_starts_never_says_that_it_serves() -> None:
    serving = Serving()
    assert serving.phase == "starting"
    serving.drain()
    serving.started()
    assert serving.phase == "draining"


def test_a_process_serves_from_the_end_of_its_start_until_it_is_told_to_end() -> None:
    serving = Serving()
    serving.started()
    assert serving.phase == "serving"
    serving.drain()
    assert serving.phase == "draining"
