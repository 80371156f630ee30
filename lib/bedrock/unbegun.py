"""Whether a call that was sent and failed before its stream certainly never reached a model, so that it costs
nothing. A call that failed before anything was sent (`CallSocket.sent`) certainly did not."""

from __future__ import annotations

import botocore.exceptions as aws

NOT_READY = {"ThrottlingException", "ServiceUnavailableException", "ModelNotReadyException"}
"""Errors that say the model has not begun and may later: sending again cannot bill twice
(AWS docs, API reference InvokeModelWithResponseStream errors, 2026)."""
_MAY_HAVE_BEGUN = {408, 424, 499}
"""Of the client errors those of ModelTimeoutException and ModelErrorException (AWS docs, the same page), and
what proxies say when a client has left."""
_NO_CONNECTION = (aws.ConnectTimeoutError, aws.EndpointConnectionError, aws.ProxyConnectionError)
"""A proxy may have been asked for the connection, and the model was not."""


def never_began(error: BaseException) -> bool:
    """True only if it is certain. `error` was raised by a call that had begun to send, not by its stream."""
    if isinstance(error, aws.ClientError):
        if error.response.get("Error", {}).get("Code") in NOT_READY:
            return True
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return 400 <= status < 500 and status not in _MAY_HAVE_BEGUN
    return isinstance(error, _NO_CONNECTION)
