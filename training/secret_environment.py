"""Gives the program that follows as arguments the secrets that its job names, as environment variables.

PIPELINE_SECRET_NAME says where the value of NAME is: ssm:PARAMETER, or the ARN of a secret in Secrets Manager. This node reads it under the
role of the job. The values are in the environment of the program and nowhere else: nothing here prints or stores them.
"""
import os
import sys

import aws_request
from console import TrainingError, record_failure
from node import base_folder

PREFIX = "PIPELINE_SECRET_"
PARAMETER = "ssm:"


def resolve(environment):
    """The environment of the program. Raises TrainingError if a secret cannot be read; the message names it, not its value."""
    names = [name for name in environment if name.startswith(PREFIX)]
    return {**environment, **{name[len(PREFIX):]: _value(name[len(PREFIX):], environment[name], environment) for name in sorted(names)}}


def _value(name, reference, environment):
    try:
        value = _read(reference, environment)
    except aws_request.AwsError as error:
        raise TrainingError(f"SecretUnavailable - {name} cannot be read from {reference} ({error})") from None
    if not value or "\0" in value:
        raise TrainingError(f"SecretUnavailable - the value of {reference} is {'not a text' if value is None else 'empty' if not value else 'binary'}, so it cannot be {name}")
    return value


def _read(reference, environment):
    if reference.startswith(PARAMETER):
        region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION", "")
        body = {"Name": reference[len(PARAMETER):], "WithDecryption": True}
        return aws_request.call("ssm", "AmazonSSM.GetParameter", body, region, environment)["Parameter"]["Value"]
    body = {"SecretId": reference}
    return aws_request.call("secretsmanager", "secretsmanager.GetSecretValue", body, reference.split(":")[3], environment).get("SecretString")


def main():
    try:
        environment = resolve(os.environ)
    except TrainingError as error:
        record_failure(base_folder(os.environ), str(error))
        sys.exit(1)
    os.execve(sys.executable, [sys.executable, *sys.argv[1:]], environment)


if __name__ == "__main__":
    main()
