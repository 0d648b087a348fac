"""What the training program knows of instance types is what the project's one file says; the program ships without that file."""
import json
import pathlib

import launch
import metrics

FACTS = json.loads((pathlib.Path(__file__).parents[2] / "infra" / "instance-types.json").read_text())


def test_given_the_facts_when_compared_then_the_program_knows_the_same_network_adapters():
    sizes = {f"{family['family']}.{size}" for family in FACTS["families"] for size in family.get("efa_sizes", ())}
    assert set(launch.EFA) == sizes
    assert set(launch.RDMA_FAMILIES) == {family["family"] for family in FACTS["families"] if family["gpudirect_rdma"]}


def test_given_the_facts_when_compared_then_the_program_knows_the_same_peak_of_each_gpu():
    for accelerator in FACTS["accelerators"]:
        device = "NVIDIA " + accelerator["name"].split("-")[0]
        assert metrics.peak_flops(device, 0) == accelerator["teraflops"] * 1e12, device
