"""What a link asks for: it is used where it can be, and named in a sentence where it cannot."""

from __future__ import annotations

import math
import random
from urllib.parse import parse_qs, quote

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lib.bedrock.backend import Backend
from lib.mistral.catalog import Model
from lib.mistral.recipe import NUMBERS
from lib.ui.sidebar import settings
from tests.support.backends import DELTA, LOCAL, MIXTRAL, TEXT, aws, local

pytestmark = pytest.mark.usefixtures("pages_open_fast", "no_listing", "visit")


def link(query: str, backend: Backend | None = None) -> list[str]:
    st.query_params.from_dict(parse_qs(query, keep_blank_values=True))
    return settings.read_link(backend or aws())


@pytest.mark.parametrize(
    ("query", "note"),
    [
        (
            "temperature=7",
            "The link asked for temperature “7”; Mistral Large allows a number from 0 to 1. 0.7 is used.",
        ),
        (
            "max_tokens=0",
            "The link asked for max_tokens “0”; Mistral Large allows a whole number from 1 to 4096. "
            "4096 is used.",
        ),
        (
            "top_k=999",
            "The link asked for top_k “999”; Mistral Large allows a whole number from 1 to 200. It is off.",
        ),
        (
            "max_tokens=100.5",
            "The link asked for max_tokens “100.5”; Mistral Large allows a whole number from 1 to 4096. "
            "100 is used.",
        ),
        (
            "temperature=0.2&temperature=0.4",
            "The link asked for temperature “0.2, 0.4”; Mistral Large allows a number from 0 to 1. "
            "0.7 is used.",
        ),
        ("model=nobody", "The link asked for the model “nobody”, which is not offered here."),
        (f"model={LOCAL.id}", f"The link asked for the model “{LOCAL.id}”, which is not offered here."),
        (
            "model=Mistral+Large+3&top_k=5",
            "The link asked for top_k “5”, which Mistral Large 3 does not take.",
        ),
        ("temprature=0.2", "The link's “temprature” is not a setting of this page."),
        (
            "&".join(f"stop={number}" for number in range(11)),
            "The link asked for 11 stop sequences; Mistral Large takes 10. The first 10 are used.",
        ),
    ],
)
def test_what_a_link_does_not_get_is_said_in_one_sentence(query: str, note: str) -> None:
    assert link(query) == [note]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "temperature=0.2&max_tokens=100&top_p=1&top_k=200",
        "temperature=0&temperature=",
        "max_tokens=1e2",
        "max_tokens=100.0",
        "model=Mixtral+8x7B&top_k=50",
        f"model={MIXTRAL.id}",
        "stop=END&stop=%0A&system=Be+kind.",
        "temperature=",
        "top_k=",
    ],
)
def test_a_link_that_gets_what_it_asks_for_has_no_note(query: str) -> None:
    assert link(query) == []


def test_the_system_text_of_a_link_is_taken_over_and_cut_at_its_limit() -> None:
    link("system=Be+kind.&temperature=0.2")
    assert st.session_state["system"] == "Be kind."
    (note,) = link(f"system={'x' * 2_001}")
    assert "longer than 2,000 characters" in note
    assert st.session_state["system"] == "x" * 2_000


def test_a_model_may_be_asked_for_by_its_id_and_its_ranges_count() -> None:
    assert link(f"model={DELTA.id}&max_tokens=20000") == []
    assert settings.spell_out(aws())
    assert st.query_params["model"] == DELTA.name
    assert not settings.spell_out(aws())
    assert "20000" in link("max_tokens=20000")[0]


def test_a_long_value_is_repeated_only_in_part_and_on_one_line() -> None:
    (note,) = link("temperature=" + quote("very\nlong " * 50))
    assert len(note) < 200
    assert "\n" not in note


def test_a_number_of_a_thousand_digits_is_no_error() -> None:
    for name in NUMBERS:
        (note,) = link(f"{name}=" + "9" * 1000)
        assert name in note


NAMES = (*NUMBERS, "stop", "system", "model")
VALUES = [
    *("0", "1", "0.5", "-1", "7", "1e2", "1e999", "-inf", "nan", "0x10", "1_0", "５", "", " ", "5.0", "None"),
    *("true", "[]", "{}", "null", "${x}", "<script>", "**b**", ":red[x]", "\x00", "\ud7ff", "%ff", "\n\n"),
    *("9" * 400, "9" * 5000, "a" * 3000, TEXT.name, DELTA.id, MIXTRAL.name, LOCAL.id, "1970-01-01", "../.."),
]


def fuzzed(seed: random.Random) -> str:
    """A query string as a person, a broken mailer or an attacker might make it."""
    fields = []
    for _ in range(seed.randrange(1, 6)):
        name = seed.choice(NAMES) if seed.random() < 0.7 else random_text(seed, 12)
        value = seed.choice(VALUES) if seed.random() < 0.8 else random_text(seed, 30)
        fields.append(f"{quote(name)}={quote(value)}")
    query = seed.choice("&&&&;").join(fields)
    return query if seed.random() < 0.9 else query[: seed.randrange(len(query) + 1)]


