"""Starts training on one node: torchrun with one process per GPU where there are GPUs, otherwise train.py itself.

Each becomes this process (exec), so that SageMaker's SIGTERM reaches it. Needs nothing but Python.
"""
import glob
import os
import re
import shutil
import sys

import meeting
import settings
from console import TrainingError, record_failure
from node import Node, base_folder, config_file, gpus

# Instance types with an Elastic Fabric Adapter, and those of them whose GPUs it reaches without the CPU (GPUDirect RDMA).
EFA = ("g4dn.8xlarge", "g4dn.12xlarge", "g4dn.16xlarge", "g4dn.metal", "g5.8xlarge", "g5.12xlarge", "g5.16xlarge", "g5.24xlarge", "g5.48xlarge",
       "g6.8xlarge", "g6.12xlarge", "g6.16xlarge", "g6.24xlarge", "g6.48xlarge", "g6e.8xlarge", "g6e.12xlarge", "g6e.16xlarge", "g6e.24xlarge",
       "g6e.48xlarge", "p3dn.24xlarge")
GPU_TYPE = re.compile(r"ml\.[gp]\d")
RDMA_FAMILIES = ("p4d", "p4de", "p5", "p5e", "p5en", "p6-b200", "p6-b300", "p6e-gb200")


def network_variables(instance_type, interface, devices):
    """What NCCL, gloo and libfabric need to be told. devices: EFA devices that the container sees."""
    variables = {}
    if interface:
        variables.update(NCCL_SOCKET_IFNAME=interface, GLOO_SOCKET_IFNAME=interface)
    name = instance_type.removeprefix("ml.")
    rdma = name.split(".")[0] in RDMA_FAMILIES
    # The list is never complete, and falling back to TCP unseen costs days on a large cluster: a device that is there counts too.
    if rdma or name in EFA or devices:
        variables["FI_PROVIDER"] = "efa"
    if rdma:
        variables.update(FI_EFA_USE_DEVICE_RDMA="1", RDMAV_FORK_SAFE="1")
    return variables


def require_gpus(count, instance_type, environment):
    """Refuses to train on the CPU of a node that is paid for its GPUs, unless the job asks for that."""
    if not count and "CUDA_VISIBLE_DEVICES" not in environment and GPU_TYPE.match(instance_type):
        raise TrainingError(f"{instance_type} has GPUs, but this container sees none: use an image with CUDA, or set the environment variable "
                            "CUDA_VISIBLE_DEVICES to an empty text to train on the CPU.")


def command(node, count, torchrun, arguments):
    """The program that this one becomes."""
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
    # What an earlier start left, by hand.
    (base / "output" / "failure").unlink(missing_ok=True)
    try:
        node = Node.read(os.environ)
        resources = config_file(base, "resourceconfig")
        count, instance_type = gpus(os.environ), resources.get("current_instance_type", "")
        require_gpus(count, instance_type, os.environ)
        found = network_variables(instance_type, resources.get("network_interface_name", ""),
                                  glob.glob("/dev/infiniband/uverbs*"))
        # What the job sets itself counts.
        environment = {**found, **os.environ}
        line = command(node, count, shutil.which("torchrun"), sys.argv[1:])
        if "--nnodes" in line and len(node.hosts) > 1:
            patience = settings.read(sys.argv[1:], os.environ, base).peer_timeout_seconds
            # torchrun takes the port itself, train.py the next one.
            meeting.meet(node.hosts, node.host, node.master, node.port + 2, patience)
        os.execvpe(line[0], line, environment)
    except (TrainingError, OSError) as error:
        record_failure(base, str(error))
        sys.exit(1)


if __name__ == "__main__":
    main()
