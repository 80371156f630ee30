"""How the app starts with a host's settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.bedrock.backend import Backend
from lib.hosting import start
from lib.mistral.catalog import find, set_prices

LARGE, MINISTRAL = "mistral.mistral-large-2402-v1:0", "mistral.ministral-3-8b-instruct"
PIXTRAL = "mistral.pixtral-large-2502-v1:0"


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, no_aws: None) -> Iterator[None]:  # noqa: ARG001
    monkeypatch.setenv("SIROCCO_BACKEND", "aws")
    yield
    set_prices({})


def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **settings: str) -> Backend:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return start.backend(tmp_path)


def test_the_list_of_models_wins_over_bedrock_model_id(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    listed = f"us.{PIXTRAL},{MINISTRAL}"
    here = started(monkeypatch, tmp_path, BEDROCK_MODEL_ID=LARGE, SIROCCO_MODELS=listed)
    assert [model.id for model in here.models] == [PIXTRAL, MINISTRAL]
    assert here.default_model.id == PIXTRAL
    assert [here.call_id(model) for model in here.models] == [f"us.{PIXTRAL}", MINISTRAL]


def test_a_bedrock_model_id_that_cannot_be_called_does_not_matter_beside_the_list_of_models(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = started(monkeypatch, tmp_path, BEDROCK_MODEL_ID="nonsense", SIROCCO_MODELS=LARGE)
    assert (here.refused, here.notes) == ("", ())


def test_an_arn_at_the_head_of_the_list_of_models_sets_the_region(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    arn = f"arn:aws:bedrock:eu-west-1::foundation-model/{LARGE}"
    here = started(monkeypatch, tmp_path, AWS_DEFAULT_REGION="us-east-1", SIROCCO_MODELS=arn)
    assert here.region == "eu-west-1"
    assert here.notes == ("SIROCCO_MODELS begins with an ARN of eu-west-1, so all calls go to that region.",)


def test_the_hosts_prices_are_used_for_the_default_model_and_in_the_catalogue(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = started(monkeypatch, tmp_path, SIROCCO_PRICES=f"{LARGE}=1/2")
    price = here.default_model.price
    assert price
    assert (price.input, price.output, find(LARGE).price) == (1.0, 2.0, price)


def test_the_service_tier_of_the_host_is_in_every_price(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = started(monkeypatch, tmp_path, BEDROCK_MODEL_ID=LARGE, SIROCCO_SERVICE_TIER="priority")
    price = here.default_model.price
    assert price
    assert (price.input, price.output, price.tier) == (7.0, 21.0, "priority")


def test_a_wrong_setting_is_a_note_on_the_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    here = started(monkeypatch, tmp_path, SIROCCO_AT_ONCE="many")
    assert here.notes == ("SIROCCO_AT_ONCE is “many”; it takes a whole number from 1 on.",)


def test_no_ledger_is_made_before_it_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    started(monkeypatch, tmp_path, SIROCCO_DAILY_USD="5")
    assert list(tmp_path.glob("**/*.db")) == []


@pytest.mark.parametrize(
    ("address", "settings", "warned"),
    [
        ("0.0.0.0", {}, True),
        (None, {}, True),
        ("sirocco.example.com", {}, True),
        ("localhost", {}, False),
        ("127.0.0.1", {}, False),
        ("::1", {}, False),
        ("0.0.0.0", {"SIROCCO_DAILY_USD": "5"}, False),
        ("0.0.0.0", {"SIROCCO_DAILY_USD": "none"}, False),
    ],
)
def test_an_open_app_without_a_budget_warns_at_the_start(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    address: str | None,
    settings: dict[str, str],
    warned: bool,
) -> None:
    here = started(monkeypatch, tmp_path, **settings)
    assert start.warning(here, address) == (start.NO_BUDGET if warned else "")
