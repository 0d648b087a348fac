"""Trains a small byte-level transformer on channel `train`, data-parallel over any number of nodes. README.md says how."""
import json
import math
import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn

from checkpoint import CheckpointStore

BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
DEFAULTS = {"total_steps": 200, "batch_size": 32, "context": 64, "embedding_size": 64, "layers": 2, "heads": 4, "learning_rate": 0.003,
            "seed": 42, "validation_fraction": 0.05, "checkpoint_interval_steps": 50, "checkpoint_interval_seconds": 0.0,
            "keep_checkpoints": 3, "report_interval_steps": 10, "peer_timeout_seconds": 600.0}


class ByteModel(nn.Module):
    """A decoder-only transformer over bytes."""

    def __init__(self, context, size, layers, heads):
        super().__init__()
        self.token = nn.Embedding(256, size)
        self.position = nn.Embedding(context, size)
        layer = nn.TransformerEncoderLayer(size, heads, 4 * size, dropout=0.0, batch_first=True, norm_first=True)
        self.layers = nn.TransformerEncoder(layer, layers)
        self.head = nn.Linear(size, 256)

    def forward(self, tokens):
        length = tokens.shape[1]
        ahead = torch.triu(torch.ones(length, length, dtype=torch.bool, device=tokens.device), diagonal=1)
        hidden = self.token(tokens) + self.position(torch.arange(length, device=tokens.device))
        return self.head(self.layers(hidden, mask=ahead))


def read_config(name):
    path = BASE / "input" / "config" / name
    return json.loads(path.read_text()) if path.exists() else {}


def read_settings(world):
    settings = dict(DEFAULTS)
    for name, text in read_config("hyperparameters.json").items():
        if name.startswith("sagemaker_"):
            continue
        if name not in DEFAULTS:
            raise SystemExit(f"Hyperparameter '{name}' is unknown; known are: {', '.join(DEFAULTS)}.")
        try:
            settings[name] = type(DEFAULTS[name])(text)
        except ValueError:
            raise SystemExit(f"Hyperparameter {name} is '{text}', but must be {'a whole ' if isinstance(DEFAULTS[name], int) else 'a '}number.") from None
        if settings[name] < 0 or (settings[name] == 0 and name not in ("seed", "checkpoint_interval_steps", "checkpoint_interval_seconds")):
            raise SystemExit(f"Hyperparameter {name} is '{text}', but must be above zero.")
    if settings["batch_size"] % world:
        raise SystemExit(f"Hyperparameter batch_size is {settings['batch_size']}, which {world} processes cannot share evenly.")
    if settings["keep_checkpoints"] < 2:
        raise SystemExit("Hyperparameter keep_checkpoints is 1, but must be at least 2: the newest may turn out to be torn.")
    if settings["embedding_size"] % settings["heads"]:
        raise SystemExit(f"Hyperparameter embedding_size is {settings['embedding_size']}, which is not a multiple of heads, {settings['heads']}.")
    return settings


def read_corpus(settings):
    folder = BASE / "input" / "data" / "train"
    if not folder.is_dir():
        raise SystemExit(f"Channel 'train' is missing: there is no folder {folder}.")
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".md", ".txt"))
    text = b"".join(path.read_bytes() for path in files)
    held_out = max(settings["context"] + 1, int(len(text) * settings["validation_fraction"]))
    if len(text) - held_out <= settings["context"]:
        raise SystemExit(f"There is too little text: {len(files)} files of {folder} hold {len(text)} bytes, context is {settings['context']}.")
    tokens = torch.frombuffer(bytearray(text), dtype=torch.uint8).long()
    return tokens[:-held_out], tokens[-held_out:]


def join(rank, world, hosts, timeout):
    """Connects the processes; without torchrun, says which one is missing."""
    backend = "nccl" if torch.cuda.is_available() else "gloo"
    limit = timedelta(seconds=timeout)
    if "TORCHELASTIC_RUN_ID" in os.environ:
        dist.init_process_group(backend, timeout=limit)
        return
    address = os.environ.get("MASTER_ADDR", hosts[0] if world > 1 else "127.0.0.1")
    port = int(os.environ.get("MASTER_PORT", "29500"))
    missing = hosts[0]
    try:
        store = dist.TCPStore(address, port, world, rank == 0, timeout=limit, wait_for_workers=False)
        store.set(f"joined-{rank}", "yes")
        for other in range(world):
            missing = hosts[other]
            store.wait([f"joined-{other}"], limit)
    except RuntimeError as error:
        raise SystemExit(f"Peer {missing} did not join at {address}:{port} within {timeout:g} s: {error}") from error
    dist.init_process_group(backend, store=store, rank=rank, world_size=world, timeout=limit)


def batch(tokens, starts, context, device):
    windows = torch.stack([tokens[start:start + context + 1] for start in starts]).to(device)
    return windows[:, :-1], windows[:, 1:]


def loss_of(model, inputs, targets):
    return nn.functional.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())


def flatten(module, optimizer):
    """All that a checkpoint holds, as named tensors."""
    state = {f"model.{name}": tensor for name, tensor in module.state_dict().items()}
    for index, moments in optimizer.state_dict()["state"].items():
        state.update({f"optimizer.{index}.{name}": torch.as_tensor(value) for name, value in moments.items()})
    return state


def restore(module, optimizer, state):
    module.load_state_dict({name[len("model."):]: tensor for name, tensor in state.items() if name.startswith("model.")})
    document = optimizer.state_dict()
    for name, tensor in state.items():
        if name.startswith("optimizer."):
            _, index, moment = name.split(".")
            document["state"].setdefault(int(index), {})[moment] = tensor
    optimizer.load_state_dict(document)


