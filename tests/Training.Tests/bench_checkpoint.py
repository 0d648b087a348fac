"""How long training pauses for a checkpoint that is saved in the background, and for one that is not.

`python3 tests/Training.Tests/bench_checkpoint.py [MEGABYTES] [SAVES]`: prints the ratio of the medians; 500 MB and 7 saves unless told.
"""
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "training"))

import state  # noqa: E402
import torch  # noqa: E402
from checkpoint import CheckpointStore  # noqa: E402
from node import Node  # noqa: E402
from saver import Saver  # noqa: E402

MEMBERS = {"model": "bench/1", "total_steps": 1000, "data_position": {"epoch": 0, "offset": 0}, "rng": {"kind": "none"}, "metrics": {"train:loss": 0.0}}


def stalls(folder, tensors, asynchronous, saves):
    """Seconds that each save stopped the caller, and that each took until its manifest was there."""
    store = CheckpointStore(Node.read({"SAGEMAKER_BASE_DIR": str(folder)}), keep=2)
    store.resume(lambda value: [value], {})
    saver = Saver(store, state.pieces_of(tensors, 0, 1), lambda value: [value], asynchronous, failures=0)
    stopped, taken = [], []
    for step in range(1, saves + 1):
        began = time.monotonic()
        saver.save(step, MEMBERS)
        stopped.append(saver.take_stall())
        # The next step's work would be done here; a save is over before the next one begins.
        while saver.is_busy:
            time.sleep(0.001)
        taken.append(time.monotonic() - began)
    return stopped, taken


def main(megabytes=500, saves=7):
    # Weights and two moments, in layers as a model has them.
    count, width = 12, 1 << 12
    layers = [torch.randn(max(1, megabytes * 1_000_000 // 4 // 3 // count // width), width) for _ in range(count)]
    tensors = {f"{kind}/{number}": layer.clone() for number, layer in enumerate(layers) for kind in ("model", "exp_avg", "exp_avg_sq")}
    size = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values()) / 1e6
    with tempfile.TemporaryDirectory() as folder:
        results = {name: stalls(Path(folder) / name, tensors, asynchronous, saves)
                   for name, asynchronous in (("standing still", False), ("in the background", True))}
    print(f"state {size:.0f} MB, {saves} saves, PyTorch {torch.__version__}, {torch.get_num_threads()} threads")
    for name, (stopped, taken) in results.items():
        print(f"{name}: stall median {statistics.median(stopped):.3f} s (from {min(stopped):.3f} to {max(stopped):.3f}, the first {stopped[0]:.3f}), "
              f"until complete {statistics.median(taken):.3f} s")
    ratio = statistics.median(results["in the background"][0]) / statistics.median(results["standing still"][0])
    print(f"ratio {ratio:.3f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
