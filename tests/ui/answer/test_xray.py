"""The X-ray of a stream: figures worked out by hand, and what is said and drawn for every kind of ending."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.bedrock.answer import Answer, Beat
from lib.bedrock.timeline import Gap, measure, sentences
from lib.mistral.dialects import Usage
from lib.ui.answer.xray import MOST_POINTS, chart, thinned
from tests.support.makers import answered, recipe

BEATS = (Beat(400.0, 0), Beat(420.0, 5), Beat(450.0, 6), Beat(950.0, 2), Beat(970.0, 0))


def answer(*beats: Beat, **more: Any) -> Answer:
    fields: dict[str, Any] = {
        "usage": Usage(10, 4, 900, 300),
        "timeline": beats,
        "duration_ms": beats[-1].ms if beats else 1500.0,
        "chunks": tuple(f'{{"chunk": {index}}}' for index in range(len(beats))),
    }
    return answered(recipe(), "x" * sum(beat.characters for beat in beats), **(fields | more))


def test_the_figures_of_a_whole_answer() -> None:
    figures = measure(answer(*BEATS))
    assert figures.wait_ms == 420
    assert figures.end_ms == 970
    assert (figures.chunks, figures.without_text, figures.characters) == (5, 2, 13)
    assert figures.longest_gap == Gap(450, 950, 3)
    assert figures.longest_gap.ms == 500
    assert figures.typical_gap_ms == 25  # of 20, 30, 500 and 20
    assert (figures.service_ms, figures.elsewhere_ms) == (900, 70)
    assert (figures.service_first_ms, figures.elsewhere_first_ms) == (300, 120)
    assert not figures.held_back


def test_no_chunk_gives_no_figures() -> None:
    figures = measure(answer(usage=None))
    assert (figures.chunks, figures.characters) == (0, 0)
    assert figures.wait_ms is figures.end_ms is figures.longest_gap is figures.typical_gap_ms is None


def test_one_chunk_has_a_wait_and_no_gap() -> None:
    figures = measure(answer(Beat(700.0, 12)))
    assert (figures.wait_ms, figures.end_ms, figures.chunks) == (700, 700, 1)
    assert figures.longest_gap is None
    assert "Everything came in one chunk: 12 characters." in sentences(figures)


def test_chunks_without_any_text_have_no_first_token() -> None:
    figures = measure(answer(Beat(100.0, 0), Beat(200.0, 0)))
    assert figures.wait_ms is None
    assert figures.elsewhere_first_ms is None
    assert figures.longest_gap == Gap(100, 200, 1)


def test_the_first_of_equal_gaps_is_the_longest() -> None:
    assert measure(answer(Beat(0.0, 1), Beat(10.0, 1), Beat(20.0, 1))).longest_gap == Gap(0, 10, 1)


def test_a_service_that_claims_more_than_passed_is_not_subtracted() -> None:
    figures = measure(answer(*BEATS, usage=Usage(10, 4, 2000, 600)))
    assert figures.elsewhere_ms is figures.elsewhere_first_ms is None
    assert "The service says it took 2.00 s, more than passed here." in sentences(figures)


@pytest.mark.parametrize(
    ("spread_ms", "service", "held"),
    [
        (100, Usage(10, 9, 2300, 300), True),  # 2,000 ms of streaming arrived within 100
        (399, Usage(10, 9, 2300, 300), True),
        (400, Usage(10, 9, 2300, 300), False),
        (10, Usage(10, 9, 700, 300), False),  # too short a stream to tell
        (10, Usage(10, 9, None, None), False),
        (10, None, False),
    ],
)
def test_a_stream_held_back_on_its_way_is_noticed(spread_ms: int, service: Usage | None, held: bool) -> None:
    beats = [Beat(3000 + spread_ms * index / 8, 3) for index in range(9)]
    figures = measure(answer(*beats, usage=service))
    assert figures.held_back is held
    assert any("such as a proxy" in sentence for sentence in sentences(figures)) is held


def test_the_sentences_say_the_figures_in_plain_words() -> None:
    assert sentences(measure(answer(*BEATS))) == [
        "The first text came 420 ms after the prompt was sent.",
        "5 chunks, 2 of them without text, brought 13 characters; the last came after 970 ms.",
        "From one chunk to the next it took 25 ms as a rule, and 500 ms at most, before chunk 4.",
        "The service says it took 900 ms; the other 70 ms went to the network and this app.",
        "Of the wait, 300 ms were the service's own and 120 ms the network's and this app's.",
    ]


@pytest.mark.parametrize("count", [0, 1, 2, MOST_POINTS, MOST_POINTS + 1, 4000, 100_000])
def test_a_long_stream_is_thinned_and_keeps_its_ends_and_its_longest_gap(count: int) -> None:
    gap = Gap(1, 2, count - 2) if count > MOST_POINTS else None
    kept = thinned(count, gap)
    assert kept == sorted(set(kept))
    assert len(kept) == count if count <= MOST_POINTS else MOST_POINTS - 4 <= len(kept) <= MOST_POINTS
    if count:
        assert {0, count - 1} <= set(kept)
    if gap:
        assert {count - 3, count - 2} <= set(kept)


def drawn(beats: tuple[Beat, ...]) -> list[list[dict[str, Any]]]:
    """The rows of each layer of the chart."""
    spec = chart(beats, measure(answer(*beats))).to_dict()
    return [spec["datasets"][layer["data"]["name"]] for layer in spec["layer"]]


def test_the_chart_holds_the_exact_beats_and_marks_wait_and_gap() -> None:
    bands, line, dots = drawn(BEATS)
    assert bands == [
        {"what": "Wait for the first text", "from": 0, "to": 420.0, "ms": 420},
        {"what": "Longest gap", "from": 450.0, "to": 950.0, "ms": 500},
    ]
    assert line == dots
    assert [(dot["ms"], dot["total"]) for dot in dots] == [
        (400, 0),
        (420, 5),
        (450, 11),
        (950, 13),
        (970, 13),
    ]


def test_a_thinned_chart_still_counts_every_character() -> None:
    beats = tuple(Beat(float(index), 2) for index in range(4000))
    _, points, _ = drawn(beats)
    assert len(points) <= MOST_POINTS
    assert points[-1]["total"] == 8000
    assert all(point["total"] == 2 * point["chunk"] for point in points)


def script(shown: object) -> None:
    from lib.ui.answer import xray

    xray.show_xray(shown, "a")  # type: ignore[arg-type]


def page(shown: Answer) -> AppTest:
    at = AppTest.from_function(script, args=(shown,), default_timeout=10).run()
    assert not at.exception
    return at


def words(at: AppTest) -> str:
    return "\n".join(str(element.value) for element in [*at.markdown, *at.caption, *at.text])


def test_the_raw_chunks_are_json_lines() -> None:
    at = page(answer(*BEATS, chunks=tuple('{\n  "text": "a\\nb"\r\n}' for _ in BEATS)))
    lines = at.code[0].value.split("\n")
    assert [json.loads(line) for line in lines] == [{"text": "a\nb"}] * 5


def test_of_a_long_stream_the_first_and_last_hundred_chunks_are_shown() -> None:
    at = page(answer(*(Beat(float(index), 1) for index in range(1234))))
    first, last = (code.value.split("\n") for code in at.code)
    assert (len(first), len(last)) == (100, 100)
    assert first[0] == '{"chunk": 0}'
    assert last[-1] == '{"chunk": 1233}'
    assert "1,034 chunks between are not shown." in words(at)


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (answer(*BEATS, status="stopped"), "You stopped this answer"),
        (answer(*BEATS, status="broken"), "The stream broke off"),
        (answer(*BEATS, status="running"), "still arriving"),
        (answer(*BEATS, status="stopped", origin="shared"), "The sender stopped this answer"),
        (answer(*BEATS, chunks=(), origin="restored"), "Not kept: this answer came back from your browser's"),
        (answer(*BEATS, chunks=(), origin="shared"), "A shared answer does not contain them."),
        (answer(*BEATS, chunks=()), "They are not kept for the answers of a comparison."),
        (answer(text="kept", origin="restored"), "It is not known when each piece of this answer arrived."),
        (answer(text="kept", origin="shared"), "The sender did not share when each piece"),
        (answer(status="failed", usage=None), "No chunk arrived: the call ended after 1.50 s"),
        (answer(status="stopped", usage=None), "No chunk arrived"),
        (answer(status="running", usage=None), "Nothing has arrived yet"),
        (answer(*BEATS, usage=None), "The service did not say how long it took"),
        (answer(Beat(5.0, 1)), "An answer is not sent when it is whole."),
    ],
)
def test_every_kind_of_answer_is_explained(shown: Answer, said: str) -> None:
    assert said in words(page(shown))
