"""How an answer's arrival is judged, and what calls may cost."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lib.bedrock.answer import Answer, Beat
from lib.hosting.calls import arrival, cost
from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID, find
from lib.mistral.dialects import Usage
from tests.support.makers import answered, recipe


def answer(times: Sequence[float], written: int | None) -> Answer:
    """Chunks that arrived at these ms; `written`: ms between first byte and end by the service's clock."""
    usage = Usage(9, len(times), None, None) if written is None else Usage(9, len(times), 400 + written, 400)
    beats = tuple(Beat(time, 4) for time in times)
    return answered(recipe("Count."), "x", usage=usage, timeline=beats, duration_ms=times[-1])


def steady(count: int, gap: float, start: float = 500) -> list[float]:
    return [start + number * gap for number in range(count)]


@pytest.mark.parametrize(
    ("times", "written", "status"),
    [
        (steady(60, 30), 1800, "ok"),
        (steady(60, 30), None, "ok"),
        (steady(60, 0.1, start=2300), 1800, "failed"),  # all at the end
        (steady(60, 0.1, start=2300), None, "failed"),  # the same, without the times of the service
        (steady(60, 0.1, start=120), 40, "ok"),  # too quick to tell
        (
            [500 + 600 * (number // 20) + number * 0.1 for number in range(60)],
            1800,
            "warning",
        ),  # three bursts
        ([500 + 60 * (number // 2) + number * 0.1 for number in range(60)], 1800, "ok"),  # two to a packet
        (steady(3, 30), 90, "warning"),  # too few
        ([800.0], 10, "warning"),
    ],
)
def test_chunks_that_arrive_over_time_pass_and_chunks_held_back_name_a_proxy(
    times: list[float], written: int | None, status: str
) -> None:
    check = arrival(answer(times, written))
    assert check.status == status
    assert bool(check.fix) == (status != "ok")
    assert ("proxy" in check.says) == (status != "ok" and len(times) > 3)


def test_an_answer_too_quick_to_judge_says_so() -> None:
    assert "too quick" in arrival(answer(steady(60, 0.1, start=120), 40)).says


def test_the_cost_is_a_sum_that_names_what_it_leaves_out() -> None:
    large, unknown = find(SAMPLE_MODEL_ID), find("mistral.sirocco-9-v1:0")
    assert large.price is not None
    assert cost([large], 64) == "at most 0.10 ¢"
    assert cost([large, unknown]).endswith("and 1 without a known price")
    assert cost([find("mistral.ministral-3-3b-instruct")]) == "at most 0.01 ¢"
    assert cost([find(LOCAL_MODEL_ID)]) == "free"
