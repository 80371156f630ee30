"""The models that the page offers are those that the account lists; without a list a note says why."""

from __future__ import annotations

import dataclasses
import functools
import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from lib.bedrock.account import Account, Listing, nearest_active
from lib.bedrock.problems import explain
from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID, Lifecycle, Model, find, models
from tests.support.calls import client
from tests.support.environment import NOBODY
from tests.support.fake_bedrock import FakeBedrock
from tests.support.makers import profile, summary
from tests.support.scripted_endpoint import Endpoint
from tests.support.waiting import eventually

LARGE_3 = "mistral.mistral-large-3-675b-instruct"
SMALL = "mistral.mistral-small-2402-v1:0"
PIXTRAL = "mistral.pixtral-large-2502-v1:0"
OLD = "mistral.mistral-7b-instruct-v0:2"
CATALOGUE = tuple(model for model in models() if not model.local)


def account(url: str, region: str = "us-east-1", **more: Any) -> Account:
    call = functools.partial(client, url, "bedrock", **{"connect_timeout": 2, "read_timeout": 5, **more})
    return Account(call, explain, CATALOGUE, region)


def asking() -> bool:
    """Whether a thread waits for AWS's answer."""
    return any(thread.name == "account-models" for thread in threading.enumerate())


def ids(listing: Listing) -> list[str]:
    return [model.id for model in listing.offered]


def asked(bedrock: FakeBedrock, region: str = "us-east-1") -> Listing:
    with bedrock:
        return account(bedrock.url, region).refresh()


class TestListing:
    def test_only_what_the_account_lists_is_offered_in_catalogue_order(self) -> None:
        listing = asked(FakeBedrock(models=[summary(SMALL), summary(LARGE_3), summary(SAMPLE_MODEL_ID)]))
        assert ids(listing) == [SAMPLE_MODEL_ID, LARGE_3, SMALL]
        assert (listing.source, listing.note, listing.problem) == ("account", None, None)
        assert (datetime.now(UTC) - listing.as_of).total_seconds() < 60

    def test_a_model_newer_than_the_catalogue_comes_last(self) -> None:
        listing = asked(FakeBedrock(models=[summary("mistral.sirocco-9-v1:0"), summary(SMALL)]))
        assert ids(listing) == [SMALL, "mistral.sirocco-9-v1:0"]
        assert not listing.offered[1].known

    @pytest.mark.parametrize(
        "other",
        [
            summary("anthropic.claude-9"),
            summary("mistral.images-v1:0", outputModalities=["IMAGE"]),
            summary("mistral.silent-v1:0", responseStreamingSupported=False),
            summary(f"{SAMPLE_MODEL_ID}:28k", inferenceTypesSupported=["PROVISIONED"]),
        ],
        ids=lambda entry: entry["modelId"],
    )
    def test_a_model_that_cannot_stream_text_is_left_out(self, other: dict[str, Any]) -> None:
        assert ids(asked(FakeBedrock(models=[other, summary(SMALL)]))) == [SMALL]

    def test_the_accounts_lifecycle_wins_over_the_catalogues(self) -> None:
        assert find(OLD).lifecycle.status == "legacy"
        life = {"legacyTime": "2026-10-01T00:00:00Z", "endOfLifeTime": "2027-05-02T00:00:00Z"}
        listing = asked(FakeBedrock(models=[summary(SMALL, "LEGACY", life=life), summary(OLD)]))
        small, old = listing.models
        assert (small.model.lifecycle.status, small.model.lifecycle.end_of_life) == (
            "legacy",
            date(2027, 5, 2),
        )
        assert (old.model.lifecycle.status, old.model.lifecycle.end_of_life) == ("active", None)

    def test_without_a_date_from_the_account_the_end_in_the_catalogue_stands(self) -> None:
        listing = asked(FakeBedrock(models=[summary(OLD, "LEGACY")]))
        assert listing.offered[0].lifecycle.end_of_life == find(OLD).lifecycle.end_of_life

    def test_of_the_local_endpoint_only_its_own_model_is_offered(self, endpoint: Endpoint) -> None:
        local = (find(LOCAL_MODEL_ID),)
        listing = Account(functools.partial(client, endpoint.url, "bedrock"), explain, local, None).refresh()
        assert listing.offered == local
        assert listing.source == "account"
        assert listing.models[0].call_id == LOCAL_MODEL_ID


