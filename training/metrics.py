"""The lines with metrics. One table has their names and the regular expressions of SageMaker's metric definitions.

`python3 training/metrics.py --definitions` prints those definitions as Terraform reads them.
"""
import sys
from dataclasses import dataclass

NUMBER = "([-+0-9.eE]+)"


@dataclass(frozen=True)
class Metric:
    """collected: whether it becomes a metric of the job."""

    name: str
    help: str
    collected: bool = True

    @property
    def regex(self):
        return f"{self.name}={NUMBER}"


STEP_LINE = [
    Metric("step", "optimizer steps done", collected=False),
    Metric("train:loss", "mean loss of the step's tokens, at full precision"),
    Metric("lr", "learning rate of the step", collected=False),
    Metric("tokens_per_second", "tokens per second of all processes since the previous line"),
    Metric("checkpoint_stall_seconds", "seconds that training paused for checkpoints since the previous line"),
    Metric("tokens_per_second_per_gpu", "the same for one process"),
    Metric("mfu", "model FLOPs utilisation: the share of the GPU's peak FLOPS that the model's arithmetic uses; only if the peak is known"),
    Metric("grad_norm", "norm of the gradient before clipping"),
    Metric("seconds_lost", "seconds from the saving of the checkpoint that this start resumed from to the resume; 0 for a first start"),
]
FINAL_LINE = [STEP_LINE[0], STEP_LINE[1], Metric("validation:loss", "mean loss of the held-out tokens")]
TABLE = list(dict.fromkeys(STEP_LINE + FINAL_LINE))

# Dense bfloat16 (V100 and T4: float16) teraflops by data sheet, by a part of the device's name; the first match counts.
PEAK_TFLOPS = [("GB200", 2500), ("B200", 2250), ("B300", 2250), ("H200", 989), ("H100 PCIe", 756), ("H100", 989), ("A100", 312),
               ("L40S", 362), ("A10G", 70), ("L4", 121), ("V100", 125), ("T4", 65)]


def peak_flops(device_name, override_tflops):
    """Peak FLOPS of a device; None if unknown, as for a CPU."""
    if override_tflops:
        return override_tflops * 1e12
    return next((tflops * 1e12 for part, tflops in PEAK_TFLOPS if part in device_name), None)


def flops_per_token(module):
    """Two for each weight in the forward pass, two in the backward pass, and two for the gradient of each trained weight.

    Attention's own products are left out, and recomputation is not counted. Embeddings are not counted: they are looked up.
    """
    embeddings = {id(child.weight) for child in module.modules() if type(child).__name__ == "Embedding"}
    heads = {id(child.weight) for child in module.modules() if type(child).__name__.endswith("Linear")}
    weights = [parameter for parameter in module.parameters() if id(parameter) not in embeddings - heads]
    return sum((6 if parameter.requires_grad else 4) * parameter.numel() for parameter in weights)


def line(metrics, values):
    """One line with the given values, in the table's order. A value reads back as the same double."""
    return " ".join(f"{metric.name}={_text(values[metric.name])}" for metric in metrics if values.get(metric.name) is not None)


def definitions():
    """The collected metrics as the value of the Terraform variable metric_definitions."""
    rows = "".join(f'  {{ name = "{metric.name}", regex = "{metric.regex}" }},\n' for metric in TABLE if metric.collected)
    return f"metric_definitions = [\n{rows}]\n"


def _text(value):
    return repr(value) if isinstance(value, (int, float)) else str(value)


if __name__ == "__main__":
    if sys.argv[1:] != ["--definitions"]:
        sys.exit("Usage: python3 metrics.py --definitions")
    sys.stdout.write(definitions())
