"""The settings of a run: one table, read from defaults, hyperparameters.json, the environment and flags, the last one winning."""
import argparse
import json
from dataclasses import dataclass
from types import SimpleNamespace

from console import TrainingError
from node import config_file

PREFIX = "TRAIN_"


@dataclass(frozen=True)
class Setting:
    """default also gives the kind: whole number, number, text; a bool is written as 0 or 1."""

    name: str
    default: object
    help: str
    least: float = 0
    choices: tuple = ()

    def parse(self, text):
        """The value that a text stands for. Raises TrainingError with what it should have been."""
        if text.startswith('"'):
            # Some launchers send every hyperparameter as JSON.
            text = json.loads(text)
        if self.choices:
            if text not in self.choices:
                raise TrainingError(f"'{text}', but must be one of {', '.join(self.choices)}")
            return text
        if isinstance(self.default, str):
            return text
        if isinstance(self.default, bool):
            if text.lower() not in ("0", "1", "false", "true"):
                raise TrainingError(f"'{text}', but must be 0 or 1")
            return text.lower() in ("1", "true")
        try:
            value = type(self.default)(text)
        except ValueError:
            raise TrainingError(f"'{text}', but must be a {'whole ' if isinstance(self.default, int) else ''}number") from None
        if not self.least <= value < float("inf"):
            raise TrainingError(f"'{text}', but must be at least {self.least:g}")
        return value


TABLE = [
    Setting("total_steps", 200, "optimizer steps of the whole run", 1),
    Setting("batch_size", 32, "sequences in a step, over all processes; a multiple of their number", 1),
    Setting("micro_batch_size", 0, "sequences that a process takes at once; its gradients are accumulated over the rest of its part; 0 = all at once"),
    Setting("context", 64, "tokens in a sequence", 1),
    Setting("model", "auto", "channel = fine-tune what channel 'model' holds; gpt = a small GPT over bytes, from scratch; auto = the channel where it is there",
            choices=("auto", "channel", "gpt")),
    Setting("embedding_size", 64, "width of the small GPT; a multiple of heads", 1),
    Setting("layers", 2, "depth of the small GPT", 1),
    Setting("heads", 4, "attention heads of the small GPT", 1),
    Setting("learning_rate", 0.003, "peak learning rate of AdamW", 1e-12),
    Setting("warmup_steps", 0, "steps of linear warmup, before cosine decay"),
    Setting("min_learning_rate_ratio", 0.1, "learning rate at the end of the decay, as a fraction of learning_rate; 1 = no decay"),
    Setting("weight_decay", 0.01, "weight decay of AdamW, on matrices only"),
    Setting("max_grad_norm", 1.0, "max gradient norm; 0 disables clipping"),
    Setting("seed", 42, "decides new weights and the order of the data"),
    Setting("validation_fraction", 0.05, "part of channel 'train', at its end, that is held out where there is no channel 'validation'"),
    Setting("validation_sequences", 0, "sequences of the held-out data that are evaluated, from its start; 0 = all"),
    Setting("lora_rank", 0, "rank of LoRA adapters, which alone are trained then; 0 = train all weights"),
    Setting("lora_alpha", 16.0, "adapters count lora_alpha / lora_rank times", 1e-6),
    Setting("lora_targets", "q_proj,k_proj,v_proj,o_proj", "the nn.Linear layers that get adapters: ends of their names, or regular expressions for them"),
    Setting("lora_merge", False, "1 = the model archive holds the merged model besides the adapters"),
    Setting("precision", "auto", "compute dtype of matrix products; auto = bfloat16 on GPUs that have it", choices=("auto", "float32", "bfloat16")),
    Setting("strategy", "auto", "fsdp = weights, gradients and moments are split over the processes; ddp = each has all; auto = fsdp on GPUs",
            choices=("auto", "ddp", "fsdp")),
    Setting("activation_checkpointing", False, "1 = layers are recomputed in the backward pass, which needs less memory"),
    Setting("cpu_threads", 0, "threads of a process on a CPU; 0 = the machine's cores shared among the processes on it"),
    Setting("peak_tflops", 0.0, "the GPU's most dense bfloat16 teraflops, for utilisation; 0 = as known for its name"),
    Setting("checkpoint_interval_steps", 0, "steps that an interruption may cost at most; 0 = by time alone"),
    Setting("checkpoint_interval_seconds", 300.0, "seconds of training that an interruption may cost at most; 0 = by steps alone"),
    Setting("checkpoint_interval", "fixed", "auto = at each resume the seconds are worked out anew from what a checkpoint cost", choices=("fixed", "auto")),
    Setting("expected_time_between_interruptions_seconds", 9000.0, "for auto: seconds to an interruption, before the run has seen one", 1),
    Setting("checkpoint_async", True, "1 = training pauses only for a copy, which a thread writes; 0 = until everything is written"),
    Setting("checkpoint_failures", 2, "checkpoints in a row that may fail to be saved (a full disk) before the run fails"),
    Setting("keep_checkpoints", 3, "complete checkpoints that rotation keeps", 2),
    Setting("report_interval_steps", 10, "steps between lines with metrics", 1),
    Setting("peer_timeout_seconds", 600.0, "how long a peer may take to join or to answer", 0.001),
    Setting("step_delay_ms", 0, "milliseconds to wait in each step, to slow a run down"),
]
NAMES = {setting.name: setting for setting in TABLE}