def validate(module, tokens, context, device):
    with torch.no_grad():
        # Every process computes the same figure: the text is short, and no sum has to be put together.
        starts = range(0, len(tokens) - context, context)
        losses = [loss_of(module, *batch(tokens, [start], context, device)).item() for start in starts]
    return math.fsum(losses) / len(losses)


def train():
    resources = read_config("resourceconfig.json")
    hosts = resources.get("hosts", ["algo-1"])
    rank = int(os.environ.get("RANK", hosts.index(resources.get("current_host", "algo-1"))))
    world = int(os.environ.get("WORLD_SIZE", len(hosts)))
    settings = read_settings(world)
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    training, held_out = read_corpus(settings)
    join(rank, world, hosts, settings["peer_timeout_seconds"])
    control = dist.new_group(backend="gloo")

    def gather(value):
        values = [None] * world
        dist.all_gather_object(values, value, group=control)
        return values

    torch.manual_seed(settings["seed"])
    module = ByteModel(settings["context"], settings["embedding_size"], settings["layers"], settings["heads"]).to(device)
    optimizer = torch.optim.AdamW(module.parameters(), lr=settings["learning_rate"])
    model = nn.parallel.DistributedDataParallel(module)
    run = {"model": "byte-transformer/1 " + " ".join(f"{name}={settings[name]}" for name in (
        "context", "embedding_size", "layers", "heads", "learning_rate", "batch_size", "seed")), "total_steps": settings["total_steps"]}
    store = CheckpointStore(str(BASE / "checkpoints"), str(BASE / "checkpoint-staging"), rank, settings["keep_checkpoints"], gather)
    manifest, state = store.resume(run)
    step, train_loss, stall = 0, math.nan, 0.0
    if manifest:
        restore(module, optimizer, state)
        step, train_loss = manifest["step"], manifest["metrics"]["train:loss"]
        if rank == 0:
            print(f"resumed step={step} attempt={len(store.lineage)}", flush=True)

    saved_at = reported_at = time.monotonic()
    reported_step, stopping = step, False
    share = settings["batch_size"] // world
    while step < settings["total_steps"] and not stopping:
        # The step alone decides which windows are drawn, so a resumed run draws what the interrupted one would have drawn.
        generator = torch.Generator().manual_seed(settings["seed"] * 1_000_003 + step)
        starts = torch.randint(len(training) - settings["context"], (settings["batch_size"],), generator=generator)[rank * share:][:share]
        loss = loss_of(model, *batch(training, starts, settings["context"], device))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        step += 1
        overdue = rank == 0 and 0 < settings["checkpoint_interval_seconds"] <= time.monotonic() - saved_at
        totals = torch.tensor([loss.item(), len(stop), overdue], dtype=torch.float64)
        dist.all_reduce(totals, group=control)
        train_loss, stopping = totals[0].item() / world, totals[1].item() > 0
        if not math.isfinite(train_loss):
            raise SystemExit(f"The loss became {train_loss} at step {step}: lower learning_rate, which is {settings['learning_rate']}.")
        if rank == 0 and (step % settings["report_interval_steps"] == 0 or step in (1, settings["total_steps"])):
            rate = (step - reported_step) * settings["batch_size"] * settings["context"] / (time.monotonic() - reported_at)
            print(f"step={step} train:loss={train_loss!r} lr={settings['learning_rate']} tokens_per_second={rate:.0f} "
                  f"checkpoint_stall_seconds={stall:.4f}", flush=True)
            reported_step, reported_at, stall = step, time.monotonic(), 0.0
        due = settings["checkpoint_interval_steps"] and step % settings["checkpoint_interval_steps"] == 0
        if due or totals[2].item() or stopping or step == settings["total_steps"]:
            part = dict(list(flatten(module, optimizer).items())[rank::world])
            used = step * settings["batch_size"] * settings["context"]
            files, size, seconds = store.save(step, part, {
                **run, "job": os.environ.get("TRAINING_JOB_NAME", "local"), "metrics": {"train:loss": train_loss},
                "data_position": dict(zip(("epoch", "offset"), divmod(used, len(training)))), "rng": {"kind": "counter", "seed": settings["seed"]}})
            stall, saved_at = stall + seconds, time.monotonic()
            if rank == 0:
                print(f"checkpoint step={step} files={files} bytes={size} seconds={seconds:.4f}", flush=True)

    if step == settings["total_steps"]:
        metrics = {"train:loss": train_loss, "validation:loss": validate(module, held_out, settings["context"], device)}
        if rank == 0:
            folder = BASE / "model"
            folder.mkdir(parents=True, exist_ok=True)
            torch.save(module.state_dict(), folder / "model.bin")
            (folder / "vocabulary.json").write_text(json.dumps({"format": "byte-vocabulary/1", "bytes": list(range(256)), **settings}))
            (folder / "metrics.json").write_text(json.dumps(
                {"format": "final-metrics/1", "step": step, "metrics": metrics, "lineage": store.lineage}, indent=2))
            print(f"final step={step} " + " ".join(f"{name}={value!r}" for name, value in metrics.items()), flush=True)
    elif rank == 0:
        print(f"stopped step={step} of {settings['total_steps']}, as asked; its checkpoint is complete", flush=True)
    dist.destroy_process_group()


def main():
    try:
        train()
    except (SystemExit, Exception) as error:
        if isinstance(error, SystemExit) and not isinstance(error.code, str):
            raise
        (BASE / "output").mkdir(parents=True, exist_ok=True)
        (BASE / "output" / "failure").write_text(str(error)[:1024])
        if isinstance(error, SystemExit):
            sys.exit(error.code)
        raise


if __name__ == "__main__":
    main()
