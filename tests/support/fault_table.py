"""Every fault the endpoint of `tests.support.fake_bedrock` can play, and the kind of Problem it must become.

Error texts are those seen in AWS docs and public reports up to autumn 2026, with invented accounts and names.
"""

from __future__ import annotations

from collections.abc import Mapping

from lib.local.frames import chunk_event, exception_event, frame
from tests.support.fault_actions import Fault, Refusal, clean_end, event, hang_up, last, reset, stall

ACCOUNT = "123456789012"
ROLE = "TeamSecretRole"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/i-0abc"
MODEL = "arn:aws:bedrock:us-east-1::foundation-model/mistral.mistral-large-2402-v1:0"
ACTION = "bedrock:InvokeModelWithResponseStream"


def _refused(kind: str, status: int, code: str, message: str) -> Fault:
    return Fault(kind, Refusal(status, code, message), streams=False)


def _throttled(kind: str, message: str) -> Fault:
    return _refused(kind, 429, "ThrottlingException", message)


def _invalid(kind: str, message: str) -> Fault:
    return _refused(kind, 400, "ValidationException", message)


def _denied(kind: str, message: str) -> Fault:
    return _refused(kind, 403, "AccessDeniedException", message)


def _missing(kind: str, message: str) -> Fault:
    return _refused(kind, 404, "ResourceNotFoundException", message)


def _mid(kind: str, member: str, message: str) -> Fault:
    return Fault(kind, event(exception_event(member, message)))


_LOST = chunk_event(b'{"outputs":[{"text":" lost","stop_reason":null}]}')
_ERROR_EVENT = {":message-type": "error", ":error-code": "StreamFault", ":error-message": f"See {MODEL}"}
_NEWS = {":event-type": "news", ":content-type": "application/json", ":message-type": "event"}

_BEFORE: Mapping[str, Fault] = {
    "throttling": _throttled("throttled", "Too many requests, please wait before trying again."),
    "throttling-tokens": _throttled("too-many-tokens", "Too many tokens, please wait before trying again."),
    "throttling-daily": _throttled(
        "daily-quota", "Too many tokens per day, please wait before trying again."
    ),
    "not-ready": _refused("not-ready", 429, "ModelNotReadyException", "Model is not ready for inference."),
    "validation-model-id": _invalid("bad-model-id", "The provided model identifier is invalid."),
    "validation-region": _invalid("wrong-region", "The model is not supported in this region."),
    "validation-profile": _invalid(
        "needs-profile",
        f"Invocation of model ID {MODEL} with on-demand throughput isn’t supported. Retry your request "
        "with the ID or ARN of an inference profile that contains this model.",
    ),
    "validation-dialect": _invalid(
        "wrong-dialect",
        "Malformed input request: #: required key [prompt] not found#: extraneous key [messages] is not "
        "permitted, please reformat your input and try again.",
    ),
    "validation-too-long": _invalid("prompt-too-long", "Input is too long for requested model."),
    "validation-context": _invalid(
        "prompt-too-long",
        "This model's maximum context length is 32768 tokens. Please reduce the length of the prompt.",
    ),
    "validation-max-tokens": _invalid(
        "parameter-out-of-range",
        "Malformed input request: #/max_tokens: 99999 is not less or equal to 8192, please reformat your "
        "input and try again.",
    ),
    "validation-temperature": _invalid(
        "parameter-out-of-range",
        "Malformed input request: #/temperature: 7 is not less or equal to 1, please reformat your input "
        "and try again.",
    ),
    "validation-guardrail": _invalid(
        "guardrail-setting",
        "The guardrail identifier or version provided in the request does not exist.",
    ),
    "validation-account": _invalid("account-gate", "Operation not allowed"),
    "validation-other": _invalid(
        "invalid-request", f"Conversation roles must alternate. Caller {SESSION} of {ACCOUNT}."
    ),
    "access-iam": _denied(
        "iam-action",
        f"User: {SESSION} is not authorized to perform: {ACTION} on resource: {MODEL} because no "
        f"identity-based policy allows the {ACTION} action",
    ),
    "access-deny": _denied(
        "iam-deny",
        f"User: {SESSION} is not authorized to perform: {ACTION} on resource: {MODEL} with an explicit "
        "deny in a service control policy",
    ),
    "access-model": _denied(
        "no-model-access", "You don't have access to the model with the specified model ID."
    ),
    "access-account": _denied(
        "account-gate", f"Your account {ACCOUNT} is not authorized to invoke this model. Contact AWS Support."
    ),
    "access-marketplace": _denied(
        "account-gate",
        "Model access is denied due to IAM user or service role is not authorized to perform the required "
        "AWS Marketplace actions. If you recently fixed this issue, try again after 15 minutes.",
    ),
    "access-api-key": _denied(
        "bad-api-key", "Authentication failed: Please make sure your API Key is valid."
    ),
    "access-other": _denied("access-denied", "Access denied"),
    "legacy": _missing(
        "legacy",
        "Access denied. This Model is marked by provider as Legacy and you have not been actively using "
        "the model in the last 30 days. Please upgrade to an active model on Amazon Bedrock",
    ),
    "legacy-15-days": _missing(
        "legacy",
        "Access denied. This Model is marked by provider as Legacy and you have not been actively using "
        "the model in the last 15 days. Please upgrade to an active model on Amazon Bedrock",
    ),
    "end-of-life": _missing(
        "end-of-life",
        "This model version has reached the end of its life. Please refer to the AWS documentation for "
        "more details.",
    ),
    "not-found": _missing("not-found", f"Could not resolve the foundation model from {MODEL}."),
    "quota": _refused("quota", 400, "ServiceQuotaExceededException", "Your request exceeds a quota."),
    "model-timeout": _refused("model-timeout", 408, "ModelTimeoutException", "Model has timed out."),
    "model-error": _refused("model-error", 424, "ModelErrorException", "The model failed."),
    "model-stream-error": _refused("stream-failed", 424, "ModelStreamErrorException", "Stream failed."),
    "internal": _refused("internal", 500, "InternalServerException", "Internal error."),
    "unavailable": _refused("unavailable", 503, "ServiceUnavailableException", "Too busy."),
    "bad-key": _refused(
        "bad-key",
        403,
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    ),
    "expired": _refused(
        "key-expired", 403, "ExpiredTokenException", "The security token included in the request is expired"
    ),
    "bad-signature": _refused(
        "signature", 403, "InvalidSignatureException", "The request signature we calculated does not match."
    ),
    "request-expired": _refused("signature", 400, "RequestExpired", "Request has expired."),
    "unknown-code": _refused("service-error", 400, "TeapotException", f"Short and stout, {SESSION}"),
    "html-502": _refused("gateway", 502, "", "502 Bad Gateway"),
    "html-503": _refused("gateway", 503, "", "503 Service Unavailable"),
    "html-429": _refused("throttled", 429, "", "429 Too Many Requests"),
    "html-404": _refused("not-bedrock", 404, "", "404 Not Found"),
    "stall-headers": Fault("no-answer", stall, streams=False),
    "reset-first": Fault("closed-early", reset, streams=False),
    "close-first": Fault("closed-early", hang_up, streams=False),
}

