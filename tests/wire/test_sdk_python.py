"""A program in the manner of AWS's own boto3 sample for Mistral runs against the endpoint unchanged."""

import subprocess
import sys

from tests.support.scripted_endpoint import scripted

SAMPLE = """
import boto3
import json

from botocore.exceptions import ClientError

client = boto3.client("bedrock-runtime", region_name="us-east-1")

model_id = "mistral.mistral-large-2402-v1:0"
prompt = "Describe the purpose of a 'hello world' program in one line."
formatted_prompt = f"<s>[INST] {prompt} [/INST]"
native_request = {"prompt": formatted_prompt, "max_tokens": 512, "temperature": 0.5}
request = json.dumps(native_request)

try:
    streaming_response = client.invoke_model_with_response_stream(modelId=model_id, body=request)
except (ClientError, Exception) as e:
    print(f"ERROR: Can't invoke '{model_id}'. Reason: {e}")
    exit(1)

for event in streaming_response["body"]:
    chunk = json.loads(event["chunk"]["bytes"])
    if "outputs" in chunk:
        print(chunk["outputs"][0].get("text"), end="")
"""


def test_a_program_like_awss_sample_prints_the_answer() -> None:
    with scripted() as endpoint:
        environment = {
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": endpoint.url,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "dummy",
            "AWS_SECRET_ACCESS_KEY": "dummy",
        }
        run = subprocess.run(
            [sys.executable, "-c", SAMPLE], env=environment, capture_output=True, text=True, timeout=30
        )
    assert run.stderr == ""
    assert run.stdout == "Hello. It is good to see you here, and I hope that you have a lovely day."
