"""Starts training on one node: torchrun with one process per GPU, or train.py itself on a node without GPUs.

The program replaces this process (exec), so SageMaker's SIGTERM reaches it. Needs only Python.
"""
import glob
import os
import re
import shutil
import sys

import rendezvous
from console import TrainingError, record_failure
from node import Node, base_folder, config_file, gpus
from settings import read_settings

# Instance types with an Elastic Fabric Adapter, and those of them whose GPUs it reaches without the CPU (GPUDirect RDMA).
EFA = ("g4dn.8xlarge", "g4dn.12xlarge", "g4dn.16xlarge", "g4dn.metal", "g5.8xlarge", "g5.12xlarge", "g5.16xlarge", "g5.24xlarge", "g5.48xlarge",
       "g6.8xlarge", "g6.12xlarge", "g6.16xlarge", "g6.24xlarge", "g6.48xlarge", "g6e.8xlarge", "g6e.12xlarge", "g6e.16xlarge", "g6e.24xlarge",
       "g6e.48xlarge", "p3dn.24xlarge")
GPU_TYPE = re.compile(r"ml\.[gp]\d")
RDMA_FAMILIES = ("p4d", "p4de", "p5", "p5e", "p5en", "p6-b200", "p6-b300", "p6e-gb200")


def network_variables(instance_type, interface, devices):
    """Settings for NCCL, gloo and libfabric. devices: EFA devices that the container sees."""
    variables = {}
    if interface:
        variables.update(NCCL_SOCKET_IFNAME=interface, GLOO_SOCKET_IFNAME=interface)
    name = instance_type.removeprefix("ml.")
    rdma = name.split(".")[0] in RDMA_FAMILIES
    # The list is never complete, and an unnoticed fallback to TCP costs days on a large cluster, so a visible device counts too.
    if rdma or name in EFA or devices:
        variables["FI_PROVIDER"] = "efa"
    if rdma:
        variables.update(FI_EFA_USE_DEVICE_RDMA="1", RDMAV_FORK_SAFE="1")
    return variables


def require_gpus(count, instance_type, environment):
    """Raises TrainingError if a GPU instance would train on its CPU, unless the job asks for that."""
    if not count and "CUDA_VISIBLE_DEVICES" not in environment and GPU_TYPE.match(instance_type):
        raise TrainingError(f"{instance_type} has GPUs, but this container sees none: use an image with CUDA, or set the environment variable "
                            "CUDA_VISIBLE_DEVICES to an empty text to train on the CPU.")


def command(node, count, torchrun, arguments):
    """The command that replaces this process."""
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "train.py")
    if count > 1 and not torchrun:
        raise TrainingError(f"torchrun is not on the PATH, so only one of the {count} GPUs of {node.host} would be used: use an image whose PyTorch "
                            "brings torchrun, or allow one GPU with CUDA_VISIBLE_DEVICES=0.")
    if not count or not torchrun:
        return [sys.executable, script, *arguments]
    return [torchrun, "--nnodes", str(len(node.hosts)), "--node_rank", str(node.hosts.index(node.host)), "--nproc_per_node", str(count),
            "--master_addr", node.master, "--master_port", str(node.port), script, *arguments]


def main():
    base = base_folder(os.environ)
    # Left by an earlier start, for example a manual one.
    (base / "output" / "failure").unlink(missing_ok=True)
    try:
        node = Node.read(os.environ)
        resources = config_file(base, "resourceconfig")
        count, instance_type = gpus(os.environ), resources.get("current_instance_type", "")
        require_gpus(count, instance_type, os.environ)
        found = network_variables(instance_type, resources.get("network_interface_name", ""),
                                  glob.glob("/dev/infiniband/uverbs*"))
        # Variables that the job sets take precedence.
        environment = {**found, **os.environ}
        line = command(node, count, shutil.which("torchrun"), sys.argv[1:])
        if "--nnodes" in line and len(node.hosts) > 1:
            patience = read_settings(sys.argv[1:], os.environ, base).peer_timeout_seconds
            # torchrun takes the port itself, train.py the next one.
            rendezvous.join(node.hosts, node.host, node.master, node.port + 2, patience)
        os.execvpe(line[0], line, environment)
    except (TrainingError, OSError) as error:
        record_failure(base, str(error))
        sys.exit(1)


if __name__ == "__main__":
    main()
