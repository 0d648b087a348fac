"""Measures History on 10,000 finished runs: without an index, with it, and where the index of one month was deleted.

Launch a run in a sandbox, keep the sandbox running (./build.sh --target=Sandbox --sandbox-state=FOLDER) and give its state folder:
python3 tests/bench_history.py STATE-FOLDER [RUNS]
It copies the run, with its first and last event: nothing that it measures reads those in between. It prints one line a figure, and
exits with 1 where one is over its limit.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from bench_sandbox import client, in_parallel

BUCKET, ENVIRONMENT = "sandbox-terraform-state", "sandbox"
PREFIX = f"runs/{ENVIRONMENT}/"
MONTHS = ("202608", "202609", "202610", "202611")
WRITERS = 10
LIMITS = {"indexed": 3.0}
ROOT = pathlib.Path(__file__).resolve().parent.parent


def keys(s3, prefix):
    """All keys under a prefix."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
    return [found["Key"] for page in pages for found in page.get("Contents", [])]


def finished_run(s3):
    """Name and content of the files that are read of a finished run, and its ID."""
    runs = sorted({match[1] for key in keys(s3, PREFIX) if (match := re.match(PREFIX + r"(\d{8}-\d{6}-[0-9a-f]{4})/", key))})
    for run in reversed(runs):
        events = keys(s3, f"{PREFIX}{run}/events/")
        files = {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in (f"{PREFIX}{run}/run.json", events[0], events[-1])}
        if "closed_at" in json.loads(files[f"{PREFIX}{run}/run.json"]):
            return run, files
    sys.exit("There is no finished run in this sandbox. Launch one first.")


def fill(endpoint, count):
    """Copies a finished run until there are that many."""
    run, files = finished_run(client(endpoint))
    share = count // WRITERS

    def write(number):
        own = client(endpoint)
        for index in range(share):
            place = number * share + index
            copy = f"{MONTHS[place % len(MONTHS)]}{place % 28 + 1:02}-{place // 3600 % 24:02}{place // 60 % 60:02}{place % 60:02}-{place:04x}"
            for key, content in files.items():
                own.put_object(Bucket=BUCKET, Key=key.replace(run, copy), Body=content.replace(run, copy).encode())

    in_parallel(WRITERS, write)


def history(state, *options):
    """Seconds of a call of History as a process, and its document."""
    with tempfile.TemporaryDirectory() as artifacts:
        start = time.monotonic()
        output = subprocess.run(
            [ROOT / "build.sh", "--target=History", f"--sandbox-state={state}", f"--artifacts={artifacts}", *options],
            check=True, capture_output=True, text=True).stdout
        return time.monotonic() - start, output


def main():
    state, count = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    endpoint = json.loads((state / "endpoint.json").read_text())["url"]
    s3 = client(endpoint)
    fill(endpoint, count)
    seconds, text = history(state, "--output=json")
    first = json.loads(text)
    print(f"{len(first['runs'])} runs without an index: {seconds:.2f} s")
    figures = {}
    figures["indexed"], text = history(state, "--output=json")
    print(f"{len(first['runs'])} runs with an index for each month: {figures['indexed']:.2f} s (limit {LIMITS['indexed']} s)")
    same = json.loads(text) == first
    seconds, text = history(state)
    print(f"the same as a table: {seconds:.2f} s, {len(text.splitlines())} lines")
    seconds, text = history(state, "--output=json", "--month=2026-11")
    print(f"{len(json.loads(text)['runs'])} runs of one month: {seconds:.2f} s")
    sizes = [s3.head_object(Bucket=BUCKET, Key=key)["ContentLength"] for key in keys(s3, f"{PREFIX}history/")]
    print(f"{len(sizes)} indexes, the largest {max(sizes) / 1e6:.1f} MB")
    s3.delete_object(Bucket=BUCKET, Key=f"{PREFIX}history/2026-10.json")
    seconds, text = history(state, "--output=json")
    same = same and json.loads(text) == first
    print(f"the index of one month deleted and rebuilt: {seconds:.2f} s, {'the same' if same else 'ANOTHER'} document each time")
    return int(not same or any(figures[name] > limit for name, limit in LIMITS.items()))


if __name__ == "__main__":
    sys.exit(main())