class TestProfiles:
    BY_PROFILE = summary(PIXTRAL, inferenceTypesSupported=["INFERENCE_PROFILE"])

    def call_id(self, profiles: Any, region: str = "us-east-1") -> str | None:
        listing = asked(FakeBedrock(models=[self.BY_PROFILE, summary(SMALL)], profiles=profiles), region)
        called = {listed.model.id: listed.call_id for listed in listing.models}
        assert called[SMALL] == SMALL
        return called.get(PIXTRAL)

    def test_a_model_that_runs_only_by_profile_is_called_by_it(self) -> None:
        pages = [[profile("global.x", PIXTRAL)], [], [profile(f"us.{PIXTRAL}", PIXTRAL)]]
        assert self.call_id(pages) == f"us.{PIXTRAL}"

    def test_a_profile_of_a_geography_is_preferred_to_a_global_one(self) -> None:
        assert self.call_id([[profile("global.a", PIXTRAL), profile("zz.b", PIXTRAL)]]) == "zz.b"

    def test_where_no_profile_reaches_it_the_model_is_not_offered(self) -> None:
        assert self.call_id([[profile("us.other", LARGE_3)]]) is None

    def test_where_profiles_may_not_be_listed_those_of_the_catalogue_are_used(self) -> None:
        listing = asked(FakeBedrock(models=[self.BY_PROFILE], profiles="access-iam"), "us-east-1")
        assert listing.models[0].call_id == f"us.{PIXTRAL}"
        assert "profiles could not be listed" in str(listing.note)

    def test_calls_use_the_listed_id_and_before_the_listing_that_of_the_catalogue(self) -> None:
        bedrock = FakeBedrock(models=[self.BY_PROFILE], profiles=[[profile("apac.one", PIXTRAL)]])
        with bedrock:
            known = account(bedrock.url)
            assert known.call_id(find(PIXTRAL)) == f"us.{PIXTRAL}"
            known.refresh()
            assert known.call_id(find(PIXTRAL)) == "apac.one"


class TestFallback:
    @pytest.mark.parametrize("fault", ["access-iam", "access-deny", "access-other"])
    def test_an_identity_that_may_not_list_gets_the_catalogue_and_the_reason(self, fault: str) -> None:
        listing = asked(FakeBedrock(models=fault))
        assert listing.offered == CATALOGUE
        assert listing.source == "catalogue"
        assert listing.note == (
            "The AWS identity may not list models (bedrock:ListFoundationModels). "
            "These models are from the catalogue."
        )

    @pytest.mark.parametrize("fault", ["expired", "bad-key", "throttling", "internal", "html-502", "legacy"])
    def test_any_other_refusal_is_a_note_without_account_numbers(self, fault: str) -> None:
        listing = asked(FakeBedrock(models=fault))
        assert listing.offered == CATALOGUE
        assert str(listing.note).endswith("These models are from the catalogue.")
        assert "1234" not in str(listing.note)

    def test_an_address_where_nobody_listens_is_a_note(self) -> None:
        listing = account(NOBODY).refresh()
        assert listing.offered == CATALOGUE
        assert str(listing.note).startswith("AWS could not be asked")

    def test_a_listing_that_takes_too_long_is_a_note(self) -> None:
        bedrock = FakeBedrock(models=[summary(SMALL)])
        bedrock.gate.clear()
        with bedrock:
            listing = account(bedrock.url, read_timeout=0.2).refresh()
        assert listing.offered == CATALOGUE
        assert str(listing.note).startswith("AWS could not be asked")

    def test_a_region_without_mistral_models_is_said_and_the_catalogue_stays(self) -> None:
        listing = asked(FakeBedrock(models=[summary("anthropic.claude-9")]), "eu-west-9")
        assert listing.offered == CATALOGUE
        assert str(listing.note).startswith("AWS lists no Mistral model in eu-west-9.")

    def test_after_a_failure_the_last_list_is_kept_with_its_time(self) -> None:
        bedrock = FakeBedrock(models=[summary(SMALL)])
        with bedrock:
            known = account(bedrock.url)
            known.refresh()
            bedrock.models = "internal"
            listing = known.refresh()
        assert ids(listing) == [SMALL]
        assert "This list is from" in str(listing.note)

    def test_a_client_that_cannot_be_made_is_a_note(self) -> None:
        def none() -> Any:
            raise ValueError("Invalid endpoint: https://bedrock.no where.amazonaws.com")

        assert Account(none, explain, CATALOGUE, None).refresh().offered == CATALOGUE


