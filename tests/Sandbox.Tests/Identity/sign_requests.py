"""Writes signed-requests.json: requests that botocore signed, for tests that another signer than ours agrees. Run it in its folder."""
import datetime
import json
from unittest import mock

import botocore.auth
import botocore.awsrequest
import botocore.credentials

NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
USER = botocore.credentials.Credentials("sandbox", "sandbox")
HOST = "http://127.0.0.1:4566"
JSON = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "SageMaker.ListTrainingJobs"}
CASES = [
    ("document", "sagemaker", "POST", "/", JSON, "{}"),
    ("date-of-mail", "logs", "POST", "/", {**JSON, "Date": "is set anew"}, "{}"),
    ("no-body", "sts", "GET", "/?Version=2011-06-15&Action=GetCallerIdentity", {}, ""),
    ("form", "sts", "POST", "/", {"Content-Type": "application/x-www-form-urlencoded"}, "Action=GetCallerIdentity&Version=2011-06-15"),
    ("spaces-in-a-header", "logs", "POST", "/", {**JSON, "X-Amz-Other": "  a   b  "}, '{"a": "ü"}'),
    ("path-of-a-protocol", "monitoring", "POST", "/service/GraniteServiceVersion20100801/operation/ListMetrics", {"smithy-protocol": "rpc-v2-cbor"}, ""),
    ("path-with-dots", "sagemaker-mlflow", "GET", "/api/./2.0//mlflow/../mlflow/experiments/get?experiment_id=0", {}, ""),
    ("path-that-is-encoded", "sagemaker-mlflow", "GET", "/api/a%20b/%C3%BC", {}, ""),
    ("buckets", "s3", "GET", "/", {}, ""),
    ("key", "s3", "PUT", "/bucket/a/b.txt", {"x-amz-meta-colour": "dark  green"}, "content"),
    ("key-with-spaces", "s3", "GET", "/bucket/a%20b%2Bc", {}, ""),
    ("key-of-letters-elsewhere", "s3", "HEAD", "/bucket/%C3%BC/%E6%97%A5", {}, ""),
    ("key-with-slashes", "s3", "DELETE", "/bucket//a//./b/../c", {}, ""),
    ("key-with-marks", "s3", "GET", "/bucket/%21%2A%27%28%29~%25%3D%26%3F%23", {}, ""),
    ("sub-resource", "s3", "GET", "/bucket?acl", {}, ""),
    ("query", "s3", "GET", "/bucket?prefix=a%2Fb%20c&list-type=2&delimiter=%2F&empty=", {}, ""),
    ("query-in-another-order", "s3", "GET", "/bucket?b=2&a=2&a=1&A=0&a-b=3", {}, ""),
]


def signed(name, service, method, path, headers, body, kind="header"):
    request = botocore.awsrequest.AWSRequest(method, HOST + path, headers=dict(headers), data=body.encode())
    if service == "s3" and kind == "query":
        botocore.auth.S3SigV4QueryAuth(USER, service, "eu-west-1", expires=600).add_auth(request)
    elif kind == "query":
        botocore.auth.SigV4QueryAuth(USER, service, "eu-west-1", expires=600).add_auth(request)
    else:
        (botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth)(USER, service, "eu-west-1").add_auth(request)
    return {
        "name": f"{name}, in the {kind}", "method": method, "target": request.url[len(HOST):],
        "headers": {"Host": "127.0.0.1:4566", **{key: value for key, value in request.headers.items()}}, "body": body,
    }


with mock.patch("botocore.auth.get_current_datetime", lambda remove_tzinfo=True: NOW.replace(tzinfo=None) if remove_tzinfo else NOW):
    requests = [signed(*case) for case in CASES]
    requests += [signed(*case, kind="query") for case in CASES if not case[4]]
with open("signed-requests.json", "w", encoding="utf-8") as file:
    json.dump(requests, file, indent=1, ensure_ascii=False)
    file.write("\n")
