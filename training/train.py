"""Fine-tunes a causal language model on any number of nodes. See `--help` for the settings and docs/training.md for the rest."""
import json
import os
import signal
import sys
import threading
import traceback

import torch

import lora
import metrics
import pretrained
from console import TrainingError, logger, record_failure
from data import read_channel
from model import new_gpt
from node import Node, base_folder, gpus
from parallel import ShardedModel, choose
from process_group import ProcessGroup, describe
from settings import read_settings, require_even_shares
from trainer import Trainer


def main():
    """Runs one process of the training; returns its exit code."""
    group, base = None, base_folder(os.environ)
    try:
        settings = read_settings(sys.argv[1:], os.environ, base)
        node = Node.read(os.environ)
        require_even_shares(settings, node.world)
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        end_with_the_sandbox()
        device = prepare_device(settings, node)
        group = ProcessGroup(node, device, settings.peer_timeout_seconds)
        train(settings, node, group, device, stop)
        group.leave()
        return 0
    except Exception as error:
        if not isinstance(error, TrainingError):
            traceback.print_exc()
        record_failure(base, group.explain(error) if group else describe(error))
        return 1


def train(settings, node, group, device, stop):
    """Trains from the data to the model archive."""
    loaded = load_model(settings, node)
    training, held_out = load_data(settings, node, loaded.tokenizer)
    adapted = lora.attach(loaded.module, settings.lora_rank, settings.lora_alpha, settings.lora_targets, settings.seed) if settings.lora_rank else []
    if settings.activation_checkpointing:
        loaded.module.gradient_checkpointing_enable({"use_reentrant": False})
    run_text = describe_run(settings, loaded, training)
    require_same(group, node, run_text)
    model = ShardedModel(loaded.module, *choose(settings, device), device)
    trainer = Trainer(settings, node, group, model, training, held_out, run_text)
    trainer.run(stop.is_set)
    if trainer.step < settings.total_steps:
        if node.rank == 0:
            logger.info(f"stopped step={trainer.step} of {settings.total_steps}, as asked; its checkpoint is complete")
        return
    final = {"train:loss": trainer.train_loss, "validation:loss": trainer.validate()}
    save_model(settings, node, model, loaded, adapted)
    if node.rank == 0:
        (node.base / "model" / "metrics.json").write_text(json.dumps(
            {"format": "final-metrics/1", "step": trainer.step, "metrics": final, "lineage": trainer.lineage}, indent=2), encoding="utf-8")
        logger.info("final " + metrics.line(metrics.FINAL_LINE, {"step": trainer.step, **final}))


def load_model(settings, node):
    """The model in channel `model`, or the small GPT."""
    folder = node.channel("model")
    if settings.model == "channel" and not folder.is_dir():
        raise TrainingError(f"Channel 'model' is missing, which model=channel asks for: there is no folder {folder}.")
    if settings.model != "gpt" and folder.is_dir():
        return pretrained.load(folder, settings.context)
    if settings.lora_rank:
        raise TrainingError("lora_rank is set, but there is no channel 'model': adapters need a model to adapt.")
    return new_gpt(settings)


def load_data(settings, node, tokenizer):
    """The training data and the validation data."""
    training = read_channel(node.channel("train"), tokenizer, settings.context)
    if node.channel("validation").is_dir():
        validation = read_channel(node.channel("validation"), tokenizer, settings.context)
        return training.require_sequences(), validation.require_sequences()
    return training.split(settings.validation_fraction)


def describe_run(settings, loaded, training):
    """A text that is equal only for runs that can resume from each other's checkpoints, on any number of nodes."""
    names = ["batch_size", "context", "seed", "learning_rate", "warmup_steps", "min_learning_rate_ratio", "weight_decay", "max_grad_norm"]
    names += ["lora_rank", "lora_alpha", "lora_targets"] if settings.lora_rank else []
    texts = [loaded.fingerprint, *(f"{name}={getattr(settings, name)}" for name in names), f"data={training.digest()}"]
    return " ".join(text.replace(" ", "") if "=" in text and text != loaded.fingerprint else text for text in texts)


def require_same(group, node, run_text):
    """Raises TrainingError if the processes have different data or settings."""
    texts = group.gather(run_text)
    for rank, text in enumerate(texts):
        if text != texts[0]:
            differing = [f"{first} and {other}" for first, other in zip(texts[0].split(), text.split()) if first != other]
            raise TrainingError(f"{node.name_of(0)} and {node.name_of(rank)} would not train the same ({', '.join(differing)}): every node needs "
                                "all files of each channel (FullyReplicated) and the same settings.")


def save_model(settings, node, model, loaded, adapted):
    """Writes the result of the run to the folder that becomes the model archive."""
    folder, merge = node.base / "model", settings.lora_merge or not settings.lora_rank
    tensors = model.full_state_dict(lambda name: merge or ".lora_" in name)
    if node.rank != 0:
        return
    folder.mkdir(parents=True, exist_ok=True)
    adapters = {name: tensor for name, tensor in tensors.items() if ".lora_" in name}
    if settings.lora_rank:
        lora.save(folder / "adapter", adapters, settings.lora_rank, settings.lora_alpha, adapted)
    if merge:
        weights = ((name, tensor) for name, tensor in tensors.items() if name not in adapters)
        pretrained.save(folder, loaded, dict(lora.merged(weights, adapters, settings.lora_alpha / max(1, settings.lora_rank))))


def prepare_device(settings, node):
    """Chooses GPU or CPU for this process, and the number of its threads."""
    if torch.cuda.is_available():
        torch.cuda.set_device(node.local_rank)
        return torch.device("cuda", node.local_rank)
    if gpus(os.environ):
        raise TrainingError(f"{node.host} has {gpus(os.environ)} GPUs, but its PyTorch cannot use them: use an image whose PyTorch is built for CUDA "
                            "and fits the driver, or set CUDA_VISIBLE_DEVICES to an empty text to train on the CPU.")
    # Threads share the sums, so a run repeats to the last bit only with the same number of threads.
    torch.set_num_threads(settings.cpu_threads or max(1, (os.cpu_count() or 1) // node.processes_here))
    return torch.device("cpu")


def end_with_the_sandbox():
    """The sandbox keeps its nodes' standard input open; when the sandbox ends in any way, the nodes end too."""
    def wait_for_end_of_input():
        while os.read(0, 4096):
            pass
        os._exit(1)

    if os.environ.get("SANDBOX_NODE") == "1":
        threading.Thread(target=wait_for_end_of_input, daemon=True).start()


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # Connections to a lost peer would delay the interpreter's exit.
    os._exit(code)
