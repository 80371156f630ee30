"""Doctor's checks of this machine. They name the kind of credentials and when they expire, never a secret."""

from __future__ import annotations

import base64
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lib.bedrock.backend import Backend
from lib.bedrock.problems import ENTRIES
from lib.hosting.check import Check, summary, worst_first
from lib.hosting.setup import backend_choice, credentials, model, versions
from tests.support.environment import KEYS, NOBODY


@pytest.fixture(autouse=True)
def no_local_model(no_aws: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    """No test of this file finds AWS settings or starts the embedded model."""
    monkeypatch.setenv("SIROCCO_LOCAL_URL", NOBODY)


def check(**settings: str) -> Check:
    os.environ.update(SIROCCO_BACKEND="aws", **settings)
    found = credentials(Backend.detect())
    for name, value in settings.items():
        assert name == "AWS_PROFILE" or value not in found.says + found.fix
    return found


def iso(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat(timespec="seconds")


def short_term_key(hours_old: float) -> str:
    made = datetime.now(UTC) - timedelta(hours=hours_old)
    query = f"Action=CallWithBearerToken&X-Amz-Date={made:%Y%m%dT%H%M%SZ}&X-Amz-Expires=43200&Version=1"
    return "bedrock-api-key-" + base64.b64encode(f"bedrock.amazonaws.com/?{query}".encode()).decode()


def test_keys_from_the_environment_are_named_as_that() -> None:
    assert check(**KEYS) == Check("Credentials", "ok", "Keys from the environment.")


def test_keys_of_a_session_are_temporary_and_show_when_they_expire_if_that_is_known() -> None:
    assert check(**KEYS, AWS_SESSION_TOKEN="t0ken").says == "Temporary keys from the environment."
    told = check(**KEYS, AWS_SESSION_TOKEN="t0ken", AWS_CREDENTIAL_EXPIRATION=iso(5))
    assert told.status == "ok"
    assert "valid until" in told.says


def test_keys_that_have_expired_fail_the_check() -> None:
    told = check(**KEYS, AWS_SESSION_TOKEN="t0ken", AWS_CREDENTIAL_EXPIRATION=iso(-5))
    assert told.status == "failed"
    assert told.says.startswith(ENTRIES["key-expired"].title)


def test_a_temporary_key_without_its_token_is_named() -> None:
    told = check(AWS_ACCESS_KEY_ID="ASIAEXAMPLE", AWS_SECRET_ACCESS_KEY="secret-of-tests")
    assert told.status == "failed"
    assert "AWS_SESSION_TOKEN" in told.fix


def test_a_profile_is_named_as_keys_from_its_file(tmp_path: Path) -> None:
    pair = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n"
    (tmp_path / "credentials").write_text(f"[team]\n{pair}")
    assert check(AWS_PROFILE="team").says == "Keys from the AWS credentials file."


def test_a_profile_that_is_missing_is_named() -> None:
    assert check(AWS_PROFILE="missing").says.startswith(ENTRIES["profile-not-found"].title)


def test_a_credential_process_that_fails_is_named(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[default]\ncredential_process = false\n")
    assert check().says.startswith(ENTRIES["credentials-failed"].title)


def test_no_credentials_at_all_are_named() -> None:
    assert check().says.startswith(ENTRIES["no-credentials"].title)


def test_a_bedrock_api_key_is_named_and_a_short_term_one_expires() -> None:
    assert check(AWS_BEARER_TOKEN_BEDROCK="ABSKexample").says == "A Bedrock API key."
    assert "valid until" in check(AWS_BEARER_TOKEN_BEDROCK=short_term_key(1)).says
    assert check(AWS_BEARER_TOKEN_BEDROCK=short_term_key(13)).status == "failed"


def test_the_backend_says_why_it_was_chosen() -> None:
    assert "no AWS credentials were found" in backend_choice(Backend.detect()).says
    os.environ.update(KEYS)
    assert "AWS credentials were found" in backend_choice(Backend.detect()).says
    os.environ["SIROCCO_BACKEND"] = "azure"
    assert backend_choice(Backend.detect()).status == "warning"


def test_versions_name_every_part() -> None:
    told = versions().says
    for part in ("Sirocco ", "Python ", "streamlit ", "boto3 ", "botocore ", "urllib3 ", "xllamacpp "):
        assert part in told


def test_the_worst_comes_first_and_is_counted() -> None:
    checks = [
        Check("a", "ok", ""),
        Check("b", "skipped", ""),
        Check("c", "failed", ""),
        Check("d", "warning", ""),
    ]
    assert [check.name for check in worst_first(checks)] == ["c", "d", "a", "b"]
    assert summary(checks) == "1 failed and 1 with a warning, of 4 checks."
    assert summary(checks[:2]) == "Everything that was checked works."


def test_a_host_of_the_sample_model_is_told_of_a_newer_and_cheaper_one() -> None:
    os.environ.update(SIROCCO_BACKEND="aws", AWS_DEFAULT_REGION="us-east-1", **KEYS)
    here = Backend.detect()
    found = model(here, here.account._catalogue)
    assert found.status == "ok"
    assert "Mistral Large 3 is newer and costs $0.50 in and $1.50 out per million tokens" in found.says
    os.environ["BEDROCK_MODEL_ID"] = "mistral.ministral-3-8b-instruct"
    here = Backend.detect()
    assert "newer" not in model(here, here.account._catalogue).says
