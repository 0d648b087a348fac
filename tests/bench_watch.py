#!/usr/bin/env python3
"""Measures one Watch process over many open runs: memory, processor, and its requests, by the sandbox's own counts.

Run it from anywhere: tests/bench_watch.py [RUNS] [SECONDS]
It launches one run in a sandbox of its own, whose spot market has no capacity, and copies the run's log and job. Watch polls them once a second, as in
every sandbox, first while nothing changes, then while a few jobs train, and last while these and the stopped ones are closed. It prints one line a figure,
and exits with 1 where one is over its limit. It needs boto3 and Linux.
"""

import datetime
import itertools
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
CHECKPOINT, WRITES = "/manifest.json", ("PutObject", "DeleteObject")
WRITERS, TRAINED, STOPPED = 10, 3, 3
LIMITS = {"memory": 300, "cores": 0.5, "lists": 1.0, "describes": 0, "idle writes": 0, "writes": 1.0}
ROOT = pathlib.Path(__file__).resolve().parent.parent


class Place:
    """A sandbox and an artifacts folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.state = self.folder / "sandbox"
        self.jobs = self.state / "sagemaker" / "jobs" / "us-east-1"
        self.options = [f"--sandbox-state={self.state}", f"--artifacts={self.folder / 'artifacts'}"]

    @property
    def sandbox(self):
        return json.loads((self.state / "endpoint.json").read_text())

    def build(self, target, *options, code=0):
        done = subprocess.run([ROOT / "build.sh", f"--target={target}", *self.options, *options], capture_output=True, text=True)
        if done.returncode != code:
            sys.exit(done.stdout + done.stderr)

    def control(self, method, path, body=None):
        request = urllib.request.Request(f"{self.sandbox['url'].rstrip('/')}/_sandbox/{path}", json.dumps(body).encode() if body else None, method=method)
        with urllib.request.urlopen(request) as answer:
            return answer.read()

    def requests(self, after=0):
        """The requests since that one, oldest first."""
        known = json.loads(self.control("GET", "requests"))
        if known and known[0]["number"] > after + 1 and after:
            sys.exit("The sandbox's log of requests is too short for this many.")
        return [one for one in known if one["number"] > after]

    def trace(self, name, *ticks):
        """A spot market with so many nodes in each second."""
        file = self.folder / f"{name}.json"
        file.write_text(json.dumps({"metadata": {"gap_seconds": 1}, "data": ticks}))
        return str(file)

    def end(self):
        process = self.sandbox["pid"]
        self.control("POST", "shutdown")
        while pathlib.Path(f"/proc/{process}").exists():
            time.sleep(0.05)


def launch(place):
    """A detached run with a deadline, whose job waits for capacity; its ID."""
    quick = f"--var-file={ROOT / 'tests' / 'EndToEnd.Tests' / 'quick.tfvars'}"
    place.build("Apply", quick)
    place.control("PUT", "spot", {"trace": place.trace("none", 0), "seconds_per_tick": 1})
    place.build("Launch", quick, "--deadline=20h", "--detach", code=75)
    return (place.folder / "artifacts" / "runs" / "latest").read_text().strip()


def seed(place, run, count, wait):
    """Copies the run and its job, while the sandbox is ended, until there are that many. The first copies get capacity after the wait, seconds."""
    copies = [f"{run[:-4]}{number:04x}" for number in range(count) if f"{number:04x}" != run[-4:]][:count - 1]
    s3 = client(place.sandbox["url"])
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{PREFIX}{run}/")["Contents"]]
    events = [key for key in keys if "/events/" in key]
    files = {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in (f"{PREFIX}{run}/run.json", *events)}

    def write(number):
        own = client(place.sandbox["url"])
        for index, copy in list(enumerate(copies))[number::WRITERS]:
            # Nothing reads the events in between but what continues the run.
            for key in files if index < TRAINED + STOPPED else (f"{PREFIX}{run}/run.json", events[0], events[-1]):
                own.put_object(Bucket=BUCKET, Key=key.replace(run, copy), Body=files[key].replace(run, copy).encode())

    in_parallel(WRITERS, write)
    place.end()
    job, = place.jobs.glob(f"*{run}*.json")
    content, late = job.read_text(), place.trace("late", *[0] * wait, 64)
    for index, copy in enumerate(copies):
        copied = json.loads(content.replace(run, copy))
        if index < TRAINED:
            copied["spot"] = {**copied["spot"], "trace": late, "trace_start": datetime.datetime.now(datetime.UTC).isoformat()}
        (place.jobs / job.name.replace(run, copy)).write_text(json.dumps(copied))
    return [job.stem.replace(run, copy) for copy in copies]


class Watch:
    """A Watch process and what it tells. The script replaces itself by it."""

    def __init__(self, place):
        self.place, self.lines = place, []
        self.process = subprocess.Popen([ROOT / "build.sh", "--target=Watch", "--for=1h", *place.options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def until(self, count, *words):
        """Waits until that many lines have one of the words."""
        while sum(any(word in line for word in words) for line in self.lines) < count:
            if self.process.poll() is not None:
                sys.exit("\n".join(self.lines[-20:]))
            time.sleep(0.05)

    def processor(self):
        """Seconds of processor time that it has had."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def during(self, work):
        """The requests while something happens, and the share of a core."""
        last, used, start = self.place.requests()[-1]["number"], self.processor(), time.monotonic()
        work()
        cores = (self.processor() - used) / (time.monotonic() - start)
        return self.place.requests(after=last), cores


