"""Measures the sandbox's S3 with boto3: pages of 10,000 objects and versions, and many clients at once.

Start a sandbox and give its address:  python3 tests/bench_sandbox.py http://127.0.0.1:PORT [SECONDS]
It prints one line a figure, and exits with 1 where one is over its limit.
"""

import sys
import threading
import time

import boto3
from botocore.config import Config

OBJECTS = 10_000
CLIENTS = 50
LIMITS = {"objects": 2.0, "versions": 3.0, "errors": 0}


def client(endpoint):
    """One client with one connection, which does not repeat what fails."""
    settings = Config(retries={"max_attempts": 1, "mode": "standard"}, s3={"addressing_style": "path"}, max_pool_connections=1)
    return boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", config=settings, aws_access_key_id="sandbox", aws_secret_access_key="sandbox")


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


def main():
    endpoint, seconds = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 30.0
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
    return int(any(figures[name] > limit for name, limit in LIMITS.items()))


if __name__ == "__main__":
    sys.exit(main())
