"""The minimal training program: it fits a line to points on one node and resumes after every interruption.

It needs console.py, node.py, contract.py and checkpoint.py. A checkpoint holds any bytes that the program needs to resume.
"""
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from checkpoint import CheckpointStore  # noqa: E402
from node import Node  # noqa: E402

STEPS, INTERVAL, SEED = 200, 20, 42


def main():
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    node = Node.read(os.environ)
    store = CheckpointStore(node, keep=3)
    run = {"model": f"line/1 seed={SEED}", "total_steps": STEPS}
    # With several nodes: gather() returns the value of every rank, and each rank writes its own file.
    manifest = store.resume(lambda value: [value], run)
    slope, offset, step, stopping = 0.0, 0.0, 0, False
    if manifest:
        step = manifest["step"]
        slope, offset = json.loads((Path(store.folder(step)) / "rank-0.bin").read_bytes())
        print(f"resumed step={step} attempt={len(store.lineage)}", flush=True)
    loss = manifest["metrics"]["train:loss"] if manifest else 0.0
    while step < STEPS and not stopping:
        point = random.Random(SEED * 1_000_003 + step).uniform(-1, 1)  # data and order follow from the step
        error = slope * point + offset - (3 * point + 1)
        slope, offset, loss, step = slope - 0.2 * error * point, offset - 0.2 * error, error * error, step + 1
        print(f"step={step} train:loss={loss!r}", flush=True)
        stopping = bool(stop)
        if step % INTERVAL == 0 or step == STEPS or stopping:
            began = time.monotonic()
            entry = store.write(step, [json.dumps([slope, offset]).encode()])
            store.publish(step, [entry], {
                **run, "stall_seconds": time.monotonic() - began, "data_position": {"epoch": 0, "offset": step},
                "rng": {"kind": "counter", "seed": SEED}, "metrics": {"train:loss": loss}})
            store.completed(step)
    if step == STEPS:
        model = node.base / "model"
        model.mkdir(parents=True, exist_ok=True)
        (model / "model.json").write_text(json.dumps([slope, offset]))
        (model / "metrics.json").write_text(json.dumps(
            {"format": "final-metrics/1", "step": step, "metrics": {"train:loss": loss}, "lineage": store.lineage}))
        print(f"final step={step} train:loss={loss!r}", flush=True)


if __name__ == "__main__":
    main()
