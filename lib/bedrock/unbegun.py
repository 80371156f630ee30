"""Whether a call that was sent and failed before its stream certainly never reached a model, so that it costs
nothing. A call that failed before anything was sent (`CallSocket.sent`) certainly did not."""

from __future__ import annotations

import botocore.exceptions as aws

NOT_READY = {"ThrottlingException", "ServiceUnavailableException", "ModelNotReadyException"}
"""Errors that say the model has not begun and may later: sending again cannot bill twice
(AWS docs, API reference InvokeModelWithResponseStream errors, 2026)."""
_MAY_HAVE_BEGUN = {408, 424, 499}
"""Statuses 4xx after which the model may have begun: those of ModelTimeoutException (408) and
ModelErrorException (424; AWS docs, the same page), and what proxies send after a client has left (499)."""
_NO_CONNECTION = (aws.ConnectTimeoutError, aws.EndpointConnectionError, aws.ProxyConnectionError)
"""No connection to the service was opened; at most a proxy got a request for one."""


def never_began(error: BaseException) -> bool:
    """True only if it is certain. `error` was raised by a call that had begun to send, not by its stream."""
    if isinstance(error, aws.ClientError):
        if error.response.get("Error", {}).get("Code") in NOT_READY:
            return True
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return 400 <= status < 500 and status not in _MAY_HAVE_BEGUN
    return isinstance(error, _NO_CONNECTION)
