"""The sidebar: what it offers for each model, and what it makes of the settings."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.mistral.catalog import LOCAL_MODEL_ID, find, models
from lib.mistral.recipe import NUMBERS, SETTINGS
from lib.ui.sidebar import settings
from lib.ui.sidebar.controls import HELP
from tests.support.backends import DELTA, MESSAGE, MIXTRAL, TEXT

pytestmark = pytest.mark.usefixtures("pages_open_fast", "no_listing")


def script(kind: str, model_id: str, region: str | None) -> None:
    import streamlit as st

    from lib.bedrock.backend import Backend
    from lib.mistral.catalog import find
    from lib.ui.sidebar import settings
    from lib.ui.sidebar.controls import sidebar

    backend = Backend(kind, region, find(model_id), model_id)  # type: ignore[arg-type]
    sidebar(backend)
    model, chosen = settings.chosen(backend)
    st.session_state["got"] = (model.id, chosen)


def page(
    kind: str = "aws", model_id: str = TEXT.id, region: str | None = "us-east-1", **query: str
) -> AppTest:
    at = AppTest.from_function(script, args=(kind, model_id, region), default_timeout=10)
    for name, value in query.items():
        at.query_params[name] = value
    return run(at)


def run(at: AppTest) -> AppTest:
    at.run()
    assert not at.exception
    return at


def got(at: AppTest) -> dict[str, Any]:
    """The settings that are sent; what is left to the model is not among them."""
    settings: dict[str, Any] = at.session_state["got"][1]
    return {name: value for name, value in settings.items() if value is not None}


def choose(at: AppTest, model_id: str) -> AppTest:
    at.selectbox(key="model").set_value(model_id)
    return run(at)


def test_the_first_look_shows_the_models_own_defaults() -> None:
    at = page()
    assert at.session_state["got"][0] == TEXT.id
    assert got(at) == {
        "temperature": 0.7,
        "max_tokens": 4096,
        "stop": (),
        "system": "",
    }


@pytest.mark.parametrize(
    "model", [model for model in models() if not model.local], ids=lambda model: model.id
)
def test_every_model_has_its_own_ranges(model: Any) -> None:
    at = page(model_id=model.id)
    for name in NUMBERS:
        allowed = model.parameters.get(name)
        shown = at.number_input(key=name) if name in settings.BOXES else at.slider(key=name)
        assert shown.disabled is (allowed is None)
        if allowed:
            assert (shown.min, shown.max, shown.value) == (allowed.low, allowed.high, allowed.default)


def test_settings_are_what_the_recipe_takes() -> None:
    at = page()
    at.slider(key="temperature").set_value(0.25)
    at.slider(key="max_tokens").set_value(100)
    at.slider(key="top_p").set_value(0.5)
    at.number_input(key="top_k").set_value(7)
    at.text_area(key="system").set_value("  Be kind.  ")
    assert got(run(at)) == {
        "temperature": 0.25,
        "max_tokens": 100,
        "top_p": 0.5,
        "top_k": 7,
        "stop": (),
        "system": "Be kind.",
    }


def test_stop_sequences_come_from_the_url_and_go_to_the_recipe() -> None:
    assert got(page(stop="END"))["stop"] == ("END",)


def test_top_p_and_top_k_at_their_defaults_are_left_to_the_model() -> None:
    at = page(model_id=MIXTRAL.id)
    assert at.number_input(key="top_k").value == 50
    assert not {"top_p", "top_k"} & got(at).keys()


@pytest.mark.parametrize("model_id", [MESSAGE.id, "mistral.mistral-newest-v9:0"], ids=["no card", "new"])
def test_a_lifecycle_that_is_not_known_is_not_mentioned(model_id: str) -> None:
    assert find(model_id).lifecycle.status == "unknown"
    at = page(model_id=model_id, region="us-west-2")
    said = " ".join(element.value for element in [*at.caption, *at.markdown, *at.text]).lower()
    assert said
    assert "unknown" not in said
    assert "lifecycle" not in said


def test_a_setting_that_the_model_does_not_take_is_disabled_with_the_reason_and_not_sent() -> None:
    at = page()
    at.number_input(key="top_k").set_value(7)
    at = choose(run(at), DELTA.id)
    assert at.number_input(key="top_k").disabled
    assert f"{DELTA.name} does not take top_k" in at.number_input(key="top_k").help
    assert "top_k" not in got(at)
    assert not at.slider(key="temperature").disabled
    assert "does not take" not in at.slider(key="temperature").help


@pytest.mark.parametrize("name", settings.FOLDED)
def test_a_disabled_control_never_changes_what_is_sent(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: Any = find(DELTA.id).parameters
    monkeypatch.delitem(taken, name, raising=False)
    for first in (TEXT, MIXTRAL):
        at = choose(page(model_id=first.id), DELTA.id)
        assert name not in got(at)
        for other in (TEXT, MIXTRAL):
            assert got(choose(at, other.id)) == got(page(model_id=other.id))
            choose(at, DELTA.id)
    assert got(choose(page(model_id=DELTA.id), MIXTRAL.id)) == got(page(model_id=MIXTRAL.id))


def test_a_value_of_ones_own_comes_back_after_a_model_that_does_not_take_it() -> None:
    at = page(model_id=MIXTRAL.id)
    at.number_input(key="top_k").set_value(7)
    assert "top_k" not in got(choose(run(at), DELTA.id))
    assert got(choose(at, TEXT.id))["top_k"] == 7


def test_every_setting_has_a_help_text() -> None:
    assert set(HELP) == set(SETTINGS)


def test_after_a_change_of_model_untouched_settings_take_the_new_default() -> None:
    at = choose(page(), MIXTRAL.id)
    assert got(at)["max_tokens"] == MIXTRAL.parameters["max_tokens"].default
    assert got(at)["temperature"] == MIXTRAL.parameters["temperature"].default
    assert at.number_input(key="top_k").value == 50


def test_after_a_change_of_model_settings_of_ones_own_stay_within_the_new_range() -> None:
    at = choose(page(), DELTA.id)
    at.slider(key="max_tokens").set_value(20_000)
    at.slider(key="temperature").set_value(0.1)
    at = choose(run(at), TEXT.id)
    assert got(at)["max_tokens"] == 4096
    assert got(at)["temperature"] == 0.1
    at.slider(key="max_tokens").set_value(300)
    assert got(choose(run(at), MIXTRAL.id))["max_tokens"] == 300


def test_a_walk_through_all_models_and_back_is_always_in_range() -> None:
    at = page()
    listed = [model for model in models() if not model.local]
    for model in [*listed, *reversed(listed)]:
        sent = got(choose(at, model.id))
        for name in sent.keys() & NUMBERS.keys():
            assert model.parameters[name].low <= sent[name] <= model.parameters[name].high


def test_reset_puts_every_setting_back() -> None:
    at = page(stop="END", model=MIXTRAL.name)
    before = got(page(model=MIXTRAL.name))
    at.slider(key="temperature").set_value(0.05)
    at.slider(key="max_tokens").set_value(33)
    at.slider(key="top_p").set_value(0.1)
    at.number_input(key="top_k").set_value(3)
    at.text_area(key="system").set_value("Be brief.")
    assert got(run(at)) != before
    next(button for button in at.button if button.label == "Reset to defaults").click()
    assert got(run(at)) == before
    assert at.session_state["got"][0] == MIXTRAL.id


def test_settings_come_from_the_url() -> None:
    at = page(model=DELTA.name, temperature="0.25", max_tokens="20000", top_p="0.4")
    assert at.session_state["got"][0] == DELTA.id
    assert got(at) == {
        "temperature": 0.25,
        "max_tokens": 20_000,
        "top_p": 0.4,
        "stop": (),
        "system": "",
    }


@pytest.mark.parametrize(
    "query",
    [{"temperature": "7"}, {"max_tokens": "x"}, {"top_k": "999"}, {"model": "nobody"}, {"top_p": "nan"}],
)
def test_nonsense_in_the_url_changes_nothing(query: dict[str, str]) -> None:
    assert got(page(**query)) == got(page())


def test_the_caption_tells_lifecycle_price_and_region_with_their_dates() -> None:
    said = page(region="eu-central-1").caption[0].value
    assert f"as of {TEXT.lifecycle.as_of}" in said
    assert TEXT.price is not None
    assert "per million tokens" in said
    assert str(TEXT.price.as_of) in said
    assert "Not listed for eu-central-1" in said
    assert "Not listed" not in page().caption[0].value


def test_a_model_newer_than_the_catalogue_says_so() -> None:
    at = page(model_id="mistral.sirocco-9-v1:0")
    assert "newer than the app's catalogue" in at.caption[0].value


def test_the_local_model_is_the_only_one_and_is_not_called_one_of_mistral() -> None:
    at = page("local", LOCAL_MODEL_ID, None)
    assert len(at.selectbox(key="model").options) == 1
    assert "the server of this page" in at.caption[0].value
    assert "Mistral" not in at.caption[0].value
    assert got(at)["max_tokens"] == 256


@pytest.mark.parametrize("model", [TEXT, MIXTRAL, DELTA], ids=lambda model: model.name)
@pytest.mark.parametrize(("label", "place"), [("Precise", "low"), ("Balanced", "default"), ("Wild", "high")])
def test_a_preset_moves_the_real_sliders_to_the_models_own_numbers(
    model: Any, label: str, place: str
) -> None:
    at = page(model_id=model.id, top_p="0.3", max_tokens="33")
    next(button for button in at.button if button.label == label).click()
    at = run(at)
    assert at.slider(key="temperature").value == getattr(model.parameters["temperature"], place)
    top_p = model.parameters["top_p"]
    assert at.slider(key="top_p").value == (top_p.high if label == "Wild" else top_p.default)
    assert got(at)["max_tokens"] == 33


def test_a_model_can_be_asked_for_by_name_in_the_url_and_an_empty_name_is_ignored() -> None:
    assert page(model=MIXTRAL.name).session_state["got"][0] == MIXTRAL.id
    assert page(model="").session_state["got"][0] == TEXT.id


@pytest.mark.parametrize("label", ["Precise", "Balanced", "Wild"])
def test_the_preset_whose_values_are_set_has_a_sign_and_no_other(label: str) -> None:
    at = page(model_id=TEXT.id)
    next(button for button in at.button if button.label == label).click()
    at.run()
    signed = [each.label for each in at.button if str(each.key).startswith("preset-") and each.proto.icon]
    assert signed == [label]
    at.slider(key="temperature").set_value(0.35)
    at.run()
    assert not [each for each in at.button if str(each.key).startswith("preset-") and each.proto.icon]


def test_the_label_of_more_settings_tells_how_many_of_them_are_changed() -> None:
    assert page(model_id=TEXT.id).expander[0].label == "More settings"
    at = page(model_id=TEXT.id, top_p="0.3", temperature="0.4")
    assert at.expander[0].label == "More settings · 1 changed"  # in the first run, too
    assert not [each for each in at.button if str(each.key).startswith("preset-") and each.proto.icon]
    at.text_area(key="system").set_value("Be brief.")
    at.run()
    assert at.expander[0].label == "More settings · 2 changed"
