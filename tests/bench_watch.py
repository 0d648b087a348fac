#!/usr/bin/env python3
"""Measures one Watch process over many open runs: memory, processor, and its requests, by the sandbox's own counts.

Run it from anywhere: tests/bench_watch.py [RUNS] [SECONDS]
It launches one run in a sandbox of its own, whose spot market has no capacity, copies the run's log and job, and has Watch poll them, once a second
as in every sandbox. Then some jobs change, and some end. It prints one line a figure, and exits with 1 where one is over its limit. It needs boto3.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from bench_sandbox import client, in_parallel, memory

BUCKET, PREFIX = "sandbox-terraform-state", "runs/sandbox/"
ARTIFACTS = "finetune-sandbox-000000000000-us-east-1"
WRITERS, CHANGED, ENDED = 10, 20, 4
MEGABYTES, CORES, LISTS, WRITES = 300, 0.5, 1.0, 1.0
ROOT = pathlib.Path(__file__).resolve().parent.parent


class Place:
    """A sandbox and an artifacts folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.state = self.folder / "sandbox"
        self.options = [f"--sandbox-state={self.state}", f"--artifacts={self.folder / 'artifacts'}"]

    @property
    def sandbox(self):
        return json.loads((self.state / "endpoint.json").read_text())

    def build(self, target, *options):
        return subprocess.run([ROOT / "build.sh", f"--target={target}", *self.options, *options], capture_output=True, text=True)

    def control(self, method, path, body=None):
        request = urllib.request.Request(f"{self.sandbox['url'].rstrip('/')}/_sandbox/{path}", json.dumps(body).encode() if body else None, method=method)
        with urllib.request.urlopen(request) as answer:
            return answer.read()

    def counts(self):
        return {(one["service"], one["operation"], one["bucket"]): one["count"] for one in json.loads(self.control("GET", "requests"))}

    def end(self):
        process = self.sandbox["pid"]
        self.control("POST", "shutdown")
        while pathlib.Path(f"/proc/{process}").exists():
            time.sleep(0.05)


def launch(place):
    """A detached run whose job waits for capacity; its ID."""
    quick = ROOT / "tests" / "EndToEnd.Tests" / "quick.tfvars"
    applied = place.build("Apply", f"--var-file={quick}")
    if applied.returncode:
        sys.exit(applied.stdout + applied.stderr)
    trace = place.folder / "trace.json"
    trace.write_text('{"metadata":{"gap_seconds":1},"data":[0]}')
    place.control("PUT", "spot", {"trace": str(trace), "seconds_per_tick": 1})
    launched = place.build("Launch", f"--var-file={quick}", "--deadline=20h", "--detach")
    if launched.returncode != 75:
        sys.exit(launched.stdout + launched.stderr)
    return (place.folder / "artifacts" / "runs" / "latest").read_text().strip()


def seed(place, run, count):
    """Copies the run and its job until there are that many, the sandbox is ended meanwhile; the jobs get their capacity late, or never."""
    copies = [f"{run[:-4]}{number:04x}" for number in range(count - 1)]
    s3 = client(place.sandbox["url"])
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{PREFIX}{run}/")["Contents"]]
    events = [key for key in keys if "/events/" in key]
    files = {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in (f"{PREFIX}{run}/run.json", events[0], events[-1])}

    def write(number):
        own = client(place.sandbox["url"])
        for copy in copies[number::WRITERS]:
            for key, content in files.items():
                own.put_object(Bucket=BUCKET, Key=key.replace(run, copy), Body=content.replace(run, copy).encode())

    in_parallel(WRITERS, write)
    place.end()
    job, = (place.state / "sagemaker" / "jobs" / "us-east-1").glob("*.json")
    content = job.read_text()
    for copy in copies:
        (job.parent / job.name.replace(run, copy)).write_text(content.replace(run, copy))


class Watch:
    """A Watch process and what it tells."""

    def __init__(self, place):
        self.place, self.lines = place, []
        self.script = subprocess.Popen(
            [ROOT / "build.sh", "--target=Watch", "--for=1h", *place.options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.script.stdout:
            self.lines.append((time.monotonic(), line.rstrip()))

    def until(self, count, *words):
        """Waits until that many lines have one of the words."""
        while sum(any(word in line for word in words) for _, line in list(self.lines)) < count:
            if self.script.poll() is not None:
                sys.exit("\n".join(line for _, line in self.lines[-20:]))
            time.sleep(0.05)

    @property
    def process(self):
        """The script replaces itself by the pipeline, or starts it."""
        children = pathlib.Path(f"/proc/{self.script.pid}/task/{self.script.pid}/children").read_text().split()
        return int(children[0]) if children and b"Pipeline" not in pathlib.Path(f"/proc/{self.script.pid}/cmdline").read_bytes() else self.script.pid

    def processor(self):
        """Seconds of processor time that it has had."""
        fields = pathlib.Path(f"/proc/{self.process}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def over(self, pause):
        """What it asks in the time that a pause takes, its share of a core, and the seconds."""
        counts, used, start = self.place.counts(), self.processor(), time.monotonic()
        pause()
        took = time.monotonic() - start
        return {key: count - counts.get(key, 0) for key, count in self.place.counts().items()}, (self.processor() - used) / took, took

    def end(self):
        os.kill(self.process, signal.SIGTERM)
        self.script.wait()


def of(requests, *operations, bucket=None):
    """How many of the requests are of these operations."""
    return sum(count for (_, name, where), count in requests.items() if name in operations and bucket in (None, where))


def measure(place, run, runs, seconds):
    """The figures that have a limit."""
    job, = {path.stem.replace(run, "{}") for path in (place.state / "sagemaker" / "jobs" / "us-east-1").glob(f"*{run}*.json")}
    watch, start = Watch(place), time.monotonic()
    watch.until(runs, ": open")
    print(f"{runs} open runs found in {time.monotonic() - start:.1f} s")
    time.sleep(3)
    quiet, cores, took = watch.over(lambda: time.sleep(seconds))
    polls = took  # one a second, and a little less
    lists = of(quiet, "ListTrainingJobs")
    print(f"{took:.0f} s in which nothing changed: {lists} lists of jobs, {of(quiet, 'DescribeTrainingJob')} descriptions, {of(quiet, 'PutObject', 'DeleteObject')} writes")
    print(f"checkpoint reads: {of(quiet, 'ListObjectsV2', 'GetObject', bucket=ARTIFACTS)}; other reads of S3: {of(quiet, 'ListObjectsV2', 'GetObject', bucket=BUCKET)}")
    return watch, quiet, cores, lists


def main():
    runs, seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 1000, float(sys.argv[2]) if len(sys.argv) > 2 else 30.0
    with tempfile.TemporaryDirectory() as folder:
        place = Place(folder)
        run = launch(place)
        job, copies = seed(place, run, runs)
        print(place, job, len(copies))


if __name__ == "__main__":
    sys.exit(main())