_DURING: Mapping[str, Fault] = {
    "mid-internal": _mid("internal", "internalServerException", "Internal error."),
    "mid-stream-error": _mid("stream-failed", "modelStreamErrorException", "The model stream failed."),
    "mid-validation": _mid("invalid-request", "validationException", f"Not valid for {SESSION}."),
    "mid-throttling": _mid("throttled", "throttlingException", "Too many requests, please wait."),
    "mid-throttling-daily": _mid("daily-quota", "throttlingException", "Too many tokens per day."),
    "mid-model-timeout": _mid("model-timeout", "modelTimeoutException", "Model has timed out."),
    "mid-unavailable": _mid("unavailable", "serviceUnavailableException", "Too busy."),
    "mid-misspelt": _mid("service-error", "ThrottlingException", "A name outside the service model."),
    "error-event": Fault("service-error", event(frame(_ERROR_EVENT, b""))),
    "stall-first": Fault("no-answer", stall, after=0),
    "stall-mid": Fault("stalled", stall),
    "reset": Fault("broken-connection", reset),
    "close": Fault("broken-connection", hang_up),
    "half-frame": Fault("broken-off", event(_LOST[:40])),
    "bad-crc": Fault("corrupt-frame", event(_LOST[:-1] + bytes([_LOST[-1] ^ 1]))),
    "not-json": Fault("bad-chunk", event(chunk_event(b"<html>not a chunk</html>"))),
    "no-stop": Fault("broken-off", clean_end),
    "no-chunks": Fault("broken-off", clean_end, after=0),
}

_WHOLE: Mapping[str, Fault] = {
    "guardrail": Fault(
        "blocked",
        last(" This topic is blocked.", **{"amazon-bedrock-guardrailAction": "INTERVENED"}),
        after=0,
    ),
    "guardrail-trace": Fault(
        "blocked",
        last(
            " This topic is blocked.",
            **{
                "amazon-bedrock-guardrailAction": "INTERVENED",
                "amazon-bedrock-trace": {
                    "guardrail": {
                        "inputAssessment": {
                            "g1": {"topicPolicy": {"topics": [{"name": "Weapons", "action": "BLOCKED"}]}}
                        }
                    }
                },
            },
        ),
        after=0,
    ),
    "length": Fault("cut-short", last(stop="length")),
    "empty": Fault("empty-answer", last(), after=0),
    "healthy": Fault(None, last(), after=8),
    "slow": Fault(None, last(), after=8, pace_ms=100),
    "unknown-event": Fault(None, event(frame(_NEWS, b"{}"), last())),
}

FAULTS: dict[str, Fault] = {**_BEFORE, **_DURING, **_WHOLE}
"""By the name in the directive: before the stream, inside it, and answers that end as a model ends them."""