class TestBackground:
    def test_the_catalogue_is_there_at_once_and_the_listing_replaces_it(self) -> None:
        bedrock = FakeBedrock(models=[summary(SMALL)])
        bedrock.gate.clear()
        with bedrock:
            known = account(bedrock.url)
            at_once = known.listing()
            assert (at_once.offered, at_once.note) == (CATALOGUE, None)
            eventually(lambda: bedrock.asked)
            assert known.listing().source == "catalogue"
            bedrock.gate.set()
            eventually(lambda: known.listing().source == "account")
            assert ids(known.listing()) == [SMALL]
            assert bedrock.asked.count("/foundation-models") == 1

    def test_after_a_failure_aws_is_not_asked_again_at_once(self) -> None:
        bedrock = FakeBedrock(models="internal")
        with bedrock:
            known = account(bedrock.url)
            known.listing()
            eventually(lambda: known.listing().note)
            assert all(known.listing().problem for _ in range(20))
        assert bedrock.asked == ["/foundation-models"]

    def test_after_a_failure_aws_is_asked_again_sooner_than_after_a_list(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("lib.bedrock.account.AGAIN_S", 0)
        bedrock = FakeBedrock(models="internal")
        with bedrock:
            known = account(bedrock.url)
            known.listing()
            eventually(lambda: known.listing().problem)
            bedrock.models = [summary(SMALL)]
            eventually(lambda: known.listing().source == "account")
            eventually(lambda: not asking())
            assert ids(known.listing()) == [SMALL]
            assert not asking()


class TestNearestActive:
    OFFERED: Sequence[Model] = CATALOGUE

    @pytest.mark.parametrize(
        ("retired", "nearest"),
        [
            (SAMPLE_MODEL_ID, LARGE_3),  # its family
            ("mistral.mistral-large-2407-v1:0", SAMPLE_MODEL_ID),  # its family, and the nearer price
            (OLD, "mistral.ministral-3-8b-instruct"),  # about the price, then the size
            ("mistral.nobody-knows-14b-v1:0", "mistral.ministral-3-14b-instruct"),  # the size in its name
        ],
    )
    def test_the_family_counts_before_the_price_and_the_price_before_the_size(
        self, retired: str, nearest: str
    ) -> None:
        found = nearest_active(find(retired), self.OFFERED)
        assert found is not None
        assert found.id == nearest

    def test_neither_itself_nor_a_model_that_is_not_active_is_ever_named(self) -> None:
        inactive = [model for model in self.OFFERED if model.lifecycle.status != "active"]
        assert nearest_active(find(OLD), inactive) is None
        assert nearest_active(find(LARGE_3), [find(LARGE_3)]) is None
        assert nearest_active(find(OLD), []) is None

    def test_a_model_whose_end_has_come_is_not_named(self) -> None:
        over = Lifecycle("active", date(2026, 1, 1), date(2026, 2, 1), "")
        assert nearest_active(find(OLD), [dataclasses.replace(find(SMALL), lifecycle=over)]) is None
