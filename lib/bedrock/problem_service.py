"""Problems of the model, the request or the service, and endings that are no errors. This module is data
only.

It also maps error codes, and words in their messages, to kinds of problems.

Sources: AWS docs, troubleshooting-api-error-codes and model-lifecycle-legacy, autumn 2026; botocore 1.44
service model. `lib.bedrock.problems` fills the placeholders {model} {model_cap} {where} {detail}.
"""

from collections.abc import Mapping

from lib.bedrock.problem_host import Entry

SERVICE: Mapping[str, Entry] = {
    # The model and the request.
    "legacy": Entry(
        "This model is retired for the AWS account",
        "{model_cap} is marked Legacy, and the account has not used it lately. "
        "AWS calls this access denied, but no permission is missing.",
        "Choose an active model.",
    ),
    "end-of-life": Entry(
        "This model no longer exists on Bedrock",
        "{model_cap} has reached the end of its life and was switched off.",
        "Choose an active model.",
    ),
    "not-found": Entry(
        "Bedrock did not find this model",
        "There is no model, profile or deployment of this name {where}.",
        "Choose another model, or another region.",
    ),
    "bad-model-id": Entry(
        "Bedrock does not know this model here",
        "The model id is misspelt, or {model} is not offered {where}.",
        "Choose another model, or a region that offers this one.",
    ),
    "wrong-region": Entry(
        "This region does not offer the model",
        "{model_cap} cannot be called {where}.",
        "Set AWS_DEFAULT_REGION to a region that offers it, or choose another model.",
    ),
    "needs-profile": Entry(
        "This model needs an inference profile",
        "{model_cap} is not served by a single region, only through a profile that spans several.",
        "Use the model id with us. or eu. in front, in a region the profile covers.",
    ),
    "wrong-dialect": Entry(
        "The model wants its request in another form",
        "The fields of the request are not the ones {model} takes. Bedrock said: {detail}",
        "Choose another model, and report this to whoever runs the app.",
    ),
    "prompt-too-long": Entry(
        "The conversation is too long for the model",
        "Prompt, history and max_tokens together are more than {model} can read.",
        "Shorten the prompt, start a new conversation or lower max_tokens.",
    ),
    "parameter-out-of-range": Entry(
        "A setting is out of range for this model",
        "One of the settings is not a value that {model} takes. Bedrock said: {detail}",
        "Set the sliders back to their defaults, then change one at a time.",
    ),
    "too-many-stops": Entry(
        "Too many stop sequences",
        "{model_cap} takes fewer stop sequences than the request has. Bedrock said: {detail}",
        "Remove some stop sequences, then try again.",
    ),
    "max-tokens-too-high": Entry(
        "Max tokens is too high for this model",
        "{model_cap} writes fewer tokens than the request asks for. Bedrock said: {detail}",
        "Lower max tokens, then try again.",
    ),
    "guardrail-setting": Entry(
        "The guardrail is not set up correctly",
        "Bedrock could not use the guardrail it was given.",
        "Check the guardrail id and version, and that both are in this region.",
    ),
    "invalid-request": Entry(
        "Bedrock did not accept the request",
        "Something in it does not suit {model}. Bedrock said: {detail}",
        "Set the settings back to their defaults and try again.",
    ),
    "recipe": Entry(
        "This combination of settings is not possible",
        "{detail}",
        "Change that setting and run it again.",
    ),
    "unknown-model": Entry(
        "This is not a Mistral model",
        "{detail}",
        "Choose a model from the list.",
    ),
    # Busy, slow or broken on Bedrock's side.
    "throttled": Entry(
        "Too many requests at the moment",
        "The AWS account has used up its requests for this minute.",
        "Wait a minute, then try again.",
        True,
        "warning",
    ),
    "too-many-tokens": Entry(
        "Too many tokens at the moment",
        "The AWS account has used up its tokens for this minute.",
        "Wait a minute, or use a shorter prompt and a lower max_tokens.",
        True,
        "warning",
    ),
    "daily-quota": Entry(
        "The daily token limit is used up",
        "The AWS account has used all the tokens it gets for {model} in a day.",
        "Try again tomorrow or choose another model. The host can ask AWS for a higher quota.",
        False,
        "warning",
    ),
    "quota": Entry(
        "A limit of the AWS account is reached",
        "The account has as much of this as its service quota allows.",
        "Ask for a higher limit in the Service Quotas console.",
    ),
    "not-ready": Entry(
        "The model is warming up",
        "Bedrock is still loading {model}.",
        "Wait a minute, then try again.",
        True,
        "warning",
    ),
    "model-timeout": Entry(
        "The model took too long",
        "{model_cap} did not finish within the time Bedrock allows.",
        "Use a shorter prompt or a lower max_tokens.",
    ),
    "model-error": Entry(
        "The model failed",
        "{model_cap} ran into an error of its own.",
        "Try once more. If it fails again, change the prompt or the model.",
        True,
    ),
    "stream-failed": Entry(
        "The model failed during the answer",
        "{model_cap} ran into an error after it had started.",
        "Try again.",
        True,
    ),
    "internal": Entry(
        "Bedrock had an internal error",
        "Something failed inside the service. It is not your prompt.",
        "Try again.",
        True,
    ),
    "unavailable": Entry(
        "Bedrock has no room at the moment",
        "The service is short of capacity for {model}. This is not your quota.",
        "Wait a moment and try again, or choose another model or region.",
        True,
        "warning",
    ),
    "service-error": Entry(
        "Bedrock ended the call with an error",
        "The service reported an error that this app has no words for.",
        "Try again. If it stays, give the request id to whoever runs the app.",
        True,
    ),
    # Endings that are not exceptions.
    "broken-off": Entry(
        "The answer broke off",
        "The stream ended before {model} said that it was done.",
        "Try again.",
        True,
        "warning",
    ),
    "draining": Entry(
        "This server is restarting",
        "It finishes the answers that run and begins no new one. Nothing was sent.",
        "Try again in a minute; the page connects again by itself.",
        True,
        "info",
    ),
    "left": Entry(
        "The answer was cut",
        "The page was left, reloaded or out of reach, and the model was stopped.",
        "Try again.",
        True,
        "info",
    ),
    "blocked": Entry(
        "A guardrail stepped in",
        "The host of this app has set a content filter, and it replaced or stopped the answer.",
        "Put the prompt in other words.",
        False,
        "info",
    ),
    "cut-short": Entry(
        "The answer was cut at max_tokens",
        "{model_cap} had more to say, but reached the limit of {detail}.",
        "Press Continue, or raise max tokens and ask again.",
        False,
        "info",
    ),
    "still-thinking": Entry(
        "The model was still thinking",
        "{model_cap} used its limit of {detail} for thinking and had not begun to answer.",
        "Raise max tokens and ask again.",
        True,
        "warning",
    ),
    "empty-answer": Entry(
        "The model answered with nothing",
        "{model_cap} ended its answer without a word.",
        "Try again, or put the prompt in other words.",
        True,
        "info",
    ),
    "unexpected": Entry(
        "Something unexpected happened",
        "The app met an error that it does not know.",
        "Try again. If it stays, tell whoever runs the app what you did.",
    ),
}