def of(requests, *operations, key=""):
    """How many of the requests are of these operations, on objects with that in their keys."""
    return sum(one["operation"] in operations and key in (one["key"] or "") for one in requests)


def polls_in(requests):
    """How many polls asked them: between two is a pause of a second, and a poll lists the jobs at once."""
    times = [datetime.datetime.fromisoformat(one["at"]) for one in requests if one["operation"] == "ListTrainingJobs"]
    return 1 + sum((later - earlier).total_seconds() > 0.8 for earlier, later in itertools.pairwise(times))


def quiet(watch, runs, seconds):
    """Figures of a time in which nothing changes."""
    requests, cores = watch.during(lambda: time.sleep(seconds))
    polls = polls_in(requests)
    lists = of(requests, "ListTrainingJobs") / polls / (runs / 100)
    print(f"nothing changes for {seconds:.0f} s: {polls} polls, {lists:.2f} lists of jobs for 100 runs and poll (limit {LIMITS['lists']})")
    print(f"{of(requests, 'DescribeTrainingJob')} descriptions of jobs and {of(requests, *WRITES)} writes (limit 0); {of(requests, 'GetObject', key=CHECKPOINT)} checkpoint reads")
    print(f"processor: {cores:.2f} of a core (limit {LIMITS['cores']})")
    return {"lists": round(lists, 1), "describes": of(requests, "DescribeTrainingJob"), "idle writes": of(requests, *WRITES), "cores": cores}


def changing(watch):
    """Writes for each run whose job changes without an end."""
    watch.until(1, ": Downloading", ": Training", ": continued")
    requests, _ = watch.during(lambda: watch.until(1, ": continued"))
    writes = of(requests, *WRITES, key=PREFIX) / TRAINED
    print(f"{TRAINED} jobs change until one has ended: {writes:.1f} writes to logs for each (limit {LIMITS['writes']}), {of(requests, 'DescribeTrainingJob')} descriptions, {of(requests, 'GetObject', key=CHECKPOINT)} checkpoint reads")
    return {"writes": writes}


def ending(watch, jobs):
    """Closes the runs of the jobs that trained, and of some that are stopped."""
    sagemaker = client(watch.place.sandbox["url"], "sagemaker")
    for job in jobs:
        sagemaker.stop_training_job(TrainingJobName=job)
    requests, _ = watch.during(lambda: watch.until(TRAINED + STOPPED, ": closed"))
    closed = TRAINED + STOPPED
    print(f"{closed} runs closed by processes of their own: {of(requests, *WRITES, key=PREFIX) / closed:.0f} writes and {of(requests, 'DescribeTrainingJob') / closed:.0f} descriptions for each")


def main():
    runs, seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 1000, float(sys.argv[2]) if len(sys.argv) > 2 else 30.0
    with tempfile.TemporaryDirectory() as folder:
        place = Place(folder)
        try:
            jobs = seed(place, launch(place), runs, wait=int(seconds) + 90)
            start, watch = time.monotonic(), Watch(place)
            watch.until(runs, ": open")
            print(f"{runs} open runs found {time.monotonic() - start:.1f} s after the start of ./build.sh")
            time.sleep(3)
            figures = quiet(watch, runs, seconds)
            figures |= changing(watch)
            ending(watch, jobs[TRAINED:TRAINED + STOPPED])
            figures["memory"] = memory(watch.process.pid)
            print(f"most memory: {figures['memory']:.0f} MiB (limit {LIMITS['memory']} MiB)")
            watch.process.send_signal(signal.SIGTERM)
            watch.process.wait()
        finally:
            place.end()
    return int(any(figures[name] > limit for name, limit in LIMITS.items()))


if __name__ == "__main__":
    sys.exit(main())
