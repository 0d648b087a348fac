"""The lines with figures, and the metric definitions made of the same table. Needs no PyTorch."""
import re
import subprocess
import sys

import metrics
import pytest
from conftest import REPOSITORY, TRAINING

LINE = ("step=120 train:loss=2.345678901234 lr=0.009 tokens_per_second=12345.6 checkpoint_stall_seconds=0.01 "
        "tokens_per_second_per_gpu=6172.8 mfu=0.4123 grad_norm=0.5 seconds_lost=12.5")
VALUES = {"step": 120, "train:loss": 2.345678901234, "lr": 0.009, "tokens_per_second": 12345.6, "checkpoint_stall_seconds": 0.01,
          "tokens_per_second_per_gpu": 6172.8, "mfu": 0.4123, "grad_norm": 0.5, "seconds_lost": 12.5}


def test_a_line_has_its_documented_form():
    assert metrics.line(metrics.STEP_LINE, VALUES) == LINE
    assert " mfu=" not in metrics.line(metrics.STEP_LINE, {**VALUES, "mfu": None})
    assert LINE in (REPOSITORY / "docs" / "reference" / "training-settings.md").read_text()


def test_each_definition_finds_its_own_value_and_no_other():
    for metric in metrics.TABLE:
        if metric.collected and metric.name != "validation:loss":
            assert [float(text) for text in re.findall(metric.regex, LINE)] == [VALUES[metric.name]]
    assert re.findall("validation:loss=" + metrics.NUMBER, metrics.line(metrics.FINAL_LINE, {"step": 1, "train:loss": 1e-05, "validation:loss": 2.5})) == ["2.5"]


def test_definitions_are_those_that_the_infrastructure_has():
    printed = subprocess.run([sys.executable, str(TRAINING / "metrics.py"), "--definitions"], capture_output=True, text=True, check=True).stdout
    row = re.compile(r'\{ name = "([^"]+)", regex = "([^"]+)" \}')
    ours = dict(row.findall(printed))
    theirs = dict(row.findall((REPOSITORY / "infra" / "variables-job.tf").read_text()))
    assert len(theirs) >= 3 and len(ours) == len([metric for metric in metrics.TABLE if metric.collected])
    assert {name: ours[name] for name in theirs} == theirs


def test_every_metric_is_documented():
    text = (REPOSITORY / "docs" / "reference" / "training-settings.md").read_text()
    for metric in metrics.TABLE:
        assert f"| `{metric.name}` |" in text, metric.name


@pytest.mark.parametrize("name, tflops", [("NVIDIA A100-SXM4-40GB", 312), ("NVIDIA A10G", 70), ("NVIDIA L4", 121), ("NVIDIA L40S", 362), ("NVIDIA H100 80GB HBM3", 989)])
def test_a_gpu_is_known_by_its_name(name, tflops):
    assert metrics.peak_flops(name, 0) == tflops * 1e12
    assert metrics.peak_flops(name, 5) == 5e12
    assert metrics.peak_flops("CPU", 0) is None
