"""Every error becomes a Problem in plain words, and no Problem contains a secret."""

from __future__ import annotations

import re
from dataclasses import astuple

import botocore.exceptions as aws
import pytest
import urllib3.exceptions as http
from botocore.eventstream import ChecksumMismatch
from botocore.parsers import ResponseParserError
from hypothesis import given
from hypothesis import strategies as st

from lib.bedrock.problems import (
    CODES,
    ENTRIES,
    FINER,
    OF_THE_GATE,
    TYPES,
    DrainingError,
    Problem,
    blocked,
    broken_off,
    cut_short,
    empty_answer,
    explain,
    left,
    local_endpoint_down,
    still_thinking,
)
from lib.mistral.catalog import SAMPLE_MODEL_ID, UnknownModel, find
from lib.mistral.dialects import ChunkError, read_chunk
from lib.mistral.recipe import RecipeError
from tests.support.fault_actions import Refusal
from tests.support.fault_table import FAULTS
from tests.support.makers import recipe

URL = "https://bedrock-runtime.us-east-1.amazonaws.com/model/arn%3Aaws%3Abedrock%3A%3A123456789012/invoke"

RAISED: list[tuple[BaseException, str]] = [
    (aws.NoCredentialsError(), "no-credentials"),
    (aws.NoAuthTokenError(), "no-credentials"),
    (aws.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"), "partial-credentials"),
    (aws.NoRegionError(), "no-region"),
    (aws.ProfileNotFound(profile="demo"), "profile-not-found"),
    (aws.UnauthorizedSSOTokenError(), "sso-expired"),
    (aws.SSOTokenLoadError(error_msg="gone"), "sso-expired"),
    (aws.TokenRetrievalError(provider="sso", error_msg="gone"), "sso-expired"),
    (aws.LoginRefreshRequired(), "login-expired"),
    (aws.LoginTokenLoadError(error_msg="gone"), "login-expired"),
    (aws.CredentialRetrievalError(provider="process", error_msg="exit 1"), "credentials-failed"),
    (aws.MetadataRetrievalError(error_msg="gone"), "credentials-failed"),
    (aws.MissingDependencyException(msg="needs crt"), "missing-part"),
    (aws.InvalidRegionError(region_name="us_east"), "bad-region"),
    (aws.ParamValidationError(report="Invalid length for parameter modelId"), "invalid-call"),
    (aws.ConfigParseError(path="config"), "aws-file"),
    (aws.InvalidRetryModeError(provided_retry_mode="x", valid_modes=()), "aws-config"),
    (aws.InvalidEndpointConfigurationError(msg="Bearer needs HTTPS"), "bearer-over-http"),
    (ValueError("Invalid endpoint: bedrock"), "bad-endpoint"),
    (aws.EndpointConnectionError(endpoint_url=URL), "unreachable"),
    (aws.ConnectTimeoutError(endpoint_url=URL), "connect-timeout"),
    (aws.SSLError(endpoint_url=URL, error="self-signed"), "tls"),
    (aws.ProxyConnectionError(proxy_url="http://proxy"), "proxy"),
    (aws.ConnectionClosedError(endpoint_url=URL), "closed-early"),
    (aws.ReadTimeoutError(endpoint_url=URL), "no-answer"),
    (aws.HTTPClientError(error="bad header"), "broken-connection"),
    (http.ReadTimeoutError(None, "", "timed out"), "stalled"),  # type: ignore[arg-type]
    (http.ProtocolError("Connection broken"), "broken-connection"),
    (http.SSLError("bad record"), "broken-connection"),
    (ConnectionResetError(104, "reset"), "broken-connection"),
    (ChecksumMismatch(1, 2), "corrupt-frame"),
    (ResponseParserError("not JSON"), "not-bedrock"),
    (ChunkError("not an object"), "bad-chunk"),
    (UnknownModel("Not in the catalogue."), "unknown-model"),
    (DrainingError(), "draining"),
    (RuntimeError("boom"), "unexpected"),
    (KeyError("bytes"), "unexpected"),
    (KeyboardInterrupt(), "unexpected"),
]
REPORTED = [
    ("AccessDeniedException", "Bearer Token has expired", "bad-api-key"),
    ("UnrecognizedClientException", "Bearer Token has expired", "bad-api-key"),
    ("ExpiredTokenException", "Bearer Token has expired", "bad-api-key"),
    (
        "ValidationException",
        "Malformed input request: #/stop: expected maximum item count: 4, found: 6",
        "too-many-stops",
    ),
    (
        "ValidationException",
        "The maximum tokens you requested exceeds the model limit of 4096",
        "max-tokens-too-high",
    ),
    (
        "ValidationException",
        "Malformed input request: #/prompt: expected maxLength: 32768, actual: 99999",
        "prompt-too-long",
    ),
]
ENDINGS = [
    broken_off(),
    blocked(),
    cut_short(),
    empty_answer(),
    still_thinking(),
    left(),
    left(outage=True),
    local_endpoint_down("It fell over.", "Start it."),
]

ACCOUNTS = st.from_regex(r"\A[0-9]{12}\Z")
NAMES = st.from_regex(r"\A[A-Za-z0-9_+=,.@-]{1,40}\Z")
ARNS = st.builds(
    "arn:aws:{}::{}:{}/{}".format,
    st.sampled_from(["iam", "sts", "bedrock"]),
    ACCOUNTS,
    st.just("role"),
    NAMES,
)
KEYS = st.from_regex(r"\A(AKIA|ASIA)[A-Z2-7]{16}\Z")
AROUND = st.text(max_size=40)

OF_THE_SET_UP = {
    "credential-process",
    "credentials-slow",
    "web-identity-file",
    "line-break",
    "bad-proxy",
    "proxy-refused",
    "model-refused",
    "ca-bundle",
}
"""Tested with the set-ups, test_setups.py."""


def client_error(code: str, message: str, **metadata: object) -> aws.ClientError:
    response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata}
    return aws.ClientError(response, "InvokeModelWithResponseStream")  # type: ignore[arg-type]


