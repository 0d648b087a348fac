"""Low-rank adapters: beside a frozen nn.Linear, two small matrices whose product is what it learns.

Names and files are those of the peft library, so that what is left behind can be read by it.
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
    """What an nn.Linear becomes when it gets adapters; its own weight keeps its name."""

    def forward(self, hidden):
        return super().forward(hidden) + self.lora_B(self.lora_A(hidden)) * self.lora_scale


def attach(module, rank, alpha, targets, seed):
    """Freezes a model and gives each nn.Linear that targets name adapters; they change nothing yet.

    targets: ends of names or regular expressions for them, with commas between. Returns the names of the layers.
    """
    try:
        pattern = re.compile("|".join(rf"(?:.*\.)?(?:{target.strip()})" for target in targets.split(",")))
    except re.error as error:
        raise TrainingError(f"lora_targets is '{targets}', which is no list of names or regular expressions: {error}.") from error
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
        raise TrainingError(f"The model has no {sorted(unused)[0]}.weight, for which there are adapters: they belong to another model.")
