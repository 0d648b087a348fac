"""How a model is distributed over the processes: each has all of it (DDP), or a part (FSDP)."""
import contextlib

import torch
import torch.distributed as dist
from torch import nn

from console import TrainingError
from model import layer_list


class ShardedModel:
    """A model that the processes train together.

    The gradients are the mean of the processes' own. module: what has the parameters; forward goes through run.
    """

    def __init__(self, module, strategy, dtype, device):
        self.module, self.strategy, self.device, self.dtype = module, strategy, device, dtype
        if strategy == "fsdp":
            self.run = _split(module, device, dtype)
        elif dist.get_world_size() > 1:
            self.run = nn.parallel.DistributedDataParallel(module.to(device))
            if device.type == "cpu":
                self.run.register_comm_hook(None, _mean_in_order)
        else:
            self.run = module.to(device)

    def last_of_step(self, last):
        """A context: gradients are exchanged only with the last part of a step."""
        if self.strategy == "fsdp":
            self.run.set_requires_gradient_sync(last)
        elif self.run is not self.module and not last:
            return self.run.no_sync()
        return contextlib.nullcontext()

    def precision(self):
        """A context for the forward pass; FSDP casts on its own."""
        casts = self.strategy == "ddp" and self.dtype != torch.float32
        return torch.autocast(self.device.type, self.dtype) if casts else contextlib.nullcontext()

    def clip(self, parameters, limit):
        """Scales the gradients down to a norm, where limit is not 0; returns the norm that they had."""
        norm = nn.utils.clip_grad_norm_(parameters, limit or float("inf"))
        return (norm.full_tensor() if hasattr(norm, "full_tensor") else norm).item()

    def full_state_dict(self, chosen):
        """The full tensor, on the CPU, of each chosen parameter or buffer, by name. All ranks must call it; only rank 0 gets the tensors."""
        found = {}
        if self.strategy == "fsdp":
            # A forward pass without a backward pass leaves some parameters unsharded.
            for part in self.module.modules():
                if hasattr(part, "reshard"):
                    part.reshard()
        for name, tensor in [*self.module.named_parameters(), *_kept_buffers(self.module)]:
            if chosen(name):
                tensor = tensor.detach()
                whole = tensor.full_tensor() if hasattr(tensor, "full_tensor") else tensor
                if dist.get_rank() == 0:
                    # A copy, because the gathered tensor may still be in transfer.
                    found[name] = whole.to("cpu", copy=True)
        return found


def choose(settings, device):
    """Strategy and precision for these settings on this device."""
    strategy = settings.strategy if settings.strategy != "auto" else "fsdp" if device.type == "cuda" else "ddp"
    precision = settings.precision
    if precision == "auto":
        precision = "bfloat16" if device.type == "cuda" and torch.cuda.is_bf16_supported() else "float32"
    return strategy, getattr(torch, precision)


def _split(module, device, dtype):
    try:
        from torch.distributed.device_mesh import init_device_mesh
        from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard
    except (ImportError, ValueError) as error:
        raise TrainingError(f"strategy is fsdp, which needs PyTorch 2.6 or later; this is {torch.__version__}: use strategy ddp.") from error
    mesh = init_device_mesh(device.type, (dist.get_world_size(),))
    policy = MixedPrecisionPolicy(param_dtype=dtype, reduce_dtype=torch.float32) if dtype != torch.float32 else MixedPrecisionPolicy()
    for layer in layer_list(module):
        fully_shard(layer, mesh=mesh, mp_policy=policy)
    return fully_shard(module, mesh=mesh, mp_policy=policy)


def _mean_in_order(_, bucket):
    """Sums a bucket's gradients in order of rank, so the sum does not depend on how they were put into buckets.

    DDP rearranges its buckets after its first step, and so again after a resume. If the order of the sums followed the buckets, a
    resumed run would differ from an uninterrupted one in the last bits.
    """
    flat, world = bucket.buffer(), dist.get_world_size()
    share = -(-flat.numel() // world)
    mine = flat.new_zeros(share * world)
    mine[:flat.numel()] = flat
    received = torch.empty_like(mine)
    dist.all_to_all_single(received, mine)
    total = received[:share].clone()
    for rank in range(1, world):
        total += received[rank * share:(rank + 1) * share]
    parts = [torch.empty_like(total) for _ in range(world)]
    dist.all_gather(parts, total / world)
    flat.copy_(torch.cat(parts)[:flat.numel()])
    done = torch.futures.Future()
    done.set_result(flat)
    return done


def _kept_buffers(module):
    """Buffers that belong to a model's weights."""
    kept = set(module.state_dict(keep_vars=True).keys())
    return [(name, buffer) for name, buffer in module.named_buffers() if name in kept]
