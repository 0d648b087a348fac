"""This process in its run: its folders as SageMaker lays them out, its rank, and the other hosts."""
import glob
import json
import os
from dataclasses import dataclass
from pathlib import Path

from console import TrainingError


@dataclass(frozen=True)
class Node:
    """One process of a run. Several processes share a host where it has several GPUs."""

    base: Path
    hosts: tuple
    host: str
    rank: int
    world: int
    local_rank: int
    local_world: int
    master: str
    port: int
    job: str

    @staticmethod
    def read(environment):
        """Reads resourceconfig.json and the variables that torchrun, the sandbox or a person set."""
        base = base_folder(environment)
        resources = config_file(base, "resourceconfig")
        hosts = tuple(resources.get("hosts") or ("algo-1",))
        host = resources.get("current_host", hosts[0])
        if host not in hosts:
            raise TrainingError(f"resourceconfig.json names {host} as current_host, which is not among its hosts: {', '.join(hosts)}.")
        local_world = int(environment.get("LOCAL_WORLD_SIZE", 1))
        return Node(
            base, hosts, host,
            rank=int(environment.get("RANK", hosts.index(host))),
            world=int(environment.get("WORLD_SIZE", len(hosts))),
            local_rank=int(environment.get("LOCAL_RANK", 0)),
            local_world=local_world,
            master=environment.get("MASTER_ADDR", hosts[0] if len(hosts) > 1 else "127.0.0.1"),
            # torchrun's own agents meet at MASTER_PORT.
            port=int(environment.get("MASTER_PORT", 29500)) + (1 if "TORCHELASTIC_RUN_ID" in environment else 0),
            job=environment.get("TRAINING_JOB_NAME", "local"))

    @property
    def checkpoints(self):
        """The synchronised folder."""
        return Path(config_file(self.base, "checkpointconfig").get("LocalPath", self.base / "checkpoints"))

    @property
    def staging(self):
        """Where files are written: next to the synchronised folder, so a rename completes them."""
        return self.base / "checkpoint-staging"

    @property
    def processes_here(self):
        """Processes of this run on this machine; with a master on loopback, all of them."""
        return self.world if self.master in ("127.0.0.1", "localhost", "::1") else self.local_world

    def channel(self, name):
        return self.base / "input" / "data" / name

    def name_of(self, rank):
        """Host and number of a rank, for messages."""
        return f"{self.hosts[min(rank // self.local_world, len(self.hosts) - 1)]} (rank {rank})"


def base_folder(environment):
    return Path(environment.get("SAGEMAKER_BASE_DIR", "/opt/ml"))


def gpus(environment):
    """GPUs that this node may use."""
    visible = environment.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return len([device for device in visible.split(",") if device not in ("", "-1")])
    return len(glob.glob("/dev/nvidia[0-9]*"))


def config_file(base, name):
    """One of the files in input/config, or {} if it does not exist."""
    path = base / "input" / "config" / f"{name}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except ValueError as error:
        raise TrainingError(f"{path} is not valid JSON: {error}.") from error
