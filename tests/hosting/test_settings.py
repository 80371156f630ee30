"""The host's settings: the values that each takes, and the sentences about other values."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lib.hosting.ledgers.ledger import Limits
from lib.hosting.settings import LEDGER, HostSettings, read

LARGE = "mistral.mistral-large-2402-v1:0"
PIXTRAL = "mistral.pixtral-large-2502-v1:0"
ARN = f"arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.{PIXTRAL}"


def test_without_settings_nothing_is_limited_and_no_cap_is_false() -> None:
    found = read({"SIROCCO_DAILY_USD": "  "})
    assert found == HostSettings()
    assert (found.limits, found.ledger, found.no_cap) == (Limits(), LEDGER, False)


def test_every_setting_is_read() -> None:
    found = read(
        {
            "SIROCCO_DAILY_USD": "5",
            "SIROCCO_VISITOR_PER_MINUTE": "20",
            "SIROCCO_AT_ONCE": "10",
            "SIROCCO_MODELS": f"us.{PIXTRAL}, {LARGE},",
            "SIROCCO_MAX_TOKENS": "256",
            "SIROCCO_LEDGER": "redis://:secret@cache:6379/1",
            "SIROCCO_VISITOR_SHARE": "0.1",
            "SIROCCO_LOCAL_MODEL": "1",
        }
    )
    assert found.local_model
    assert found.limits == Limits(5_000_000, 500_000, 20, 10, 2)
    assert (found.models, found.max_tokens) == ((f"us.{PIXTRAL}", LARGE), 256)
    assert (found.ledger, found.share, found.wrong) == ("redis://:secret@cache:6379/1", Decimal("0.1"), ())


def test_none_says_that_no_budget_is_wanted() -> None:
    found = read({"SIROCCO_DAILY_USD": "None"})
    assert (found.daily, found.no_cap, found.limits) == (None, True, Limits())


def test_a_visitor_has_a_quarter_of_the_places_and_at_least_one() -> None:
    places = [read({"SIROCCO_AT_ONCE": str(count)}).limits.visitor_places for count in (1, 4, 7, 8, 100)]
    assert places == [1, 1, 1, 2, 25]


def test_prices_are_named_by_id_profile_or_arn() -> None:
    found = read({"SIROCCO_PRICES": f"{LARGE}=1/2.5, {ARN}=3/4/0.3, us.mistral.new-9-v1:0=0.1/0.2"})
    assert found.wrong == ()
    told = {name: (price.input, price.output, price.cached) for name, price in found.prices.items()}
    assert told == {
        LARGE: (1.0, 2.5, None),
        PIXTRAL: (3.0, 4.0, 0.3),
        "us.mistral.new-9-v1:0": (0.1, 0.2, None),
    }


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "SIROCCO_DAILY_USD",
            "five",
            "is “five”; it takes a number of US dollars a day, such as 5, or none.",
        ),
        ("SIROCCO_DAILY_USD", "-1", "is “-1”; it takes 0 to 1,000,000 US dollars, or none."),
        ("SIROCCO_DAILY_USD", "nan", "is “nan”; it takes a number of US dollars a day, such as 5, or none."),
        ("SIROCCO_VISITOR_PER_MINUTE", "0", "is “0”; it takes a whole number from 1 on."),
        ("SIROCCO_AT_ONCE", "2.5", "is “2.5”; it takes a whole number from 1 on."),
        ("SIROCCO_MAX_TOKENS", "-5", "is “-5”; it takes a whole number from 1 on."),
        ("SIROCCO_VISITOR_SHARE", "1.5", "is “1.5”; it takes a number above 0, up to 1."),
        (
            "SIROCCO_MODELS",
            "gpt",
            "is “gpt”; it takes ids of Mistral models on Amazon Bedrock; “gpt” is none.",
        ),
        ("SIROCCO_LOCAL_MODEL", "yes", "is “yes”; it takes 1 or 0."),
        ("SIROCCO_LEDGER", "postgres://u:secret@h", " takes sqlite:PATH or a redis:// address."),
        ("SIROCCO_LEDGER", "sqlite:", "is “sqlite:”; it takes sqlite:PATH or a redis:// address."),
        (
            "SIROCCO_PRICES",
            f"{LARGE}=1",
            f"is “{LARGE}=1”; it takes MODEL-ID=IN/OUT in US dollars per million tokens, several with commas "
            "between them.",
        ),
    ],
)
def test_a_value_that_cannot_be_used_gives_a_sentence(name: str, value: str, said: str) -> None:
    assert read({name: value}).wrong == (f"{name} {said.strip()}",)
