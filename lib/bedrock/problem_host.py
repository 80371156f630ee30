"""Problems that the host can solve: set-up, network, keys and permissions. This module is data only.

Sources: botocore 1.44 (`botocore.exceptions`); AWS docs, troubleshooting-api-error-codes and model-access,
autumn 2026. `lib.bedrock.problems` fills the placeholders: {model} {model_cap} {where} {address} {detail}
{fix}.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Level = Literal["error", "warning", "info"]


class Entry(NamedTuple):
    """One kind of problem in plain words. `retry`: repeating the same call can help."""

    title: str
    cause: str
    fix: str
    retry: bool = False
    level: Level = "error"


HOST: Mapping[str, Entry] = {
    # The host's set-up: these are found before a request is sent.
    "no-credentials": Entry(
        "No AWS credentials",
        "No AWS access key, profile, role or Bedrock API key was found, so the call could not be signed.",
        "Set AWS credentials or a profile, or set SIROCCO_BACKEND=local to use the built-in local model.",
    ),
    "partial-credentials": Entry(
        "Half of the AWS credentials is missing",
        "An access key needs its secret, and only one of the two was found.",
        "Set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or remove both.",
    ),
    "no-region": Entry(
        "No AWS region is set",
        "Bedrock runs separately in each region, and nothing says which one to call.",
        "Set AWS_DEFAULT_REGION, for example to us-east-1, and restart.",
    ),
    "profile-not-found": Entry(
        "This AWS profile does not exist",
        "AWS_PROFILE names a profile that is not in the AWS configuration files of this machine.",
        "Correct AWS_PROFILE, or create the profile with: aws configure --profile NAME",
    ),
    "sso-expired": Entry(
        "The AWS sign-in has ended",
        "Sign-in through IAM Identity Center lasts a few hours, and this one is over or was never done.",
        "Run: aws sso login, then try again.",
    ),
    "login-expired": Entry(
        "The AWS login has ended",
        "The session that the aws login command opened is over, or its credentials have changed.",
        "Run: aws login, then try again.",
    ),
    "credentials-failed": Entry(
        "AWS credentials could not be fetched",
        "A role or another credentials source is configured, and it gave no usable credentials.",
        "Check the role or credential process of this machine, then restart.",
    ),
    "aws-config": Entry(
        "The AWS configuration cannot be read",
        "A setting in the environment or in an AWS configuration file has a form that boto3 does not accept.",
        "Check the AWS_ variables and the AWS config file for a typing mistake.",
    ),
    "missing-part": Entry(
        "A part of boto3 is not installed",
        "The way this machine signs in to AWS needs an optional part of boto3.",
        "Install botocore[crt] into the environment of this app, then restart.",
    ),
    "invalid-call": Entry(
        "The app built a request that cannot be sent",
        "boto3 refused the request before sending it. This is a mistake in the app, not in your prompt.",
        "Choose another model, and report this to whoever runs the app.",
    ),
    "bearer-over-http": Entry(
        "A Bedrock API key needs https",
        "AWS_BEARER_TOKEN_BEDROCK is set, and a key is never sent to a plain http address.",
        "Use an https address, or remove AWS_BEARER_TOKEN_BEDROCK; an empty value counts as set.",
    ),
    "bad-endpoint": Entry(
        "The endpoint address is not a web address",
        "The configured address of Bedrock could not be read as a URL.",
        "Check AWS_ENDPOINT_URL_BEDROCK_RUNTIME, or remove it to call AWS itself.",
    ),
    "bad-region": Entry(
        "This AWS region does not exist",
        "The configured region is not a name that AWS uses.",
        "Set AWS_DEFAULT_REGION to a region such as us-east-1 or eu-west-1.",
    ),
    # The network.
    "unreachable": Entry(
        "Bedrock could not be reached",
        "No connection could be opened to {address}.",
        "Check the region, the network and, if one is set, the endpoint address.",
        True,
    ),
    "connect-timeout": Entry(
        "Connecting to Bedrock took too long",
        "Nothing answered at {address} in time. A firewall or a wrong address is the usual reason.",
        "Check the network and the address, then try again.",
        True,
    ),
    "tls": Entry(
        "The secure connection to Bedrock failed",
        "The certificate shown by {address} was not accepted.",
        "Check the clock of this machine, and AWS_CA_BUNDLE if a company proxy is in between.",
    ),
    "proxy": Entry(
        "The proxy could not be reached",
        "A proxy is configured for this machine, and no connection went through it.",
        "Check HTTPS_PROXY, or add the Bedrock address to NO_PROXY.",
    ),
    "closed-early": Entry(
        "The connection closed before the answer began",
        "{address} hung up without sending anything.",
        "Try again.",
        True,
        "warning",
    ),
    "no-answer": Entry(
        "The model did not start answering",
        "Nothing arrived from {model} within the time limit.",
        "Try again, or use a shorter prompt. The host can raise the read timeout.",
        True,
        "warning",
    ),
    "stalled": Entry(
        "The answer stalled",
        "Nothing more arrived from {model} within the time limit. The answer is not complete.",
        "Try again.",
        True,
        "warning",
    ),
    "broken-connection": Entry(
        "The connection broke",
        "The network connection ended before the answer did.",
        "Try again.",
        True,
        "warning",
    ),
    "corrupt-frame": Entry(
        "The answer arrived damaged",
        "A part of the answer failed its checksum, so something on the network changed it.",
        "Try again. If it keeps happening, look for a proxy between this machine and AWS.",
        True,
    ),
    "bad-chunk": Entry(
        "A part of the answer could not be read",
        "{model_cap} sent something that is not in the form Mistral models on Bedrock use.",
        "Try again, or choose another model.",
        True,
    ),
    "gateway": Entry(
        "A server in between is not working",
        "A proxy or load balancer in front of Bedrock answered with an error page.",
        "Wait a moment, then try again.",
        True,
        "warning",
    ),
    "not-bedrock": Entry(
        "This address does not speak Bedrock",
        "{address} answered, but not in the way the Bedrock runtime does.",
        "Check AWS_ENDPOINT_URL_BEDROCK_RUNTIME, or remove it to call AWS itself.",
    ),
    "local-endpoint": Entry("The local model is not running", "{detail}", "{fix}", True),
    # Keys and permissions.
    "bad-key": Entry(
        "AWS does not know this access key",
        "The access key or its session token is not valid, or not valid {where}.",
        "Check the key, and that its region is enabled for the account.",
    ),
    "bad-api-key": Entry(
        "AWS does not accept this Bedrock API key",
        "The API key is not valid any more, or was copied incompletely.",
        "Create a new Bedrock API key, set AWS_BEARER_TOKEN_BEDROCK to it and restart.",
    ),
    "key-expired": Entry(
        "The AWS credentials have expired",
        "Temporary credentials work for some hours only, and these are over.",
        "Sign in to AWS again to get new ones, then restart.",
    ),
    "signature": Entry(
        "AWS did not accept the signature",
        "The clock of this machine is wrong, or the secret key does not belong to the access key.",
        "Set the clock to network time, then check AWS_SECRET_ACCESS_KEY.",
    ),
    "iam-action": Entry(
        "The AWS identity may not call this model",
        "No policy allows {detail} for {model}.",
        "Add {detail} to the policy of the identity. It is a permission of its own.",
    ),
    "iam-deny": Entry(
        "A policy forbids calling this model",
        "A policy of the account or the organisation explicitly denies the call to {model}.",
        "Ask the AWS administrator, or choose another model or region.",
    ),
    "no-model-access": Entry(
        "The AWS account has no access to this model",
        "Bedrock has not opened {model} to this account {where}.",
        "Open the model in the Bedrock console to get access, or choose another model.",
    ),
    "account-gate": Entry(
        "The AWS account may not use this model yet",
        "Bedrock holds the account back: it is new, an agreement is pending or payment is not set up.",
        "Wait 15 minutes and try again. If it stays, check the account or ask AWS Support.",
    ),
    "access-denied": Entry(
        "AWS denied the call",
        "The AWS identity is known, but may not make this call.",
        "Check that it may use bedrock:InvokeModelWithResponseStream on this model.",
    ),
}
