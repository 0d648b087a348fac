"""Faults for tests of a node: SIGKILL at the n-th moment of a kind, a full disk, a weight that is not a number."""
import io
import json
import os
import shutil
import signal

import checkpoint
import saver
import torch

MOMENTS = ("step", "shard", "before rename", "after rename", "manifest", "rotation")


def install(faults):
    """faults: {"kill": [kind, n]}, {"full": [first, last]} of this node's saves, {"nan": step}."""
    count = {}
    kill = faults.get("kill")

    def moment(kind):
        count[kind] = count.get(kind, 0) + 1
        if kill == [kind, count[kind]]:
            os.kill(os.getpid(), signal.SIGKILL)

    _watch_steps(moment, faults.get("nan"))
    _watch_shards(moment)
    _watch_files(moment)
    if "full" in faults:
        _fill_disk(*faults["full"])


def _watch_steps(moment, nan_step):
    step, done = torch.optim.AdamW.step, [0]

    def watched(optimizer, *arguments):
        step(optimizer, *arguments)
        done[0] += 1
        if done[0] == nan_step:
            with torch.no_grad():
                optimizer.param_groups[0]["params"][0].fill_(float("nan"))
        moment("step")

    torch.optim.AdamW.step = watched


def _watch_shards(moment):
    saver.BLOCK = 1 << 10
    blocks = saver.Saver._blocks

    def watched(self):
        for block in blocks(self):
            moment("shard")
            yield block

    saver.Saver._blocks = watched


def _watch_files(moment):
    replace, rmtree, dump = os.replace, shutil.rmtree, json.dump

    def watched_replace(source, target):
        moment("before rename")
        replace(source, target)
        moment("after rename")

    def watched_rmtree(path, ignore_errors=False):
        # Half-way through: the first file is gone, the others are still there.
        names = sorted(os.listdir(path)) if os.path.isdir(path) else []
        if names and os.path.basename(path).startswith("step-"):
            os.remove(os.path.join(path, names[0]))
            moment("rotation")
        rmtree(path, ignore_errors=ignore_errors)

    def watched_dump(value, file, **options):
        whole = io.StringIO()
        dump(value, whole, **options)
        file.write(whole.getvalue()[:100])
        file.flush()
        moment("manifest")
        file.write(whole.getvalue()[100:])

    os.replace, shutil.rmtree, json.dump = watched_replace, watched_rmtree, watched_dump


def _fill_disk(first, last):
    """The kernel's own device for a full disk takes the place of this node's file in some saves."""
    saves = [0]

    def opened(path, mode="r", **options):
        if mode == "wb" and path.endswith(".bin"):
            saves[0] += 1
            if first <= saves[0] <= last:
                return open("/dev/full", "wb", buffering=0)
        return open(path, mode, **options)

    checkpoint.open = opened
