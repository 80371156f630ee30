"""Operations of Bedrock's control plane: the foundation models and inference profiles of this endpoint.

The endpoint answers prompts for every model and profile that is listed. Their names say that the small local
model answers in their place. Shapes and query names: botocore 1.44.5's model of `bedrock`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from lib.local.engine import WireError
from lib.mistral.catalog import LOCAL_MODEL_ID, Model, UnknownModel, find, models

FILTERS: Mapping[str, str] = {
    "byProvider": "providerName",
    "byOutputModality": "outputModalities",
    "byInferenceType": "inferenceTypesSupported",
    "byCustomizationType": "customizationsSupported",
}
"""Query parameter of ListFoundationModels: the field of a model it must be in."""


async def list_models(request: Request) -> Response:
    """The models that no filter excludes."""
    wanted = [(FILTERS[name], value) for name, value in request.query_params.items() if name in FILTERS]
    listed = [_summary(model, _region(request)) for model in models()]
    return JSONResponse({"modelSummaries": [summary for summary in listed if _matches(summary, wanted)]})


async def get_model(request: Request) -> Response:
    """A model by id or ARN. Raises WireError for one that the runtime would not answer for."""
    asked, region = request.path_params["model_id"], _region(request)
    try:
        summary = _summary(find(asked.removeprefix(_model_arn("", region))), region)
    except UnknownModel:
        raise _not_found("foundation model") from None
    if asked not in (summary["modelId"], summary["modelArn"]):
        raise _not_found("foundation model")
    return JSONResponse({"modelDetails": summary})


async def list_profiles(request: Request) -> Response:
    """The profiles of the caller's region, all of the type SYSTEM_DEFINED."""
    listed = list(_profiles(_region(request)))
    if request.query_params.get("type", "SYSTEM_DEFINED") != "SYSTEM_DEFINED":
        listed = []
    return JSONResponse({"inferenceProfileSummaries": listed})


async def get_profile(request: Request) -> Response:
    """A profile of the caller's region by id or ARN. Raises WireError for any other."""
    asked = request.path_params["profile_id"]
    for profile in _profiles(_region(request)):
        if asked in (profile["inferenceProfileId"], profile["inferenceProfileArn"]):
            return JSONResponse(profile)
    raise _not_found("inference profile")


def _summary(model: Model, region: str) -> dict[str, Any]:
    local = model.id == LOCAL_MODEL_ID
    legacy = model.lifecycle.status == "legacy"
    return {
        "modelArn": _model_arn(model.id, region),
        "modelId": model.id,
        "modelName": model.name if local else f"{model.name} (answered here by {find(LOCAL_MODEL_ID).name})",
        "providerName": "Hugging Face" if local else "Mistral AI",
        "inputModalities": ["TEXT"],
        "outputModalities": ["TEXT"],
        "responseStreamingSupported": True,
        "customizationsSupported": [],
        "inferenceTypesSupported": ["ON_DEMAND", *(["INFERENCE_PROFILE"] if model.profiles else [])],
        "modelLifecycle": {"status": "LEGACY" if legacy else "ACTIVE"},
    }


def _matches(summary: Mapping[str, Any], wanted: list[tuple[str, str]]) -> bool:
    return all(
        value.casefold() == summary[field].casefold() if field == "providerName" else value in summary[field]
        for field, value in wanted
    )


def _profiles(region: str) -> Iterator[dict[str, Any]]:
    for model in models():
        profile = model.profiles.get(region)
        if profile is None:
            continue
        served = [where for where, name in model.profiles.items() if name == profile]
        yield {
            "inferenceProfileId": profile,
            "inferenceProfileName": f"{profile.partition('.')[0].upper()} {model.name}",
            # The account number of AWS's documentation: there is no account here.
            "inferenceProfileArn": f"arn:aws:bedrock:{region}:123456789012:inference-profile/{profile}",
            "description": f"Answered here by {find(LOCAL_MODEL_ID).name}.",
            "models": [{"modelArn": _model_arn(model.id, where)} for where in served],
            "status": "ACTIVE",
            "type": "SYSTEM_DEFINED",
        }


def _model_arn(model_id: str, region: str) -> str:
    return f"arn:aws:bedrock:{region}::foundation-model/{model_id}"


def _region(request: Request) -> str:
    # Credential=<key>/<date>/<region>/bedrock/aws4_request; a Bearer token names no region.
    scope = re.search(r"Credential=[^/]*/[^/]*/([a-z0-9-]+)/", request.headers["authorization"])
    return scope[1] if scope else "us-east-1"


def _not_found(what: str) -> WireError:
    message = f"Could not resolve the {what} from the provided identifier."
    return WireError(404, "ResourceNotFoundException", message)
