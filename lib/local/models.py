"""What runs here, as the control plane tells it: foundation models and inference profiles.

Shapes and query names: botocore 1.44.5's model of `bedrock`, 2023-04-20.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from lib.local.engine import WireError
from lib.mistral.catalog import LOCAL_MODEL_ID, find

FILTERS: Mapping[str, str] = {
    "byProvider": "providerName",
    "byOutputModality": "outputModalities",
    "byInferenceType": "inferenceTypesSupported",
    "byCustomizationType": "customizationsSupported",
}
"""Query parameter of ListFoundationModels: the field of a model it must be in."""


async def list_models(request: Request) -> Response:
    """The local model, or nothing where a filter excludes it."""
    model = _local_model(request)
    wanted = [(FILTERS[name], value) for name, value in request.query_params.items() if name in FILTERS]
    matches = all(
        value == model[field] if field == "providerName" else value in model[field] for field, value in wanted
    )
    return JSONResponse({"modelSummaries": [model] if matches else []})


async def get_model(request: Request) -> Response:
    """The local model by id or ARN. Raises WireError for any other."""
    model = _local_model(request)
    if request.path_params["model_id"] not in (model["modelId"], model["modelArn"]):
        message = "Could not resolve the foundation model from the provided model identifier."
        raise WireError(404, "ResourceNotFoundException", message)
    return JSONResponse({"modelDetails": model})


async def list_profiles(_: Request) -> Response:
    """There are no inference profiles here."""
    return JSONResponse({"inferenceProfileSummaries": []})


def _local_model(request: Request) -> dict[str, Any]:
    # Credential=<key>/<date>/<region>/bedrock/aws4_request
    scope = re.search(r"Credential=[^/]*/[^/]*/([a-z0-9-]+)/", request.headers["authorization"])
    region = scope[1] if scope else "us-east-1"
    return {
        "modelArn": f"arn:aws:bedrock:{region}::foundation-model/{LOCAL_MODEL_ID}",
        "modelId": LOCAL_MODEL_ID,
        "modelName": find(LOCAL_MODEL_ID).name,
        "providerName": "Hugging Face",
        "inputModalities": ["TEXT"],
        "outputModalities": ["TEXT"],
        "responseStreamingSupported": True,
        "customizationsSupported": [],
        "inferenceTypesSupported": ["ON_DEMAND"],
        "modelLifecycle": {"status": "ACTIVE"},
    }
