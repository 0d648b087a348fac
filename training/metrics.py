"""The lines with figures: one table says their names, and what SageMaker's metric definitions are made of.

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
    Metric("train:loss", "mean loss of the step's tokens, with every digit"),
    Metric("lr", "learning rate of the step", collected=False),
    Metric("tokens_per_second", "tokens of all processes since the line before, by the time since then"),
    Metric("checkpoint_stall_seconds", "seconds since the line before that training stood still for checkpoints"),
    Metric("tokens_per_second_per_gpu", "the same for one process"),
    Metric("mfu", "model FLOPs utilisation: the part of the GPU's most that the model's arithmetic makes use of; only where that most is known"),
    Metric("grad_norm", "norm of the gradient before it was scaled down"),
    Metric("seconds_lost", "seconds between the saving of the checkpoint that this start resumed from, and going on; 0 for a first start"),
]
FINAL_LINE = [STEP_LINE[0], STEP_LINE[1], Metric("validation:loss", "mean loss of the held-out tokens")]
TABLE = list(dict.fromkeys(STEP_LINE + FINAL_LINE))

# Dense bfloat16 (V100 and T4: float16) teraflops by data sheet, by a part of the device's name; the first that fits.
PEAK_TFLOPS = [("GB200", 2500), ("B200", 2250), ("B300", 2250), ("H200", 989), ("H100 PCIe", 756), ("H100", 989), ("A100", 312),
               ("L40S", 362), ("A10G", 70), ("L4", 121), ("V100", 125), ("T4", 65)]


def peak_flops(device_name, override_tflops):
    """FLOPs a second that a device can do at most; None where it is not known, as for a CPU."""
    if override_tflops:
        return override_tflops * 1e12
    return next((tflops * 1e12 for part, tflops in PEAK_TFLOPS if part in device_name), None)


def flops_per_token(module):
    """Two for each weight on the way there, two on the way back, and two for the gradient of each that is trained.

    Attention's own products are left out, and what is computed twice counts once; an embedding is looked up, not multiplied.
    """
    embeddings = {id(child.weight) for child in module.modules() if type(child).__name__ == "Embedding"}
    heads = {id(child.weight) for child in module.modules() if type(child).__name__.endswith("Linear")}
    weights = [parameter for parameter in module.parameters() if id(parameter) not in embeddings - heads]
    return sum((6 if parameter.requires_grad else 4) * parameter.numel() for parameter in weights)


def line(metrics, values):
    """One line of the figures that are there, in the table's order. Figures read back as the same double."""
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