def refusal_of(name: str) -> tuple[str, str]:
    act = FAULTS[name].act
    assert isinstance(act, Refusal)
    return act.code or str(act.status), act.message


REFUSED = [name for name, fault in FAULTS.items() if isinstance(fault.act, Refusal)]


@pytest.mark.parametrize(("error", "kind"), RAISED, ids=lambda value: type(value).__name__)
def test_each_exception_has_its_kind(error: BaseException, kind: str) -> None:
    assert explain(error, shown=True).kind == kind


@pytest.mark.parametrize("name", REFUSED)
def test_each_error_code_has_its_kind_in_either_spelling(name: str) -> None:
    code, message = refusal_of(name)
    for spelling in (code, code[:1].lower() + code[1:]):
        assert explain(client_error(spelling, message)).kind == FAULTS[name].kind


def test_every_kind_is_reached_by_some_error_or_ending() -> None:
    tested = {kind for _, kind in RAISED} | {fault.kind for fault in FAULTS.values() if fault.kind}
    tested |= {problem.kind for problem in ENDINGS} | {"recipe"}
    tested |= {kind for _, _, kind in REPORTED}
    # tests/hosting/test_gate.py reaches the kinds of the gate.
    assert set(ENTRIES) == tested | OF_THE_GATE | OF_THE_SET_UP


@pytest.mark.parametrize(("code", "message", "kind"), REPORTED)
def test_texts_of_public_reports_get_the_right_advice(code: str, message: str, kind: str) -> None:
    assert explain(client_error(code, message)).kind == kind


def test_every_rule_leads_to_a_text() -> None:
    kinds = {kind for _, kind in TYPES} | set(CODES.values())
    kinds |= {kind for rules in FINER.values() for _, kind in rules}
    assert kinds <= set(ENTRIES)
    assert set(FINER) <= set(CODES.values())


@pytest.mark.parametrize("kind", ENTRIES)
def test_texts_are_short_calm_and_in_sentence_case(kind: str) -> None:
    entry = ENTRIES[kind]
    assert 0 < len(entry.title) <= 60
    assert entry.title[0].isupper()
    assert not entry.title.endswith(".")
    assert "!" not in f"{entry.title}{entry.cause}{entry.fix}"
    proper = {"AWS", "Bedrock", "API", "Mistral"}
    later = [word for word in re.findall(r"[A-Za-z0-9]+", entry.title)[1:] if word not in proper]
    assert all(word == word.lower() for word in later), later


@pytest.mark.parametrize(
    "problem", [*ENDINGS, *(explain(error) for error, _ in RAISED)], ids=lambda problem: problem.kind
)
def test_a_problem_has_no_placeholder_left(problem: Problem) -> None:
    assert not re.search(r"[{}]", problem.title + problem.cause + problem.fix)
    assert problem.cause
    assert problem.fix


def test_a_timeout_before_any_text_is_explained_as_no_answer() -> None:
    timeout = http.ReadTimeoutError(None, "", "timed out")  # type: ignore[arg-type]
    assert explain(timeout, shown=False).kind == "no-answer"
    assert explain(timeout, shown=True).kind == "stalled"
    assert explain(timeout, shown=True).shown


def test_a_recipe_error_keeps_its_own_sentence() -> None:
    with pytest.raises(RecipeError) as caught:
        recipe("hello", temperature=7)
    problem = explain(caught.value)
    assert problem.kind == "recipe"
    assert problem.cause == str(caught.value)


def test_a_chunk_that_is_no_json_is_explained() -> None:
    with pytest.raises(ChunkError) as caught:
        read_chunk(b"<html>")
    assert explain(caught.value, model_name="Mistral Large").cause.startswith("Mistral Large sent")


