"""A signed request to an AWS service that speaks JSON, such as SSM. Needs only Python, because an image may have no boto3."""
import datetime
import hashlib
import hmac
import json
import time
import urllib.error
import urllib.parse
import urllib.request

# Where a container finds the credentials of its role.
CONTAINER_ENDPOINT = "http://169.254.170.2"
TRANSIENT = ("InternalServerError", "NoConnection", "RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequestsException")
TIMEOUT_SECONDS = 10
PAUSES = (1, 2, 4, 8)


class AwsError(Exception):
    """Why a request has no answer. code: AWS's name of the error."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code


def call(service, target, body, region, environment, pauses=PAUSES):
    """Posts a request and returns the answer. Tries again after errors that pass with time."""
    for pause in (*pauses, None):
        try:
            return _send(_signed(service, target, json.dumps(body).encode(), region, environment))
        except AwsError as error:
            if pause is None or error.code not in TRANSIENT:
                raise
        time.sleep(pause)


def _signed(service, target, body, region, environment):
    host = f"{service}.{region}.amazonaws.com" + (".cn" if region.startswith("cn-") else "")
    url = environment.get("AWS_ENDPOINT_URL") or f"https://{host}"
    key, secret, token = _credentials(environment)
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    headers = {"content-type": "application/x-amz-json-1.1", "host": urllib.parse.urlsplit(url).netloc, "x-amz-date": now, "x-amz-target": target}
    if token:
        headers["x-amz-security-token"] = token
    headers["authorization"] = authorization(key, secret, service, region, headers, body)
    return urllib.request.Request(url, body, headers, method="POST")


def authorization(key, secret, service, region, headers, body):
    """The header Authorization of a POST to /, by Signature Version 4. headers: all that are signed, with names in lower case."""
    names, moment = ";".join(sorted(headers)), headers["x-amz-date"]
    lines = [f"{name}:{headers[name]}" for name in sorted(headers)]
    request = "\n".join(["POST", "/", "", *lines, "", names, hashlib.sha256(body).hexdigest()])
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(request.encode()).hexdigest()])
    signing = ("AWS4" + secret).encode()
    for part in (*scope.split("/"), text):
        signing = hmac.new(signing, part.encode(), hashlib.sha256).digest()
    return f"AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={names}, Signature={signing.hex()}"


def _credentials(environment):
    if environment.get("AWS_ACCESS_KEY_ID"):
        return environment["AWS_ACCESS_KEY_ID"], environment.get("AWS_SECRET_ACCESS_KEY", ""), environment.get("AWS_SESSION_TOKEN")
    path = environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
    if not path:
        raise AwsError("NoCredentials", "this container has no credentials of a role")
    found = _send(urllib.request.Request(CONTAINER_ENDPOINT + path))
    return found["AccessKeyId"], found["SecretAccessKey"], found.get("Token")


def _send(request):
    # No proxy may see the requests or the credentials.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        raise _refusal(error) from None
    except ValueError:
        raise AwsError("InvalidResponse", "the answer is not JSON") from None
    except OSError as error:
        raise AwsError("NoConnection", f"{urllib.parse.urlsplit(request.full_url).netloc} does not answer ({getattr(error, 'reason', error)})") from None


def _refusal(error):
    try:
        answer = json.load(error)
    except ValueError:
        answer = {}
    code = answer.get("__type", f"HTTP status {error.code}").split("#")[-1]
    return AwsError("InternalServerError" if error.code >= 500 else code, answer.get("message") or answer.get("Message") or "")
