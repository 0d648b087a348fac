"""What a node does with the secrets that its job names. Needs no PyTorch."""
import hashlib
import http.server
import json
import os
import subprocess
import sys
import threading

import aws_request
import pytest
from conftest import TRAINING

SECRET = "a value that nobody else may see"
ARN = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:team/token-abc123"
PROGRAM = "import hashlib, os, sys; print(hashlib.sha256(os.environ['HF_TOKEN'].encode()).hexdigest(), *sys.argv[1:])"


class Aws(http.server.ThreadingHTTPServer):
    """Answers with what a test has put into `answers`, one a request; the last one stays."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.requests = [], []
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(json.loads(body))

    def do_GET(self):
        self.answer(None)

    def answer(self, body):
        self.server.requests.append((self.path, self.headers, body))
        status, answer = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def aws():
    with Aws() as server:
        yield server
        server.shutdown()


def start(aws, tmp_path, reference="ssm:/team/token", program=PROGRAM):
    environment = {**os.environ, "SAGEMAKER_BASE_DIR": str(tmp_path), "AWS_ENDPOINT_URL": aws.url, "AWS_REGION": "us-east-1",
                   "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "PIPELINE_SECRET_HF_TOKEN": reference}
    return subprocess.run([sys.executable, str(TRAINING / "secret_environment.py"), "-c", program, "--seed", "7"], env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("reference, answer, target, body, scope", [
    ("ssm:/team/token", {"Parameter": {"Value": SECRET}}, "AmazonSSM.GetParameter", {"Name": "/team/token", "WithDecryption": True}, "us-east-1/ssm"),
    (ARN, {"SecretString": SECRET}, "secretsmanager.GetSecretValue", {"SecretId": ARN}, "eu-west-1/secretsmanager"),
])
def test_a_program_gets_its_secret_and_its_arguments(aws, tmp_path, reference, answer, target, body, scope):
    aws.answers = [(200, answer)]
    done = start(aws, tmp_path, reference)
    assert (done.returncode, done.stdout) == (0, f"{hashlib.sha256(SECRET.encode()).hexdigest()} --seed 7\n"), done.stderr
    (path, headers, sent), = aws.requests
    assert (path, headers["X-amz-target"], sent) == ("/", target, body)
    assert f"/{scope}/aws4_request" in headers["Authorization"]


@pytest.mark.parametrize("answer, part", [
    ((400, {"__type": "com.amazonaws.ssm#ParameterNotFound"}), "ParameterNotFound"),
    ((400, {"__type": "AccessDeniedException", "message": "not authorized to perform: ssm:GetParameter"}), "not authorized to perform"),
    ((200, {"Parameter": {"Value": ""}}), "empty"),
    ((200, {"Parameter": {"Value": SECRET + "\0"}}), "binary"),
])
def test_a_secret_that_cannot_be_read_fails_the_node_by_name(aws, tmp_path, answer, part):
    aws.answers = [answer]
    done = start(aws, tmp_path)
    failure = (tmp_path / "output" / "failure").read_text()
    assert (done.returncode, done.stdout) == (1, "")
    assert failure.startswith("SecretUnavailable - ") and part in failure and "HF_TOKEN" in failure and "ssm:/team/token" in failure
    assert SECRET not in failure + done.stderr


def test_a_program_that_fails_leaves_no_trace_of_the_secret(aws, tmp_path):
    aws.answers = [(200, {"Parameter": {"Value": SECRET}})]
    done = start(aws, tmp_path, program="raise SystemExit(3)")
    assert (done.returncode, SECRET in done.stdout + done.stderr) == (3, False)
    assert not any(SECRET.encode() in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


@pytest.mark.parametrize("status, answer", [(500, {}), (400, {"__type": "ThrottlingException"})])
def test_errors_that_pass_with_time_are_tried_again(aws, status, answer):
    aws.answers = [(status, answer), (200, {"ok": True})]
    environment = {"AWS_ENDPOINT_URL": aws.url, "AWS_ACCESS_KEY_ID": "key"}
    assert aws_request.call("ssm", "AmazonSSM.GetParameter", {}, "us-east-1", environment, pauses=(0,)) == {"ok": True}
    aws.answers = [(status, answer)]
    with pytest.raises(aws_request.AwsError):
        aws_request.call("ssm", "AmazonSSM.GetParameter", {}, "us-east-1", environment, pauses=(0, 0))
    assert len(aws.requests) == 5


def test_the_role_of_the_container_signs(aws, monkeypatch):
    monkeypatch.setattr(aws_request, "CONTAINER_ENDPOINT", aws.url)
    aws.answers = [(200, {"AccessKeyId": "role-key", "SecretAccessKey": "s", "Token": "session"}), (200, {})]
    aws_request.call("ssm", "AmazonSSM.GetParameter", {}, "us-east-1", {"AWS_ENDPOINT_URL": aws.url, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"}, pauses=())
    assert aws.requests[0][0] == "/v2/x"
    assert "Credential=role-key/" in aws.requests[1][1]["Authorization"] and aws.requests[1][1]["X-amz-security-token"] == "session"
    with pytest.raises(aws_request.AwsError, match="NoCredentials"):
        aws_request.call("ssm", "AmazonSSM.GetParameter", {}, "us-east-1", {}, pauses=())


def test_the_signature_is_that_of_aws_own_client():
    auth = pytest.importorskip("botocore.auth", reason="botocore is not installed: the signature was not compared with it")
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    body = b'{"Name":"/team/token"}'
    own = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonSSM.GetParameter"}
    request = AWSRequest("POST", "https://ssm.us-east-1.amazonaws.com/", headers=own, data=body)
    auth.SigV4Auth(Credentials("key", "secret", "session"), "ssm", "us-east-1").add_auth(request)
    headers = {**own, "host": "ssm.us-east-1.amazonaws.com", "x-amz-date": request.headers["X-Amz-Date"], "x-amz-security-token": "session"}
    assert aws_request.authorization("key", "secret", "ssm", "us-east-1", headers, body) == request.headers["Authorization"]
