#!/usr/bin/env python3
"""Measures the pipeline's uploads: many small files against `aws s3 sync`, and with --large a 6 GiB file that is killed and started again.

Start a sandbox and give its state folder:  python3 tests/bench_uploads.py STATE-FOLDER [--large]
It needs a build of tests/Sandbox.Tests (-c Release), boto3 and the aws command line. It prints one line a figure, and exits with 1 where one misses
its limit. Both sides count without the start of their process. --large needs 20 GB of disk; the file itself is sparse.
"""

import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import boto3
from botocore.config import Config

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILES, FILE_BYTES, TURNS = 2_000, 100_000, 3
LARGE, PART = 6 << 30, 16 << 20
KILL_AFTER = 100  # parts
LEAST_RATIO = 1.5


def client(endpoint):
    settings = Config(retries={"max_attempts": 5, "mode": "standard"}, s3={"addressing_style": "path"})
    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", config=settings, aws_access_key_id="sandbox", aws_secret_access_key="sandbox")


def environment(endpoint, folder):
    """Of a process that speaks to the sandbox and nothing else."""
    nothing = str(pathlib.Path(folder) / "nothing")
    return {**os.environ, "AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "sandbox", "AWS_SECRET_ACCESS_KEY": "sandbox", "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": nothing, "AWS_SHARED_CREDENTIALS_FILE": nothing, "AWS_EC2_METADATA_DISABLED": "true"}


def inputs(folder):
    """The folders that the pipeline uploads: a program, and data that the caller adds."""
    (folder / "training").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "training" / "train.py").write_text("print(1)\n")
    return folder / "data"


def start(endpoint, bucket, folder):
    """The pipeline's uploads in a process of their own."""
    for name in ("pid", "seconds"):
        (folder / name).unlink(missing_ok=True)
    variables = {**environment(endpoint, folder), "BENCH_UPLOADS": str(folder), "BENCH_ENDPOINT": endpoint, "BENCH_BUCKET": bucket}
    command = ["dotnet", "test", "tests/Sandbox.Tests", "-c", "Release", "--no-build", "--filter", "FullyQualifiedName~UploadBenchmark"]
    return subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def upload(endpoint, bucket, folder):
    """Seconds of the pipeline's uploads."""
    process = start(endpoint, bucket, folder)
    output, _ = process.communicate()
    if not (folder / "seconds").exists():
        sys.exit(f"The upload failed:\n{output}")
    return float((folder / "seconds").read_text())


def aws(endpoint, folder, *arguments):
    """Seconds of a call of the command line."""
    begun = time.perf_counter()
    subprocess.run(["aws", *arguments], env=environment(endpoint, folder), check=True, capture_output=True)
    return time.perf_counter() - begun


def small(endpoint, s3, folder):
    """Times of the pipeline and of `aws s3 sync` for the same files, each into an empty bucket, in turns."""
    data = inputs(folder)
    for number in range(FILES):
        (data / f"{number:05}.bin").write_bytes(os.urandom(FILE_BYTES))
    ours, theirs = [], []
    for turn in range(TURNS):
        for name in (f"bench-{os.getpid()}-ours-{turn}", f"bench-{os.getpid()}-theirs-{turn}"):
            s3.create_bucket(Bucket=name)
        ours.append(upload(endpoint, f"bench-{os.getpid()}-ours-{turn}", folder))
        begin = aws(endpoint, folder, "s3", "ls", f"s3://bench-{os.getpid()}-theirs-{turn}")
        theirs.append(aws(endpoint, folder, "s3", "sync", str(data), f"s3://bench-{os.getpid()}-theirs-{turn}") - begin)
    return statistics.median(ours), statistics.median(theirs)


def parts_of(s3, bucket):
    """Number and time of every part of the bucket's one unfinished upload."""
    found = s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    if not found:
        return None
    pages = s3.get_paginator("list_parts").paginate(Bucket=bucket, Key=found[0]["Key"], UploadId=found[0]["UploadId"])
    return {part["PartNumber"]: part["LastModified"] for page in pages for part in page.get("Parts", [])}


def large(endpoint, s3, folder):
    """Parts before the kill, those of them that were sent again, and whether the object is the file."""
    bucket = f"bench-{os.getpid()}-large"
    s3.create_bucket(Bucket=bucket)
    with open(inputs(folder) / "weights.bin", "wb") as file:
        file.truncate(LARGE)
        for offset in range(0, LARGE, PART):
            file.seek(offset)
            file.write(offset.to_bytes(8, "big"))
    process = start(endpoint, bucket, folder)
    while len(parts_of(s3, bucket) or {}) < KILL_AFTER:
        if process.poll() is not None:
            sys.exit(f"The upload ended before it was killed:\n{process.stdout.read()}")
        time.sleep(0.2)
    os.kill(int((folder / "pid").read_text()), signal.SIGKILL)
    process.communicate()
    time.sleep(1)
    before, latest = parts_of(s3, bucket), {}
    process = start(endpoint, bucket, folder)
    while process.poll() is None:
        latest = parts_of(s3, bucket) or latest
        time.sleep(0.2)
    if not (folder / "seconds").exists():
        sys.exit(f"The second upload failed:\n{process.stdout.read()}")
    again = [number for number, moment in before.items() if latest.get(number) != moment]
    stored = next(item for item in s3.list_objects_v2(Bucket=bucket)["Contents"] if item["Key"].startswith("data/"))
    body = s3.get_object(Bucket=bucket, Key=stored["Key"])["Body"]
    with open(folder / "data" / "weights.bin", "rb") as file:
        same = stored["Size"] == LARGE and all(body.read(PART) == file.read(PART) for _ in range(0, LARGE, PART))
    return len(before), again, same, float((folder / "seconds").read_text())


def main():
    endpoint = json.loads((pathlib.Path(sys.argv[1]) / "endpoint.json").read_text())["url"]
    s3, failed = client(endpoint), False
    with tempfile.TemporaryDirectory() as scratch:
        ours, theirs = small(endpoint, s3, pathlib.Path(scratch) / "small")
        failed |= theirs / ours < LEAST_RATIO
        print(f"{FILES} files of {FILE_BYTES // 1000} KB: {ours:.1f} s, aws s3 sync {theirs:.1f} s, {theirs / ours:.1f} times as fast (at least {LEAST_RATIO})", flush=True)
        if "--large" in sys.argv:
            before, again, same, seconds = large(endpoint, s3, pathlib.Path(scratch) / "large")
            failed |= bool(again) or not same
            print(f"6 GiB killed after {before} of {LARGE // PART} parts: {len(again)} of them sent again, {seconds:.0f} s for the rest, {'the same bytes' if same else 'OTHER BYTES'}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
