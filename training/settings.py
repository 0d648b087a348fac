"""The settings of a run: one table, read from defaults, hyperparameters.json, the environment and flags; later sources take precedence."""
import argparse
import json
from dataclasses import dataclass
from types import SimpleNamespace

from console import TrainingError
from node import config_file

PREFIX = "TRAIN_"


@dataclass(frozen=True)
class Setting:
    """The type of default is the type of the setting: int, float or str; a bool is written as 0 or 1."""

    name: str
    default: object
    help: str
    least: float = 0
    choices: tuple = ()

    def parse(self, text):
        """Parses a value. Raises TrainingError with the values that are allowed."""
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
    Setting("model", "auto", "channel = fine-tune the model in channel 'model'; gpt = train a small GPT over bytes from scratch; auto = channel if it exists, otherwise gpt",
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
    Setting("validation_fraction", 0.05, "part of channel 'train', at its end, that is held out if there is no channel 'validation'"),
    Setting("validation_sequences", 0, "sequences of the held-out data that are evaluated, from its start; 0 = all"),
    Setting("lora_rank", 0, "rank of LoRA adapters; then only they are trained; 0 = train all weights"),
    Setting("lora_alpha", 16.0, "scale of the adapters: lora_alpha / lora_rank", 1e-6),
    Setting("lora_targets", "q_proj,k_proj,v_proj,o_proj", "the nn.Linear layers that get adapters: ends of their names, or regular expressions for them"),
    Setting("lora_merge", False, "1 = the model archive also contains the merged model"),
    Setting("precision", "auto", "compute dtype of matrix products; auto = bfloat16 on GPUs that have it", choices=("auto", "float32", "bfloat16")),
    Setting("strategy", "auto", "fsdp = weights, gradients and moments are sharded over the processes; ddp = each process has all of them; auto = fsdp on GPUs",
            choices=("auto", "ddp", "fsdp")),
    Setting("activation_checkpointing", False, "1 = layers are recomputed in the backward pass, which needs less memory"),
    Setting("cpu_threads", 0, "CPU threads of a process; 0 = the machine's cores divided by the processes on it"),
    Setting("peak_tflops", 0.0, "peak dense bfloat16 teraflops of the GPU, for mfu; 0 = look up by the GPU's name"),
    Setting("checkpoint_interval_steps", 0, "steps that an interruption may cost at most; 0 = by time only"),
    Setting("checkpoint_interval_seconds", 300.0, "seconds of training that an interruption may cost at most; 0 = by steps only"),
    Setting("checkpoint_interval", "fixed", "auto = recalculate checkpoint_interval_seconds at each resume", choices=("fixed", "auto")),
    Setting("expected_time_between_interruptions_seconds", 9000.0, "for auto: expected seconds between interruptions, until the run has measured them", 1),
    Setting("checkpoint_async", True, "1 = training pauses only while its state is copied; 0 = until the checkpoint is written"),
    Setting("checkpoint_failures", 2, "consecutive checkpoints that may fail to be saved (for example a full disk) before the run fails"),
    Setting("keep_checkpoints", 3, "complete checkpoints that rotation keeps", 2),
    Setting("report_interval_steps", 10, "steps between lines with metrics", 1),
    Setting("peer_timeout_seconds", 600.0, "how long a peer may take to join or to answer", 0.001),
    Setting("step_delay_ms", 0, "milliseconds to wait in each step, to slow down a run"),
]
NAMES = {setting.name: setting for setting in TABLE}


def read_settings(arguments, environment, base):
    """Reads and checks the settings; returns an object with an attribute for each.

    Raises TrainingError for an unknown setting or an invalid value; prints the help and exits for --help.
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
        raise TrainingError(f"min_learning_rate_ratio is {settings.min_learning_rate_ratio:g}, but must be at most 1.")
    if settings.validation_fraction >= 1:
        raise TrainingError(f"validation_fraction is {settings.validation_fraction:g}, but must be below 1, or nothing is left to train on.")


def require_even_shares(settings, world):
    """Raises TrainingError if the processes cannot share a batch evenly."""
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
        epilog=f"""Each setting can be a flag, an environment variable (its name in capitals after {PREFIX}) or a hyperparameter in
input/config/hyperparameters.json. A flag overrides the variable; the variable overrides the hyperparameter.

Folders, under SAGEMAKER_BASE_DIR (default /opt/ml), as SageMaker lays them out:
  input/data/train       *.jsonl, *.txt, *.md: training data
  input/data/validation  the same, optional: data for validation:loss in the last line
  input/data/model       a model directory with safetensors, optional: the model to fine-tune
  checkpoints            see docs/checkpoints.md
  model                  the result
  output/failure         the message of a failure""")
    # SageMaker starts a container with the argument "train".
    parser.add_argument("command", nargs="?", choices=("train",), help=argparse.SUPPRESS)
    for setting in TABLE:
        default = int(setting.default) if isinstance(setting.default, bool) else setting.default
        parser.add_argument(
            "--" + setting.name.replace("_", "-"), dest=setting.name,
            metavar="{" + ",".join(setting.choices) + "}" if setting.choices else "VALUE", help=f"{setting.help} (default: {default})")
    return parser
