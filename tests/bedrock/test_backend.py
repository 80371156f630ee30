"""Which settings choose which backend, and that calls work whatever else the environment contains."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import pytest

from lib.bedrock.answer import Answer
from lib.bedrock.backend import Backend
from lib.bedrock.local_endpoint import NOT_BESIDE_AWS
from lib.bedrock.settings import load_settings
from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID, find, models
from tests.support.calls import counted
from tests.support.environment import KEYS, NOBODY
from tests.support.fake_bedrock import FakeBedrock, words
from tests.support.makers import recipe
from tests.support.scripted_endpoint import Endpoint
from tests.support.waiting import eventually

OTHER_MODEL = "mistral.ministral-3-14b-instruct"
RUNTIME_URL = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"


@pytest.fixture(autouse=True)
def no_local_model(no_aws: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    """No test of this file finds AWS settings or starts the embedded model."""
    monkeypatch.setenv("SIROCCO_LOCAL_URL", NOBODY)


def backend(**settings: str) -> Backend:
    os.environ.update(settings)
    return Backend.detect()


def ask(chosen: Backend, prompt: str = "chunks=3 rate=0", model_id: str | None = None) -> Answer:
    asked = recipe(prompt, model_id or chosen.default_model.id)
    reply = chosen.stream(asked)
    assert "".join(reply) == reply.answer.text
    return reply.answer


class TestSettings:
    def load(self, root: Path, dotenv: str = "", secrets: Mapping[str, object] | None = None) -> None:
        (root / ".env").write_text(dotenv)
        load_settings(root, secrets or {})

    def test_the_environment_wins_over_dotenv_and_dotenv_over_secrets(self, tmp_path: Path) -> None:
        os.environ["BEDROCK_MODEL_ID"] = "from the environment"
        dotenv = "BEDROCK_MODEL_ID=from-dotenv\nAWS_PROFILE=from-dotenv\n"
        secrets = {"BEDROCK_MODEL_ID": "s", "AWS_PROFILE": "s", "SIROCCO_BACKEND": "from secrets"}
        self.load(tmp_path, dotenv, secrets)
        assert os.environ["BEDROCK_MODEL_ID"] == "from the environment"
        assert os.environ["AWS_PROFILE"] == "from-dotenv"
        assert os.environ["SIROCCO_BACKEND"] == "from secrets"

    def test_without_any_file_nothing_changes(self, tmp_path: Path) -> None:
        before = dict(os.environ)
        load_settings(tmp_path / "nowhere", {})
        assert dict(os.environ) == before

    def test_blank_aws_settings_are_dropped_from_every_source(self, tmp_path: Path) -> None:
        os.environ["AWS_PROFILE"] = ""
        self.load(tmp_path, "AWS_BEARER_TOKEN_BEDROCK=\n", {"AWS_SESSION_TOKEN": "  ", "OTHER": ""})
        left = [name for name in os.environ if name.startswith("AWS_") and not os.environ[name].strip()]
        assert left == []
        assert os.environ["OTHER"] == ""

    def test_tables_of_the_secrets_file_are_no_settings(self, tmp_path: Path) -> None:
        self.load(tmp_path, secrets={"connections": {"x": "y"}, "SIROCCO_NUMBER": 3})
        assert "connections" not in os.environ
        assert os.environ["SIROCCO_NUMBER"] == "3"

    def test_aws_region_counts_where_the_default_region_is_missing(self, tmp_path: Path) -> None:
        self.load(tmp_path, "AWS_REGION=eu-west-3\n")
        assert backend(SIROCCO_BACKEND="aws").region == "eu-west-3"

    def test_the_default_region_wins_over_aws_region(self, tmp_path: Path) -> None:
        self.load(tmp_path, "AWS_REGION=eu-west-3\nAWS_DEFAULT_REGION=us-west-2\n")
        assert backend(SIROCCO_BACKEND="aws").region == "us-west-2"


class TestDetect:
    def test_without_credentials_the_local_model_answers(self) -> None:
        chosen = backend()
        assert (chosen.kind, chosen.region, chosen.notes) == ("local", None, ())
        assert chosen.default_model.id == LOCAL_MODEL_ID
        assert chosen.models == (find(LOCAL_MODEL_ID),)

    @pytest.mark.parametrize(
        "found",
        [
            KEYS,
            {"AWS_BEARER_TOKEN_BEDROCK": "token"},
            {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE"},
            {"AWS_PROFILE": "missing"},
        ],
        ids=["keys", "bearer token", "half a key pair", "unknown profile"],
    )
    def test_any_setting_of_aws_credentials_selects_aws(self, found: dict[str, str]) -> None:
        chosen = backend(**found)
        assert (chosen.kind, chosen.notes) == ("aws", ())
        assert chosen.default_model.id == SAMPLE_MODEL_ID

    def test_a_profile_with_keys_selects_aws_and_its_region(self, tmp_path: Path) -> None:
        pair = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n"
        (tmp_path / "credentials").write_text(f"[default]\n{pair}")
        (tmp_path / "config").write_text("[default]\nregion = sa-east-1\n")
        chosen = backend()
        assert (chosen.kind, chosen.region) == ("aws", "sa-east-1")

    @pytest.mark.parametrize("asked", ["local", " Local "])
    def test_an_explicit_local_wins_over_credentials(self, asked: str) -> None:
        assert backend(SIROCCO_BACKEND=asked, **KEYS).kind == "local"

    def test_an_explicit_aws_needs_no_credentials(self) -> None:
        assert backend(SIROCCO_BACKEND="aws").kind == "aws"

    def test_a_wrong_choice_is_noted_and_the_credentials_decide(self) -> None:
        chosen = backend(SIROCCO_BACKEND="azure")
        assert chosen.kind == "local"
        assert len(chosen.notes) == 1
        assert "azure" in chosen.notes[0]
        assert backend(SIROCCO_BACKEND="azure", **KEYS).kind == "aws"

    def test_on_aws_every_catalogue_model_is_offered_but_the_local_one(self) -> None:
        assert backend(SIROCCO_BACKEND="aws").models == tuple(m for m in models() if not m.local)


class TestModelId:
    @pytest.mark.parametrize(
        ("asked", "model_id"),
        [
            ("mistral.ministral-3-8b-instruct", "mistral.ministral-3-8b-instruct"),
            ("us.mistral.pixtral-large-2502-v1:0", "mistral.pixtral-large-2502-v1:0"),
            (f"arn:aws:bedrock:us-east-1::foundation-model/{SAMPLE_MODEL_ID}", SAMPLE_MODEL_ID),
            (
                "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.mistral.pixtral-large-2502-v1:0",
                "mistral.pixtral-large-2502-v1:0",
            ),
        ],
    )
    def test_the_asked_model_is_selected_and_called_as_it_was_asked_for(
        self, endpoint: Endpoint, caplog: pytest.LogCaptureFixture, asked: str, model_id: str
    ) -> None:
        where = {"AWS_DEFAULT_REGION": "us-east-1", RUNTIME_URL: endpoint.url}
        chosen = backend(SIROCCO_BACKEND="aws", BEDROCK_MODEL_ID=asked, **where, **KEYS)
        assert chosen.default_model.id == model_id
        assert chosen.default_call_id == asked
        assert chosen.notes == ()
        with caplog.at_level(logging.DEBUG, "urllib3.connectionpool"):
            assert ask(chosen).text == counted(3)
            assert ask(chosen, model_id=OTHER_MODEL).text == counted(3)
        posted = [line.getMessage() for line in caplog.records if "POST" in line.getMessage()]
        assert len(posted) == 2
        assert f"/model/{quote(asked, safe='')}/" in posted[0]
        assert f"/model/{OTHER_MODEL}/" in posted[1]

    def test_a_model_that_is_newer_than_the_catalogue_is_offered_first(self) -> None:
        chosen = backend(SIROCCO_BACKEND="aws", BEDROCK_MODEL_ID="mistral.sirocco-9-v1:0")
        assert chosen.models[0] == chosen.default_model
        assert not chosen.default_model.known
        assert len(chosen.models) == len(models())

    @pytest.mark.parametrize("asked", ["anthropic.claude", "nonsense", LOCAL_MODEL_ID])
    def test_an_id_that_bedrock_does_not_have_is_noted_and_the_sample_model_is_selected(
        self, asked: str
    ) -> None:
        chosen = backend(SIROCCO_BACKEND="aws", BEDROCK_MODEL_ID=asked)
        assert chosen.default_model.id == chosen.default_call_id == SAMPLE_MODEL_ID
        assert len(chosen.notes) == 1
        assert "BEDROCK_MODEL_ID" in chosen.notes[0]
        assert asked in chosen.notes[0]

    def test_a_blank_id_means_the_sample_model(self) -> None:
        chosen = backend(SIROCCO_BACKEND="aws", BEDROCK_MODEL_ID="  ")
        assert (chosen.default_model.id, chosen.notes) == (SAMPLE_MODEL_ID, ())


class TestCalls:
    @pytest.mark.parametrize(
        "around",
        [
            {},
            {"HTTP_PROXY": NOBODY, "http_proxy": NOBODY, "ALL_PROXY": NOBODY},
            {"AWS_BEARER_TOKEN_BEDROCK": "token"},
            {"AWS_BEARER_TOKEN_BEDROCK": ""},
            {"AWS_PROFILE": "missing"},
            {"AWS_ENDPOINT_URL": NOBODY, RUNTIME_URL: NOBODY},
            {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE"},
            {"AWS_DEFAULT_REGION": "nowhere-9"},
        ],
        ids=lambda around: " ".join(around) or "nothing",
    )
    def test_the_local_model_answers_whatever_aws_settings_there_are(
        self, endpoint: Endpoint, around: dict[str, str]
    ) -> None:
        chosen = backend(SIROCCO_BACKEND="local", SIROCCO_LOCAL_URL=endpoint.url, **around)
        answer = ask(chosen)
        assert answer.problem is None
        assert answer.text == counted(3)

    def test_warming_up_makes_the_client_that_answers(self, endpoint: Endpoint) -> None:
        chosen = backend(SIROCCO_BACKEND="local", SIROCCO_LOCAL_URL=endpoint.url)
        chosen.warm_up()
        assert ask(chosen).text == counted(3)

    @pytest.mark.parametrize(
        ("settings", "kind"),
        [
            ({RUNTIME_URL: NOBODY, "AWS_DEFAULT_REGION": "us-east-1"}, "no-credentials"),
            ({**KEYS}, "no-region"),
            ({"AWS_PROFILE": "missing", "AWS_DEFAULT_REGION": "us-east-1"}, "profile-not-found"),
            (
                {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_DEFAULT_REGION": "us-east-1"},
                "partial-credentials",
            ),
            ({RUNTIME_URL: NOBODY, "AWS_DEFAULT_REGION": "us-east-1", **KEYS}, "unreachable"),
            (
                {
                    "AWS_BEARER_TOKEN_BEDROCK": "token",
                    "AWS_DEFAULT_REGION": "us-east-1",
                    RUNTIME_URL: NOBODY,
                },
                "bearer-over-http",
            ),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_a_set_up_that_cannot_work_is_explained_when_it_is_used(
        self, settings: dict[str, str], kind: str
    ) -> None:
        chosen = backend(SIROCCO_BACKEND="aws", **settings)
        chosen.warm_up()
        answer = ask(chosen)
        assert answer.status == "failed"
        assert answer.problem is not None
        assert answer.problem.kind == kind

    @pytest.mark.parametrize("kind", ["aws", "local"])
    def test_a_silence_longer_than_the_set_timeout_ends_the_answer(
        self, endpoint: Endpoint, kind: str
    ) -> None:
        where = {"AWS_DEFAULT_REGION": "us-east-1", RUNTIME_URL: endpoint.url, "SIROCCO_READ_TIMEOUT": "0.3"}
        chosen = backend(SIROCCO_BACKEND=kind, SIROCCO_LOCAL_URL=endpoint.url, **where, **KEYS)
        answer = ask(chosen, "chunks=2 rate=0.5")
        assert (answer.status, answer.text) == ("broken", "w1 ")
        assert answer.problem is not None
        assert answer.problem.kind == "stalled"

    def test_a_local_endpoint_that_is_gone_is_explained(self) -> None:
        answer = ask(backend(SIROCCO_BACKEND="local"))
        assert answer.problem is not None
        assert answer.problem.kind == "unreachable"
        assert NOBODY in answer.problem.cause

    def test_beside_aws_only_the_local_model_calls_its_own_endpoint(self, endpoint: Endpoint) -> None:
        with FakeBedrock() as amazon:
            os.environ.update({"AWS_DEFAULT_REGION": "us-east-1", RUNTIME_URL: amazon.url, **KEYS})
            os.environ.update({"SIROCCO_BACKEND": "aws", "SIROCCO_LOCAL_URL": endpoint.url})
            chosen = Backend.detect(with_local=True)
            assert [model.local for model in chosen.models] == [False] * (len(chosen.models) - 1) + [True]
            assert ask(chosen, "hello").text == words(8)
            before = amazon.state["requests"]
            assert ask(chosen, model_id=LOCAL_MODEL_ID).text == counted(3)
            assert amazon.state["requests"] == before
            assert not backend().serves_local

    def test_a_local_model_that_is_not_installed_is_not_offered_and_a_note_says_so(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("SIROCCO_LOCAL_URL")
        monkeypatch.setattr("lib.bedrock.local_endpoint._PACKAGES", ("a_package_that_is_not_there",))
        os.environ.update({"SIROCCO_BACKEND": "aws"})
        chosen = Backend.detect(with_local=True)
        assert not any(model.local for model in chosen.models)
        assert NOT_BESIDE_AWS in chosen.notes

    def test_a_call_is_attempted_once(self) -> None:
        with FakeBedrock() as faults:
            where = {"AWS_DEFAULT_REGION": "us-east-1", RUNTIME_URL: faults.url}
            chosen = backend(SIROCCO_BACKEND="aws", **where, **KEYS)
            for name in ("internal", "model-timeout", "html-503", "close"):
                before = faults.state["requests"]
                assert ask(chosen, f"fault:{name}").problem is not None
                assert faults.state["requests"] == before + 1
            assert ask(chosen, "hello").text == words(8)

    @pytest.mark.parametrize("kind", ["aws", "local"])
    def test_a_stopped_answer_ends_at_the_endpoint(self, endpoint: Endpoint, kind: str) -> None:
        where = {"AWS_DEFAULT_REGION": "us-east-1", RUNTIME_URL: endpoint.url}
        chosen = backend(SIROCCO_BACKEND=kind, SIROCCO_LOCAL_URL=endpoint.url, **where, **KEYS)
        asked = recipe("first=60", chosen.default_model.id)
        reply = chosen.stream(asked)
        eventually(lambda: endpoint.state()["active"] == 1)
        reply.close()
        eventually(lambda: endpoint.state()["active"] == 0, within=1.5)
