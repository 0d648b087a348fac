"""Jobs on simulated nodes: folders as SageMaker lays them out, S3 as a folder, interruptions that kill every node."""
import hashlib
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PATIENCE = 120
TEXT = "".join(f"{number} times {number} is {number * number}. " for number in range(400))
SETTINGS = {"total_steps": 24, "batch_size": 12, "context": 16, "embedding_size": 16, "layers": 1, "heads": 2, "cpu_threads": 1,
            "checkpoint_interval_steps": 4, "report_interval_steps": 1, "peer_timeout_seconds": 60}


class Zygote:
    """zygote.py as a child of the tests."""

    def __enter__(self):
        self._process = subprocess.Popen([sys.executable, str(HERE / "zygote.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.codes = {}
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait()

    def start(self, request):
        self._send(request)
        while "started" not in (answer := self._read()):
            pass
        return answer["started"]

    def signal(self, pid, number):
        """Sends a signal to a node, where it still runs."""
        self._send({"signal": number, "pid": pid})

    def wait(self, pid):
        while pid not in self.codes:
            self._read()
        return self.codes.pop(pid)

    def wait_any(self, pids):
        """The exit code and the pid of the first that ends."""
        while True:
            for pid in pids:
                if pid in self.codes:
                    return pid
            self._read()

    def _send(self, request):
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()

    def _read(self):
        answer = json.loads(self._process.stdout.readline())
        if "ended" in answer:
            self.codes[answer["ended"]] = answer["code"]
        return answer


class Attempt:
    """The nodes of one start of a job."""

    def __init__(self, job, pids, folders):
        self.job, self.pids, self.folders = job, pids, folders
        self.codes = None

    def wait(self):
        """Waits for all nodes; returns their exit codes."""
        self.codes = [self.job.zygote.wait(pid) for pid in self.pids]
        return self.codes

    def wait_for_interruption(self):
        """Waits until one node ends; where it was killed, all others are at once, as when SageMaker interrupts a job."""
        first = self.job.zygote.wait_any(self.pids)
        if self.job.zygote.codes[first] == -signal.SIGKILL:
            for pid in self.pids:
                self.job.zygote.signal(pid, signal.SIGKILL)
        return self.wait()

    def signal(self, number, node=0):
        self.job.zygote.signal(self.pids[node], number)

    def wait_for(self, pattern, node=0):
        """Waits for a line of a node."""
        deadline = time.monotonic() + PATIENCE
        while not re.search(pattern, self.text(node), re.MULTILINE):
            if time.monotonic() > deadline:
                raise AssertionError(f"{pattern} did not come:\n{self.text(node)}")
            time.sleep(0.005)

    def text(self, node=0):
        # A node that has just been started may not have its file yet.
        file = self.folders[node] / "out.txt"
        return file.read_text() if file.exists() else ""

    def failure(self, node=0):
        return (self.folders[node] / "output" / "failure").read_text()

    def curve(self):
        """Loss by step, as rank 0 printed it."""
        return {int(step): float(loss) for step, loss in re.findall(r"^step=(\d+) train:loss=(\S+)", self.text(), re.MULTILINE)}

    @property
    def resumed(self):
        """The step that it went on from; None where it began anew."""
        found = re.search(r"^resumed step=(\d+)", self.text(), re.MULTILINE)
        return int(found[1]) if found else None

    @property
    def last_step(self):
        return max(self.curve(), default=self.resumed or 0)

    @property
    def final(self):
        return json.loads((self.folders[0] / "model" / "metrics.json").read_text())


class ReservedPort:
    """A port for a server that is still to start. While this is alive, nobody is given it who asks for any port (Linux)."""

    def __init__(self):
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", 0))
        self.number = self._socket.getsockname()[1]


class Job:
    """A job that may be started again and again; what its nodes left as checkpoints is copied into all nodes of the next start."""

    def __init__(self, zygote, folder, **settings):
        self.zygote, self.folder, self.settings = zygote, folder, {**SETTINGS, **settings}
        self.s3 = folder / "s3"
        self.s3.mkdir(parents=True)
        self.channels = {"train": {"squares.txt": TEXT}}
        self.attempts = 0

    def start(self, nodes=2, faults=None, present=None, more_texts=None, **settings):
        """Starts the nodes. faults, more_texts: by node. present: the nodes that come at all."""
        self.attempts += 1
        hosts = [f"algo-{number}" for number in range(1, nodes + 1)]
        self.port = ReservedPort()
        folders = [self._folder(host, hosts, settings) for host in hosts]
        for number, text in (more_texts or {}).items():
            (folders[number] / "input" / "data" / "train" / "more.txt").write_text(text)
        pids = [self.zygote.start({
            "output": str(folder / "out.txt"), "faults": (faults or {}).get(number, {}),
            "environment": {"SAGEMAKER_BASE_DIR": str(folder), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(self.port.number), "TRAINING_JOB_NAME": "job-1"}})
            for number, folder in enumerate(folders) if present is None or number in present]
        return Attempt(self, pids, folders)

    def run(self, nodes=2, **settings):
        """Starts the nodes and waits; they must end well."""
        attempt = self.start(nodes, **settings)
        codes = attempt.wait()
        assert codes == [0] * nodes, "\n".join(attempt.text(node) for node in range(nodes))
        return attempt

    def upload(self, attempt):
        """Brings S3 up to what the nodes hold, deletions included: a file that one of them deleted is gone for all."""
        held = [{path.relative_to(folder / "checkpoints") for path in (folder / "checkpoints").rglob("*") if path.is_file()} for folder in attempt.folders]
        for path in [path for path in self.s3.rglob("*") if path.is_file()]:
            # All nodes were given it at the start.
            if not all(path.relative_to(self.s3) in names for names in held):
                path.unlink()
        for folder, names in zip(attempt.folders, held):
            for name in names:
                source, target = folder / "checkpoints" / name, self.s3 / name
                if not target.exists() or source.stat().st_mtime_ns > target.stat().st_mtime_ns:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(source, target)

    def newest_complete(self):
        """The step of S3's newest complete checkpoint, judged by nothing of the program's; None where there is none."""
        steps = []
        for manifest in self.s3.glob("step-*/manifest.json"):
            document = json.loads(manifest.read_text())
            files = [manifest.parent / entry["path"] for entry in document["files"]]
            if all(path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"] for path, entry in zip(files, document["files"])):
                steps.append(document["step"])
        return max(steps, default=None)

    def _folder(self, host, hosts, settings):
        folder = self.folder / f"attempt-{self.attempts}" / host
        configuration = folder / "input" / "config"
        configuration.mkdir(parents=True)
        hyperparameters = {name: str(value) for name, value in {**self.settings, **settings}.items()}
        (configuration / "hyperparameters.json").write_text(json.dumps(hyperparameters))
        (configuration / "resourceconfig.json").write_text(json.dumps({"current_host": host, "hosts": hosts, "network_interface_name": "lo"}))
        for channel, files in self.channels.items():
            for name, content in files.items():
                path = folder / "input" / "data" / channel / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
        shutil.copytree(self.s3, folder / "checkpoints")
        return folder