def random_text(seed: random.Random, length: int) -> str:
    pools = ((32, 127), (0, 32), (160, 0x2FF), (0x4E00, 0x4F00), (0x1F600, 0x1F64F), (0x202A, 0x202E))
    return "".join(chr(seed.randrange(*seed.choice(pools))) for _ in range(seed.randrange(1, length)))


def in_range(model: Model, name: str, values: list[str]) -> bool:
    try:
        number = float(values[-1])
    except ValueError:
        return False
    return model.parameters[name].low <= number <= model.parameters[name].high


@pytest.mark.parametrize("backend", [aws(), aws(DELTA), local()], ids=["text", "delta", "local"])
def test_ten_thousand_broken_links_raise_nothing_and_all_they_miss_is_named(backend: Backend) -> None:
    seed = random.Random(7)
    for _ in range(3400):
        query = fuzzed(seed)
        asked = {
            name: values
            for name, values in parse_qs(query, keep_blank_values=True).items()
            if name.lower() not in ("embed", "embed_options")
        }
        st.session_state.clear()
        st.query_params.from_dict(asked)
        notes = settings.read_link(backend)
        assert all(note.endswith(".") and note.startswith("The link") for note in notes), query
        assert all(len(note) < 300 and "\n" not in note for note in notes), query
        wanted = asked.get("model", [""])[-1]
        model = next((m for m in backend.models if wanted in (m.id, m.name)), backend.default_model)
        for name, values in asked.items():
            given = [value for value in values if value]
            about = [note for note in notes if f" {name} “" in note or f"’s “{name[:20]}" in note]
            if name in NUMBERS and given:
                fine = name in model.parameters and in_range(model, name, given)
                assert about or fine, query
            elif name not in NAMES:
                shown = " ".join(name.split())[:50]
                assert any(shown in note for note in notes), query


def script(model_id: str) -> None:
    import streamlit as st

    from lib.bedrock.backend import Backend
    from lib.mistral.catalog import find
    from lib.ui.sidebar import settings
    from lib.ui.sidebar.controls import sidebar

    backend = Backend("aws", "us-east-1", find(model_id), model_id)
    if "notes" not in st.session_state:
        st.session_state["notes"] = settings.read_link(backend)
    sidebar(backend)
    st.session_state["got"] = settings.chosen(backend)[1]


def opened(model_id: str, **query: str | list[str]) -> AppTest:
    at = AppTest.from_function(script, args=(model_id,), default_timeout=15)
    for name, value in query.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception, query
    return at


TEXTS = [
    "0",
    "1",
    "0.123",
    "-0.1",
    "1.01",
    "7",
    "7.0",
    "2.5",
    "1e2",
    "1_0",
    " 5 ",
    "5",
    "+5",
    "nan",
    "",
    "x",
]


@pytest.mark.parametrize("text", [*TEXTS, "9" * 300])
def test_the_notes_and_the_widgets_agree_on_what_a_link_gets(text: str) -> None:
    at = opened(MIXTRAL.id, **dict.fromkeys(NUMBERS, text))
    for name in MIXTRAL.parameters.keys() & NUMBERS:
        default = settings.default(MIXTRAL, name)
        used = at.session_state["got"].get(name, default)
        note = next((note for note in at.session_state["notes"] if f" {name} " in note), None)
        if note:
            assert f"{used:g} is used." in note
            assert used != _float(text)
        else:
            assert used == (default if text == "" else _float(text))


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


@pytest.mark.parametrize("names", [("temperature", "top_p", "max_tokens"), ("top_k",)])
def test_an_endless_number_in_a_link_opens_the_page_with_a_note(names: tuple[str, ...]) -> None:
    at = opened(TEXT.id, **dict.fromkeys(names, "1e999"))
    assert len(at.session_state["notes"]) == len(names)


def test_a_link_that_names_a_slider_twice_gets_the_default_and_says_so() -> None:
    at = opened(TEXT.id, temperature=["0.2", "0.4"])
    assert at.session_state["got"]["temperature"] == 0.7
    assert "0.7 is used" in at.session_state["notes"][0]
    at = opened(TEXT.id, top_k=["3", "4"])
    assert at.session_state["got"]["top_k"] == 4
    assert at.session_state["notes"] == []


def test_of_too_many_stop_sequences_the_first_ones_are_used() -> None:
    at = opened(TEXT.id, stop=[f"s{number}" for number in range(12)])
    assert at.session_state["got"]["stop"] == tuple(f"s{number}" for number in range(10))
    assert "12 stop sequences" in at.session_state["notes"][0]


def test_what_the_model_does_not_take_is_said_once_and_leaves_the_address() -> None:
    for query in (
        "model=Mistral+Large+3&top_k=5&temperature=0.2",
        f"model={DELTA.id}&top_k=5&temperature=0.2",
    ):
        assert link(query) == ["The link asked for top_k “5”, which Mistral Large 3 does not take."]
        assert "top_k" not in st.query_params
        assert st.query_params["temperature"] == "0.2"


def test_what_the_model_takes_stays_in_the_address() -> None:
    assert link("top_k=5&stop=END") == []
    assert st.query_params.to_dict() == {"top_k": "5", "stop": "END"}