# Error code in lower case -> kind. Codes are PascalCase before the stream and lowerCamel inside it.
CODES: Mapping[str, str] = {
    "accessdeniedexception": "access-denied",
    "accessdenied": "access-denied",
    "expiredtoken": "key-expired",
    "expiredtokenexception": "key-expired",
    "incompletesignature": "signature",
    "internalfailure": "internal",
    "internalserverexception": "internal",
    "invalidclienttokenid": "bad-key",
    "invalidsignatureexception": "signature",
    "missingauthenticationtoken": "bad-key",
    "modelerrorexception": "model-error",
    "modelnotreadyexception": "not-ready",
    "modelstreamerrorexception": "stream-failed",
    "modeltimeoutexception": "model-timeout",
    "requestexpired": "signature",
    "requesttimetooskewed": "signature",
    "resourcenotfoundexception": "not-found",
    "servicequotaexceededexception": "quota",
    "serviceunavailable": "unavailable",
    "serviceunavailableexception": "unavailable",
    "signaturedoesnotmatch": "signature",
    "throttlingexception": "throttled",
    "toomanyrequestsexception": "throttled",
    "unknownoperationexception": "not-bedrock",
    "unrecognizedclientexception": "bad-key",
    "validationexception": "invalid-request",
}

# Kind of the code -> ((part of the message in lower case, finer kind), …). The first part found wins.
FINER: Mapping[str, tuple[tuple[str, str], ...]] = {
    "access-denied": (
        ("marked by provider as legacy", "legacy"),
        ("api key", "bad-api-key"),
        ("bearer token", "bad-api-key"),
        ("explicit deny", "iam-deny"),
        ("aws-marketplace", "account-gate"),
        ("aws marketplace", "account-gate"),
        ("not authorized to perform", "iam-action"),
        ("access to the model", "no-model-access"),
        ("payment", "account-gate"),
        ("agreement", "account-gate"),
        ("15 minutes", "account-gate"),
        ("account", "account-gate"),
    ),
    "not-found": (
        ("legacy", "legacy"),
        ("end of its life", "end-of-life"),
        ("end of life", "end-of-life"),
    ),
    "key-expired": (("bearer token", "bad-api-key"),),
    "bad-key": (("bearer token", "bad-api-key"),),
    "invalid-request": (
        ("#/stop", "too-many-stops"),
        ("maximum item count", "too-many-stops"),
        ("maximum tokens you requested", "max-tokens-too-high"),
        ("expected maxlength", "prompt-too-long"),
        ("guardrail", "guardrail-setting"),
        ("on-demand throughput", "needs-profile"),
        ("inference profile", "needs-profile"),
        ("identifier is invalid", "bad-model-id"),
        ("supported in this region", "wrong-region"),
        ("available in this region", "wrong-region"),
        ("operation not allowed", "account-gate"),
        ("required key", "wrong-dialect"),
        ("extraneous key", "wrong-dialect"),
        ("too long", "prompt-too-long"),
        ("too large", "prompt-too-long"),
        ("context length", "prompt-too-long"),
        ("context window", "prompt-too-long"),
        ("input tokens", "prompt-too-long"),
        ("length of the prompt", "prompt-too-long"),
        ("max_tokens", "parameter-out-of-range"),
        ("temperature", "parameter-out-of-range"),
        ("top_p", "parameter-out-of-range"),
        ("top_k", "parameter-out-of-range"),
        ("or equal to", "parameter-out-of-range"),
        ("malformed input", "wrong-dialect"),
    ),
    "throttled": (
        ("per day", "daily-quota"),
        ("daily", "daily-quota"),
        ("too many tokens", "too-many-tokens"),
    ),
}