def read(arguments, environment, base):
    """The settings, checked; an attribute each.

    Raises TrainingError for what is unknown or does not parse; prints and exits for --help.
    """
    flags = _parser().parse_args(arguments)
    hyperparameters = {name: str(text) for name, text in config_file(base, "hyperparameters").items() if not name.startswith("sagemaker_")}
    variables = {name[len(PREFIX):].lower(): text for name, text in environment.items() if name.startswith(PREFIX)}
    values = {setting.name: setting.default for setting in TABLE}
    for source, texts in (("Hyperparameter ", hyperparameters), ("Environment variable " + PREFIX, variables),
                          ("Flag --", {name: text for name, text in vars(flags).items() if text is not None and name in NAMES})):
        for name, text in texts.items():
            shown = source + (name.upper() if source.endswith(PREFIX) else name.replace("_", "-") if source.endswith("-") else name)
            if name not in NAMES:
                raise TrainingError(f"{shown} is unknown; known are: {', '.join(NAMES)}.")
            try:
                values[name] = NAMES[name].parse(text)
            except (TrainingError, ValueError) as error:
                raise TrainingError(f"{shown} is {error}.") from None
    settings = SimpleNamespace(**values)
    _check(settings)
    return settings


def _check(settings):
    if settings.embedding_size % settings.heads:
        raise TrainingError(f"embedding_size is {settings.embedding_size}, which is not a multiple of heads, {settings.heads}.")
    if settings.min_learning_rate_ratio > 1:
        raise TrainingError(f"min_learning_rate_ratio is {settings.min_learning_rate_ratio:g}, but a part of learning_rate is at most 1.")
    if settings.validation_fraction >= 1:
        raise TrainingError(f"validation_fraction is {settings.validation_fraction:g}, which leaves nothing to train on: it must be below 1.")


def require_even_shares(settings, world):
    """Checks that the processes can share a batch."""
    if settings.batch_size % world:
        below = settings.batch_size - settings.batch_size % world
        raise TrainingError(
            f"batch_size is {settings.batch_size}, which {world} processes cannot share evenly: "
            f"use {f'{below} or ' if below else ''}{below + world}, or another number of nodes.")


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise TrainingError(f"The command line is wrong: {message}; --help lists the flags.")


def _parser():
    parser = _Parser(
        prog="train.py", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Fine-tunes a causal language model over any number of nodes, and loses at most one checkpoint interval to an interruption.",
        epilog=f"""Each setting may be a flag, an environment variable (its name in capitals after {PREFIX}) or a member of
input/config/hyperparameters.json; a flag counts before the variable, the variable before the hyperparameter.

Folders, under SAGEMAKER_BASE_DIR (default /opt/ml), as SageMaker lays them out:
  input/data/train       *.jsonl, *.txt, *.md: what is learned
  input/data/validation  the same, optional: what the last line's validation:loss is of
  input/data/model       a model directory with safetensors, optional: what is fine-tuned
  checkpoints            docs/checkpoints.md
  model                  what is left at the end
  output/failure         the sentence of a failure""")
    # SageMaker starts a container with the argument "train".
    parser.add_argument("command", nargs="?", choices=("train",), help=argparse.SUPPRESS)
    for setting in TABLE:
        default = int(setting.default) if isinstance(setting.default, bool) else setting.default
        parser.add_argument(
            "--" + setting.name.replace("_", "-"), dest=setting.name,
            metavar="{" + ",".join(setting.choices) + "}" if setting.choices else "VALUE", help=f"{setting.help} (default: {default})")
    return parser
