"""What becomes of a node at its start. Needs no PyTorch."""
import concurrent.futures
import json
import os
import subprocess
import sys

import launch
import rendezvous
import pytest
from cluster import ReservedPort
from conftest import NO_TORCH, TRAINING
from console import TrainingError
from node import Node, gpus


@pytest.mark.parametrize("instance_type, devices, variables", [
    ("ml.p4d.24xlarge", [], {"FI_PROVIDER": "efa", "FI_EFA_USE_DEVICE_RDMA": "1", "RDMAV_FORK_SAFE": "1"}),
    ("ml.p5en.48xlarge", [], {"FI_PROVIDER": "efa", "FI_EFA_USE_DEVICE_RDMA": "1", "RDMAV_FORK_SAFE": "1"}),
    ("ml.g5.12xlarge", [], {"FI_PROVIDER": "efa"}),
    ("ml.g5.xlarge", [], {}),
    ("ml.new.96xlarge", ["/dev/infiniband/uverbs0"], {"FI_PROVIDER": "efa"}),
    ("", [], {}),
])
def test_network_settings_follow_from_the_instance_type(instance_type, devices, variables):
    assert launch.network_variables(instance_type, "", devices) == variables
    named = {"NCCL_SOCKET_IFNAME": "eth0", "GLOO_SOCKET_IFNAME": "eth0"}
    assert launch.network_variables(instance_type, "eth0", devices) == {**variables, **named}


def test_torchrun_starts_a_process_for_each_gpu(tmp_path):
    configure(tmp_path)
    node = Node.read({"SAGEMAKER_BASE_DIR": str(tmp_path)})
    line = launch.command(node, 4, "/opt/bin/torchrun", ["--seed", "7"])
    assert line[:-3] == ["/opt/bin/torchrun", "--nnodes", "2", "--node_rank", "1", "--nproc_per_node", "4", "--master_addr", "algo-1", "--master_port", "29500"]
    assert line[-3:] == [str(TRAINING / "train.py"), "--seed", "7"]


def test_without_gpus_or_with_one_and_no_torchrun_the_program_itself_is_started(tmp_path):
    configure(tmp_path)
    node = Node.read({"SAGEMAKER_BASE_DIR": str(tmp_path)})
    for line in (launch.command(node, 0, "torchrun", []), launch.command(node, 1, None, [])):
        assert line[1:] == [str(TRAINING / "train.py")]


@pytest.mark.parametrize("count", [2, 8])
def test_several_gpus_without_torchrun_are_refused(tmp_path, count):
    configure(tmp_path)
    with pytest.raises(TrainingError, match=f"torchrun is not on the PATH.* {count} GPUs of algo-2"):
        launch.command(Node.read({"SAGEMAKER_BASE_DIR": str(tmp_path)}), count, None, [])


def test_a_gpu_type_without_a_gpu_in_sight_is_refused_unless_asked_for():
    with pytest.raises(TrainingError, match="ml.p5.48xlarge has GPUs"):
        launch.require_gpus(0, "ml.p5.48xlarge", {})
    launch.require_gpus(0, "ml.p5.48xlarge", {"CUDA_VISIBLE_DEVICES": ""})
    launch.require_gpus(8, "ml.p5.48xlarge", {})
    launch.require_gpus(0, "ml.m5.large", {})


def test_gpus_are_those_that_may_be_used():
    assert gpus({"CUDA_VISIBLE_DEVICES": "0,2"}) == 2
    assert gpus({"CUDA_VISIBLE_DEVICES": ""}) == 0


def test_ranks_of_torchrun_are_named_by_their_host(tmp_path):
    configure(tmp_path)
    node = Node.read({"SAGEMAKER_BASE_DIR": str(tmp_path), "RANK": "5", "WORLD_SIZE": "8", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "4",
                      "MASTER_ADDR": "algo-1", "MASTER_PORT": "29500", "TORCHELASTIC_RUN_ID": "none"})
    assert (node.name_of(3), node.name_of(4), node.port) == ("algo-1 (rank 3)", "algo-2 (rank 4)", 29501)


def test_the_entrypoint_becomes_the_program(tmp_path):
    pytest.importorskip("torch", reason=NO_TORCH)
    configure(tmp_path, hosts=["algo-2"])
    (tmp_path / "input" / "data" / "train").mkdir(parents=True)
    (tmp_path / "input" / "data" / "train" / "a.txt").write_text("the same again and " * 40)
    environment = {**os.environ, "SAGEMAKER_BASE_DIR": str(tmp_path), "PYTHON": sys.executable, "CUDA_VISIBLE_DEVICES": ""}
    arguments = ["--total-steps", "2", "--embedding-size", "8", "--heads", "2", "--layers", "1", "--batch-size", "2"]
    done = subprocess.run([str(TRAINING / "entrypoint.sh"), *arguments], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("final step=2 train:loss=")


def test_a_broken_configuration_is_a_failure(tmp_path):
    configure(tmp_path)
    (tmp_path / "input" / "config" / "resourceconfig.json").write_text("{")
    environment = {**os.environ, "SAGEMAKER_BASE_DIR": str(tmp_path), "PYTHON": sys.executable}
    assert subprocess.run([str(TRAINING / "entrypoint.sh")], env=environment, capture_output=True).returncode == 1
    assert "resourceconfig.json is not valid JSON" in (tmp_path / "output" / "failure").read_text()


@pytest.mark.parametrize("present, missing", [
    (["algo-1", "algo-2", "algo-3"], None),
    (["algo-1", "algo-3"], "Peer algo-2 did not join within 1 s."),
    (["algo-2", "algo-3"], "Peer algo-1 did not join at 127.0.0.1:"),
])
def test_hosts_wait_for_each_other_and_name_the_one_that_does_not_come(present, missing):
    port = ReservedPort()

    def outcome(host):
        try:
            return rendezvous.join(["algo-1", "algo-2", "algo-3"], host, "127.0.0.1", port.number, 1 if missing else 60)
        except TrainingError as error:
            return str(error)

    with concurrent.futures.ThreadPoolExecutor(3) as hosts:
        outcomes = list(hosts.map(outcome, present))
    assert all(said == missing if missing is None else said.startswith(missing) for said in outcomes), outcomes


def configure(base, hosts=("algo-1", "algo-2")):
    (base / "input" / "config").mkdir(parents=True)
    (base / "input" / "config" / "resourceconfig.json").write_text(json.dumps({"current_host": "algo-2", "hosts": list(hosts)}))
