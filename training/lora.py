"""Low-rank adapters (LoRA): two small matrices for each frozen nn.Linear, whose product is added to its output.

Names and files are those of the peft library, so it can load the result.
"""
import json
import math
import re

import torch
from torch import nn

import tensorfile
from console import TrainingError

FILE, CONFIG = "adapter_model.safetensors", "adapter_config.json"
PREFIX = "base_model.model."


class LoraLinear(nn.Linear):
    """An nn.Linear with adapters; its own weight keeps its name."""

    def forward(self, hidden):
        return super().forward(hidden) + self.lora_B(self.lora_A(hidden)) * self.lora_scale


def attach(module, rank, alpha, targets, seed):
    """Freezes a model and adds adapters to each nn.Linear that targets match; initially they change nothing.

    targets: ends of names, or regular expressions for them, separated by commas. Returns the names of the layers.
    """
    try:
        pattern = re.compile("|".join(rf"(?:.*\.)?(?:{target.strip()})" for target in targets.split(",")))
    except re.error as error:
        raise TrainingError(f"lora_targets is '{targets}', which is not a valid list of names or regular expressions: {error}.") from error
    chosen = {name: layer for name, layer in module.named_modules() if isinstance(layer, nn.Linear) and pattern.fullmatch(name)}
    if not chosen:
        linear = sorted({name.rpartition(".")[2] for name, layer in module.named_modules() if isinstance(layer, nn.Linear)})
        raise TrainingError(f"lora_targets is '{targets}', which no nn.Linear of the model matches; it has: {', '.join(linear)}.")
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    generator = torch.Generator().manual_seed(seed)
    for layer in chosen.values():
        layer.lora_A = nn.Linear(layer.in_features, rank, bias=False, dtype=layer.weight.dtype)
        layer.lora_B = nn.Linear(rank, layer.out_features, bias=False, dtype=layer.weight.dtype)
        layer.lora_scale = alpha / rank
        bound = 1 / math.sqrt(layer.in_features)
        with torch.no_grad():
            layer.lora_A.weight.copy_((torch.rand(layer.lora_A.weight.shape, generator=generator) * 2 - 1) * bound)
            layer.lora_B.weight.zero_()
        layer.__class__ = LoraLinear
    return list(chosen)


def save(folder, adapters, rank, alpha, layers):
    """Writes adapters by their parameters' names. layers: what attach returned."""
    folder.mkdir(parents=True, exist_ok=True)
    tensorfile.write(folder / FILE, {PREFIX + name: tensor for name, tensor in adapters.items()}, {"format": "pt"})
    (folder / CONFIG).write_text(json.dumps({
        "peft_type": "LORA", "task_type": "CAUSAL_LM", "r": rank, "lora_alpha": alpha, "lora_dropout": 0.0, "bias": "none",
        "target_modules": sorted(layers), "base_model_name_or_path": None, "inference_mode": True}, indent=2), encoding="utf-8")


def merged(weights, adapters, scale):
    """Yields name and tensor of each weight with its adapters added. adapters: by name, without the prefix."""
    unused = {name.rpartition(".lora_")[0] for name in adapters}
    for name, tensor in weights:
        layer = name.rpartition(".weight")[0]
        if layer in unused:
            unused.remove(layer)
            change = adapters[f"{layer}.lora_B.weight"].float() @ adapters[f"{layer}.lora_A.weight"].float()
            tensor = (tensor.float() + change * scale).to(tensor.dtype)
        yield name, tensor
    if unused:
        raise TrainingError(f"The model has no {sorted(unused)[0]}.weight, but there are adapters for it: they belong to another model.")
