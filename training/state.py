"""The state in a checkpoint: trained weights and the optimizer's moments, in pieces that any number of ranks can resume from.

Each tensor is a row of elements. A rank's file has pieces of such rows, named `NAME:START`; the files of all ranks together
have each element once. A reader may have another number of ranks and another sharding than the writer.
"""
import os
from dataclasses import dataclass

import torch

import tensorfile
from console import TrainingError


@dataclass(frozen=True)
class Piece:
    """length elements of a tensor's row, from start; in this rank's own part they start at offset."""

    name: str
    start: int
    length: int
    tensor: torch.Tensor
    offset: int

    @property
    def key(self):
        return f"{self.name}:{self.start}"

    @property
    def bytes(self):
        return self.length * self.tensor.element_size()

    def flat(self):
        return _local(self.tensor).detach().view(-1)[self.offset:self.offset + self.length]


def prepare(optimizer):
    """Creates AdamW's moments, which it would create only in its first step, so they can be restored."""
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            optimizer.state[parameter] = {
                "step": torch.tensor(0.0), "exp_avg": torch.zeros_like(parameter), "exp_avg_sq": torch.zeros_like(parameter)}


def named_tensors(module, optimizer):
    """All tensors that change during training, by a name that is the same in every run of the model."""
    tensors = {}
    for name, parameter in module.named_parameters():
        if parameter.requires_grad:
            tensors[f"model/{name}"] = parameter
            for moment, tensor in sorted(optimizer.state[parameter].items()):
                tensors[f"optimizer/{name}/{moment}"] = tensor
    return tensors


def pieces_of(tensors, rank, world):
    """This rank's pieces: its own part of a sharded tensor, an even share of the others."""
    pieces = []
    whole = {name: tensor for name, tensor in tensors.items() if not _is_split(tensor)}
    total, position = sum(tensor.numel() for tensor in whole.values()), 0
    first, last = total * rank // world, total * (rank + 1) // world
    for name, tensor in tensors.items():
        if name in whole:
            begin, end = max(first, position), min(last, position + tensor.numel())
            if begin < end:
                pieces.append(Piece(name, begin - position, end - begin, tensor, begin - position))
            position += tensor.numel()
        elif _local(tensor).numel():
            pieces.append(Piece(name, _split_start(tensor), _local(tensor).numel(), tensor, 0))
    # The widest elements first, so each piece is aligned when they follow one another.
    return sorted(pieces, key=lambda piece: -piece.tensor.element_size())


def restore(tensors, folder, manifest):
    """Restores this rank's part of the tensors from the files of all ranks."""
    step = manifest["step"]
    missing = {name: _local(tensor).numel() for name, tensor in tensors.items()}
    for entry in manifest["files"]:
        with tensorfile.TensorFile(os.path.join(folder, entry["path"])) as file:
            for key, (dtype, shape, *_) in file.entries.items():
                name, _, start = key.rpartition(":")
                if name not in tensors or not start.isdigit():
                    raise TrainingError(f"Checkpoint step {step} belongs to another model: it holds {key}, which this model does not have.")
                if dtype != tensors[name].dtype:
                    raise TrainingError(f"Checkpoint step {step} belongs to another model: {name} is {dtype} in the checkpoint and {tensors[name].dtype} here.")
                missing[name] -= _read(file, key, int(start), shape[0], tensors[name])
    for name, count in missing.items():
        if count:
            raise TrainingError(f"Checkpoint step {step} belongs to another model: it lacks {count} elements of {name}.")


def _read(file, key, start, length, tensor):
    """Copies the overlap of a piece in a file with the own part of a tensor; returns its length."""
    local, own = _local(tensor), _split_start(tensor) if _is_split(tensor) else 0
    begin, end = max(start, own), min(start + length, own + local.numel())
    if start + length > tensor.numel():
        raise TrainingError(f"{file.path} belongs to another model: {key} has elements beyond the {tensor.numel()} of this model's.")
    if begin >= end:
        return 0
    with torch.no_grad():
        local.view(-1)[begin - own:end - own].copy_(file.read_part(key, begin - start, end - begin))
    return end - begin


def _is_split(tensor):
    return hasattr(tensor, "to_local")


def _local(tensor):
    return tensor.to_local() if _is_split(tensor) else tensor


def _split_start(tensor):
    """Where this rank's part starts in a tensor that fully_shard split along its first dimension, as torch.chunk does."""
    row = tensor.numel() // tensor.shape[0]
    chunk = -(-tensor.shape[0] // tensor.device_mesh.size())
    return min(tensor.device_mesh.get_local_rank() * chunk, tensor.shape[0]) * row
