"""Whether a call that failed before its stream certainly never reached a model, so that it costs nothing."""

from __future__ import annotations

import botocore.exceptions as aws

from lib.bedrock.credentials import CredentialsTimeoutError
from lib.bedrock.local_endpoint import LocalEndpointError
from lib.bedrock.problem_setup import ModelRefusedError
from lib.mistral.catalog import UnknownModel
from lib.mistral.recipe import RecipeError

NOT_READY = {"ThrottlingException", "ServiceUnavailableException", "ModelNotReadyException"}
"""Errors that say the model has not begun and may later: sending again cannot bill twice
(AWS docs, API reference InvokeModelWithResponseStream errors, 2026)."""
_MAY_HAVE_BEGUN = {408, 424, 499}
"""Of the client errors those of ModelTimeoutException and ModelErrorException (AWS docs, the same page), and
what proxies say when a client has left."""
_BEFORE_SENDING: tuple[type[Exception], ...] = (
    LocalEndpointError,
    ModelRefusedError,
    CredentialsTimeoutError,
    UnknownModel,
    RecipeError,
    aws.NoCredentialsError,
    aws.NoAuthTokenError,
    aws.PartialCredentialsError,
    aws.CredentialRetrievalError,
    aws.MetadataRetrievalError,
    aws.UnknownCredentialError,
    aws.InfiniteLoopConfigError,
    aws.ProfileNotFound,
    aws.SSOError,
    aws.TokenRetrievalError,
    aws.LoginError,
    aws.NoRegionError,
    aws.InvalidRegionError,
    aws.UnknownRegionError,
    aws.UnknownEndpointError,
    aws.MissingDependencyException,
    aws.ParamValidationError,
    aws.ValidationError,
    aws.ConfigParseError,
    aws.ConfigNotFound,
    aws.InvalidConfigError,
    aws.InvalidEndpointConfigurationError,
    aws.InvalidProxiesConfigError,
    aws.ConnectTimeoutError,
    aws.EndpointConnectionError,
    aws.ProxyConnectionError,
)


def never_began(error: BaseException) -> bool:
    """True only if it is certain. `error` was raised by the call itself, not by its stream."""
    if isinstance(error, aws.ClientError):
        if error.response.get("Error", {}).get("Code") in NOT_READY:
            return True
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return 400 <= status < 500 and status not in _MAY_HAVE_BEGUN
    return isinstance(error, _BEFORE_SENDING)
