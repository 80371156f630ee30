"""The catalogue: what is in it, what is left out, and how an id finds its model."""

import copy
import pickle
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID, Model, UnknownModel, find, models
from lib.mistral.recipe import NUMBERS

PIXTRAL = "mistral.pixtral-large-2502-v1:0"
ORDER = [*NUMBERS, "stop"]
TEXT = {
    SAMPLE_MODEL_ID,
    LOCAL_MODEL_ID,
    "mistral.mistral-7b-instruct-v0:2",
    "mistral.mixtral-8x7b-instruct-v0:1",
    "mistral.mistral-small-2402-v1:0",
}
MESSAGE = {"mistral.mistral-large-2407-v1:0", PIXTRAL}
DELTA = {
    "mistral.mistral-large-3-675b-instruct",
    "mistral.ministral-3-3b-instruct",
    "mistral.ministral-3-8b-instruct",
    "mistral.ministral-3-14b-instruct",
    "mistral.magistral-small-2509",
    "mistral.devstral-2-123b",
}

every_model = pytest.mark.parametrize("model", models(), ids=lambda model: model.id)


def test_the_sample_model_comes_first_and_the_local_one_last() -> None:
    assert models()[0].id == SAMPLE_MODEL_ID == "mistral.mistral-large-2402-v1:0"
    assert models()[-1].id == LOCAL_MODEL_ID == "local.smollm2-135m-instruct"
    assert [model.local for model in models()] == [False] * (len(models()) - 1) + [True]


@pytest.mark.parametrize(("dialect", "ids"), [("text", TEXT), ("message", MESSAGE), ("delta", DELTA)])
def test_every_text_model_is_listed_once_under_its_dialect(dialect: str, ids: set[str]) -> None:
    listed = [model.id for model in models() if model.dialect == dialect]
    assert sorted(listed) == sorted(ids)


def test_no_two_models_share_a_name() -> None:
    assert len({model.name for model in models()}) == len(models())


@every_model
def test_parameters_keep_the_order_of_the_sliders_and_defaults_lie_in_range(model: Model) -> None:
    assert list(model.parameters) == [name for name in ORDER if name in model.parameters]
    for parameter in model.parameters.values():
        assert parameter.low < parameter.high
        assert parameter.default is None or parameter.low <= parameter.default <= parameter.high


@every_model
def test_only_the_text_dialect_takes_top_k_and_only_the_others_have_a_place_for_a_system_text(
    model: Model,
) -> None:
    text = model.dialect == "text"
    assert ("top_k" in model.parameters) == text
    assert model.system == (not text)
    assert {"temperature", "top_p", "max_tokens", "stop"} <= set(model.parameters)


@every_model
def test_an_answer_of_full_length_fits_into_the_context(model: Model) -> None:
    assert model.parameters["max_tokens"].high < model.context


@every_model
def test_every_mistral_model_has_a_dated_price_and_a_place_to_run(model: Model) -> None:
    if model.local:
        assert model.price is None
        assert not model.regions
        return
    assert model.price is not None
    assert model.price.source
    assert date(2026, 1, 1) <= model.price.as_of <= date(2026, 12, 31)
    assert len(set(model.regions)) == len(model.regions)
    assert bool(model.regions) != bool(model.profiles)


def test_the_smaller_limit_stands_where_parameter_page_and_card_disagree() -> None:
    for model_id in TEXT - {LOCAL_MODEL_ID}:
        assert find(model_id).parameters["max_tokens"].high == 4096


def test_the_cards_limit_stands_where_no_parameter_page_is_about_the_model() -> None:
    assert find(PIXTRAL).parameters["max_tokens"].high == 16384


def test_a_model_that_thinks_has_room_for_it_by_default() -> None:
    thinking = [model for model in models() if model.reasoning]
    assert [model.id for model in thinking] == ["mistral.magistral-small-2509"]
    assert all((model.parameters["max_tokens"].default or 0) >= 4096 for model in thinking)
    assert thinking[0].parameters["top_p"].default == 0.95


def test_models_that_could_see_images_say_so() -> None:
    seeing = {model.name for model in models() if model.images}
    ministral = {"Ministral 3 3B", "Ministral 3 8B", "Ministral 3 14B"}
    assert seeing == ministral | {"Mistral Large 3", "Magistral Small", "Pixtral Large"}


def test_a_region_that_no_card_lists_is_offered_and_marked() -> None:
    large = find("mistral.mistral-large-3-675b-instruct")
    assert len(large.regions) == 11
    assert set(large.unconfirmed) == {"eu-north-1", "eu-west-2", "ap-southeast-3", "ap-southeast-4"}
    assert large.call_id("eu-west-2") == large.id
    assert set(find("mistral.ministral-3-8b-instruct").unconfirmed) == {"eu-central-1", "eu-north-1"}
    assert not find(SAMPLE_MODEL_ID).unconfirmed


def test_lifecycles_and_prices_carry_the_date_of_the_newest_reading() -> None:
    states = {model.name: (model.lifecycle.status, model.lifecycle.as_of) for model in models()}
    read = ("active", date(2026, 9, 29))
    assert states["Mistral Large"] == states["Mistral Small"] == states["Pixtral Large"] == read
    price = find("mistral.mistral-large-3-675b-instruct").price
    assert price
    assert (price.input, price.output, price.as_of) == (0.5, 1.5, date(2026, 10, 3))