def test_a_missing_permission_is_named_and_the_identity_is_not() -> None:
    problem = explain(client_error(*refusal_of("access-iam")), model_name="Mistral Large")
    assert "bedrock:InvokeModelWithResponseStream" in problem.fix
    assert "Mistral Large" in problem.cause
    assert "TeamSecretRole" not in repr(problem)


def test_model_region_and_address_appear_in_the_text() -> None:
    code, message = refusal_of("validation-model-id")
    problem = explain(client_error(code, message), model_name="Pixtral Large", region="eu-west-3")
    assert "Pixtral Large is not offered in eu-west-3" in problem.cause
    down = aws.EndpointConnectionError(endpoint_url=URL)
    assert "http://127.0.0.1:8747." in explain(down, endpoint="http://127.0.0.1:8747/x").cause
    assert "https://bedrock-runtime.us-east-1.amazonaws.com." in explain(down).cause
    assert "user" not in explain(down, endpoint="https://user:pass@host/").cause


def test_the_request_id_of_the_error_comes_before_the_given_one() -> None:
    error = client_error("InternalServerException", "", RequestId="from-error")
    assert explain(error, request_id="given").request_id == "from-error"
    assert explain(client_error("internalServerException", ""), request_id="given").request_id == "given"
    assert explain(RuntimeError(), request_id="given").request_id == "given"
    assert explain(RuntimeError()).request_id is None


@pytest.mark.parametrize(
    ("name", "retry", "level"),
    [
        ("throttling", True, "warning"),
        ("throttling-daily", False, "warning"),
        ("internal", True, "error"),
        ("model-timeout", False, "error"),
        ("access-iam", False, "error"),
        ("validation-max-tokens", False, "error"),
        ("html-503", True, "warning"),
    ],
)
def test_only_errors_that_may_pass_are_worth_a_retry(name: str, retry: bool, level: str) -> None:
    problem = explain(client_error(*refusal_of(name)))
    assert (problem.retry, problem.level) == (retry, level)


def test_endings_of_a_whole_answer_are_not_errors() -> None:
    assert blocked().level == cut_short().level == empty_answer().level == "info"
    assert cut_short().title == "The answer was cut at max tokens"
    assert "256 tokens" in cut_short(max_tokens=256).cause
    assert broken_off(shown=False).shown is False
    assert broken_off().retry


def test_the_problem_of_the_local_endpoint_has_its_own_sentences() -> None:
    problem = local_endpoint_down("The engine is not installed", "Run pip install -r requirements-local.txt.")
    assert problem.kind == "local-endpoint"
    assert problem.cause == "The engine is not installed."
    assert problem.fix == "Run pip install -r requirements-local.txt."


@pytest.mark.parametrize("response", [{}, {"Error": {}}, {"Error": {"Code": None, "Message": None}}])
def test_an_error_without_code_is_still_explained(response: dict[str, object]) -> None:
    assert explain(aws.ClientError(response, "Invoke")).kind == "service-error"  # type: ignore[arg-type]


def test_a_refused_request_shows_its_reason_on_one_line() -> None:
    reason = "Malformed input request: #/temperature: 7 is not\n less or equal to 1"
    problem = explain(client_error("ValidationException", reason))
    assert "#/temperature: 7 is not less or equal to 1." in problem.cause
    assert len(explain(client_error("ValidationException", "word " * 500)).cause) < 500


@given(
    code=st.sampled_from(
        [
            "ValidationException",
            "AccessDeniedException",
            "ResourceNotFoundException",
            "throttlingException",
            "Odd",
        ]
    ),
    rule=st.sampled_from(["", *(part for rules in FINER.values() for part, _ in rules)]),
    secret=st.one_of(ACCOUNTS, ARNS, KEYS),
    before=AROUND,
    after=AROUND,
    space=st.sampled_from(["", " "]),
    shown=st.booleans(),
)
def test_no_problem_contains_an_account_an_arn_or_a_key(
    code: str, rule: str, secret: str, before: str, after: str, space: str, shown: bool
) -> None:
    message = space.join((before, rule, secret, after))
    errors = [client_error(code, message), UnknownModel(message), RuntimeError(message)]
    for error in errors:
        problem = explain(error, shown=shown, model_name=secret, region=secret, endpoint=f"https://{secret}/")
        assert secret not in " ".join(str(value) for value in astuple(problem))
    assert secret not in repr(local_endpoint_down(message, message))


@given(NAMES, ACCOUNTS)
def test_no_problem_contains_the_name_of_a_role(name: str, account: str) -> None:
    name = f"Role{name}"
    for message in (f"arn:aws:sts::{account}:assumed-role/{name}/x", f"assumed-role/{name}/session is bad"):
        assert name not in explain(client_error("ValidationException", message)).cause


def test_a_model_of_the_catalogue_keeps_its_name_in_the_text() -> None:
    error = client_error(*refusal_of("unavailable"))
    assert find(SAMPLE_MODEL_ID).name in explain(error, model_name=find(SAMPLE_MODEL_ID).name).cause
