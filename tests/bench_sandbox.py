"""Measures the sandbox with boto3: pages of 10,000 objects, versions and 1,000 training jobs, many clients at once, and its memory.

Start a sandbox and give its state folder:  python3 tests/bench_sandbox.py STATE-FOLDER [SECONDS]
It prints one line a figure, and exits with 1 where one is over its limit.
"""

import json
import pathlib
import sys
import threading
import time

import boto3
from botocore.config import Config

OBJECTS = 10_000
CLIENTS = 50
JOBS = 1_000
COMING, GOING = 50, 50  # jobs that are created and deleted while the others are listed
LIMITS = {"objects": 2.0, "versions": 3.0, "errors": 0, "jobs": 0, "memory": 300}


def client(endpoint, service="s3"):
    """One client with one connection, which does not repeat what fails."""
    settings = Config(retries={"max_attempts": 1, "mode": "standard"}, s3={"addressing_style": "path"}, max_pool_connections=1)
    return boto3.client(
        service, endpoint_url=endpoint, region_name="us-east-1", config=settings, aws_access_key_id="sandbox", aws_secret_access_key="sandbox")


def in_parallel(count, work):
    """Runs the work that many times at once, with its number."""
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def fill(endpoint, bucket, copies):
    """Writes the objects, each that many times."""
    s3 = client(endpoint)
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    share = OBJECTS // copies // 10

    def write(number):
        own = client(endpoint)
        for index in range(share):
            for _ in range(copies):
                own.put_object(Bucket=bucket, Key=f"{number}/{index:05}", Body=b"")

    in_parallel(10, write)


def timed(s3, operation, bucket, member):
    """Seconds for all pages of a listing, and what they held."""
    start = time.monotonic()
    pages = [page[member] for page in s3.get_paginator(operation).paginate(Bucket=bucket, PaginationConfig={"PageSize": 1000})]
    return time.monotonic() - start, len(pages), sum(len(page) for page in pages)


def busy(endpoint, seconds):
    """Requests and errors of clients that write, read, list and delete for that long."""
    client(endpoint).create_bucket(Bucket="busy")
    done, errors, end = [], [], time.monotonic() + seconds

    def work(number):
        s3 = client(endpoint)
        while time.monotonic() < end:
            key = f"{number}/{len(done) % 20}"
            try:
                s3.put_object(Bucket="busy", Key=key, Body=key.encode() * 100)
                if s3.get_object(Bucket="busy", Key=key)["Body"].read() != key.encode() * 100:
                    raise ValueError("another content than was written")
                s3.list_objects_v2(Bucket="busy", Prefix=f"{number}/")
                s3.delete_object(Bucket="busy", Key=key)
                done.extend([number] * 4)
            except Exception as error:  # every kind of failure counts
                errors.append(repr(error))

    in_parallel(CLIENTS, work)
    return len(done), errors


def start_job(sagemaker, name):
    """Starts a job that ends at once; waits where the account's quota of instances is used."""
    while True:
        try:
            sagemaker.create_training_job(
                TrainingJobName=name, RoleArn="arn:aws:iam::000000000000:role/sandbox-training",
                AlgorithmSpecification={"TrainingImage": "sandbox/python", "TrainingInputMode": "File", "ContainerEntrypoint": ["true"]},
                OutputDataConfig={"S3OutputPath": "s3://job-output"}, StoppingCondition={"MaxRuntimeInSeconds": 60},
                ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1})
            return
        except sagemaker.exceptions.ResourceLimitExceeded:
            time.sleep(0.05)


def listed_jobs(endpoint):
    """Names of all jobs in pages, newest first, while jobs come and go; how many that stayed were missed or came twice; seconds."""
    client(endpoint).create_bucket(Bucket="job-output")
    sagemaker = client(endpoint, "sagemaker")
    share = JOBS // 10
    in_parallel(10, lambda number: [start_job(client(endpoint, "sagemaker"), f"job-{number * share + index:04}") for index in range(share)])
    while sagemaker.list_training_jobs(StatusEquals="InProgress")["TrainingJobSummaries"]:
        time.sleep(0.2)

    def disturb(number):
        own = client(endpoint, "sagemaker")
        for index in range(COMING if number == 0 else GOING):
            if number == 0:
                start_job(own, f"later-{index:03}")
            else:
                own.delete_training_job(TrainingJobName=f"job-{index * JOBS // GOING:04}")

    others = threading.Thread(target=in_parallel, args=(2, disturb))
    others.start()
    names, start = [], time.monotonic()
    for page in sagemaker.get_paginator("list_training_jobs").paginate(NameContains="job-", PaginationConfig={"PageSize": 20}):
        names += [job["TrainingJobName"] for job in page["TrainingJobSummaries"]]
    seconds = time.monotonic() - start
    others.join()
    gone = {f"job-{index * JOBS // GOING:04}" for index in range(GOING)}
    stayed = [name for name in (f"job-{index:04}" for index in range(JOBS)) if name not in gone]
    return len(names), sum(names.count(name) != 1 for name in stayed), seconds


def memory(process):
    """The most memory that the process has had, MiB; Linux only."""
    status = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024


def main():
    sandbox = json.loads((pathlib.Path(sys.argv[1]) / "endpoint.json").read_text())
    endpoint, seconds = sandbox["url"], float(sys.argv[2]) if len(sys.argv) > 2 else 30.0
    s3 = client(endpoint)
    fill(endpoint, "many-objects", 1)
    fill(endpoint, "many-versions", 5)
    figures = {}
    figures["objects"], pages, count = timed(s3, "list_objects_v2", "many-objects", "Contents")
    print(f"{count} objects in {pages} pages: {figures['objects']:.2f} s (limit {LIMITS['objects']} s)")
    figures["versions"], pages, count = timed(s3, "list_object_versions", "many-versions", "Versions")
    print(f"{count} versions in {pages} pages: {figures['versions']:.2f} s (limit {LIMITS['versions']} s)")
    requests, errors = busy(endpoint, seconds)
    figures["errors"] = len(errors)
    print(f"{CLIENTS} clients for {seconds:.0f} s: {requests} requests, {len(errors)} errors{': ' + errors[0] if errors else ''}")
    count, figures["jobs"], took = listed_jobs(endpoint)
    print(f"{count} of {JOBS} jobs in pages of 20 while {COMING} came and {GOING} went: {took:.2f} s, {figures['jobs']} missed or twice")
    figures["memory"] = memory(sandbox["pid"])
    print(f"most memory: {figures['memory']:.0f} MiB (limit {LIMITS['memory']} MiB)")
    return int(any(figures[name] > limit for name, limit in LIMITS.items()))


if __name__ == "__main__":
    sys.exit(main())