def test_top_k_is_off_by_default_where_the_docs_call_it_disabled() -> None:
    assert find(SAMPLE_MODEL_ID).parameters["top_k"].default is None
    assert find("mistral.mixtral-8x7b-instruct-v0:1").parameters["top_k"].default == 50


def test_the_local_model_has_the_ranges_its_endpoint_serves() -> None:
    local = find(LOCAL_MODEL_ID)
    ranges = {name: (p.low, p.high, p.default) for name, p in local.parameters.items()}
    assert ranges == {
        "temperature": (0, 1, 0.5),
        "top_p": (0, 1, 0.9),
        "top_k": (1, 200, 50),
        "max_tokens": (1, 1024, 256),
        "stop": (0, 10, None),
    }
    assert (local.name, local.dialect, local.context) == ("SmolLM2 135M", "text", 2048)
    assert local.lifecycle.status == "local"


def test_legacy_models_carry_their_end_of_life() -> None:
    legacy = {
        model.id: model.lifecycle.end_of_life for model in models() if model.lifecycle.status == "legacy"
    }
    assert legacy == {
        "mistral.mistral-7b-instruct-v0:2": date(2027, 3, 30),
        "mistral.mixtral-8x7b-instruct-v0:1": date(2027, 3, 30),
    }


def test_a_price_is_per_million_tokens() -> None:
    price = find("mistral.mistral-large-3-675b-instruct").price
    assert price is not None
    assert price.cost(1_000_000, 0) == 1_000_000 * price.input == 500_000
    assert price.cost(0, 2_000_000) == 2_000_000 * price.output == 3_000_000
    assert price.cost(4_000, 1_000) == 3_500


@every_model
def test_an_id_its_profile_ids_and_their_arns_find_the_same_model(model: Model) -> None:
    assert find(model.id) == model
    if model.local:
        return
    arn = "arn:aws:bedrock:us-east-1"
    assert find(f"{arn}::foundation-model/{model.id}") == model
    for geography in ("us", "eu", "apac", "us-gov", "global"):
        profile = f"{geography}.{model.id}"
        assert find(profile) == model
        assert find(f"{arn}:123456789012:inference-profile/{profile}") == model


def test_pixtral_is_called_by_the_profile_of_its_region() -> None:
    pixtral = find(f"us.{PIXTRAL}")
    assert pixtral.id == PIXTRAL
    assert pixtral.call_id("us-east-2") == f"us.{PIXTRAL}"
    assert pixtral.call_id("eu-west-3") == f"eu.{PIXTRAL}"
    assert pixtral.call_id("ap-south-1") == PIXTRAL
    assert pixtral.call_id(None) == PIXTRAL


@every_model
def test_models_that_run_in_a_region_are_called_by_their_bare_id(model: Model) -> None:
    assert all(model.call_id(region) == model.id for region in (*model.regions, None))


@pytest.mark.parametrize("model_id", ["mistral.mistral-large-9-v1:0", "mistral.voxtral-mini-3b-2507"])
def test_an_unlisted_mistral_id_gets_the_newest_dialect_and_says_so(model_id: str) -> None:
    model = find(model_id)
    assert (model.id, model.dialect, model.system, model.known) == (model_id, "delta", True, False)
    assert model.name == model_id.removeprefix("mistral.")
    assert "newer than the app's catalogue" in model.note
    assert model.price is None
    assert list(model.parameters) == ["temperature", "top_p", "max_tokens", "stop"]


def test_an_unlisted_profile_id_stays_callable() -> None:
    model = find("arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.mistral.mistral-large-9")
    assert model.call_id("eu-west-1") == "eu.mistral.mistral-large-9"
    assert not model.known


def test_listed_models_are_known_and_need_no_note() -> None:
    assert all(model.known and not model.note for model in models())


@pytest.mark.parametrize(
    "model_id",
    [
        "",
        "mistral.",
        "mistral",
        "anthropic.claude-3-haiku-20240307-v1:0",
        "us.anthropic.mistral.fake",
        "local.other",
        " mistral.devstral-2-123b",
        "mistral.devstral-2-123b\n",
        "mistral.a b",
        "mistral." + "a" * 200,
        "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcd1234",
        "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/mistral.devstral-2-123b",
        "https://example.org/mistral.devstral-2-123b",
    ],
)
def test_any_other_id_is_unknown(model_id: str) -> None:
    with pytest.raises(UnknownModel):
        find(model_id)


@given(st.text() | st.text().map(lambda tail: f"mistral.{tail}"))
def test_find_answers_or_refuses_but_never_breaks(model_id: str) -> None:
    with suppress(UnknownModel):
        assert model_id.endswith(find(model_id).id)


def test_models_can_be_keys_and_survive_copying_and_pickling() -> None:
    for model in models():
        assert {model: 1}[copy.deepcopy(model)] == 1
        assert pickle.loads(pickle.dumps(model)) == model
