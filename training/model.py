"""The small GPT, and what all models have in common here: call, loss and layers."""
from dataclasses import dataclass, field

import torch
from torch import nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

import tensorfile
from console import TrainingError
from tokenizer import ByteTokenizer

BYTE_GPT = "byte-gpt"


@dataclass
class LanguageModel:
    """A model with its tokenizer and configuration.

    source: the directory it was read from, or None. config: the content of the archive's config.json. fingerprint: a text that is
    equal only for models with the same initial weights.
    """

    module: nn.Module
    tokenizer: object
    fingerprint: str
    config: dict
    source: object = None
    dtypes: dict = field(default_factory=dict)


class Block(nn.Module):
    """Attention and a feed-forward layer, each normalised before and added."""

    def __init__(self, size, heads):
        super().__init__()
        self.heads = heads
        self.attention_norm, self.feed_norm = nn.LayerNorm(size), nn.LayerNorm(size)
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (nn.Linear(size, size) for _ in range(4))
        self.up_proj, self.down_proj = nn.Linear(size, 4 * size), nn.Linear(4 * size, size)

    def forward(self, hidden):
        normal = self.attention_norm(hidden)
        query, key, value = (layer(normal).unflatten(-1, (self.heads, -1)).transpose(1, 2) for layer in (self.q_proj, self.k_proj, self.v_proj))
        hidden = hidden + self.o_proj(_attend(query, key, value).transpose(1, 2).flatten(2))
        return hidden + self.down_proj(functional.gelu(self.up_proj(self.feed_norm(hidden))))


class ByteGpt(nn.Module):
    """A decoder-only transformer over bytes."""

    def __init__(self, context, embedding_size, layers, heads):
        super().__init__()
        self.embed_tokens = nn.Embedding(ByteTokenizer.vocabulary, embedding_size)
        self.embed_positions = nn.Embedding(context, embedding_size)
        self.layers = nn.ModuleList(Block(embedding_size, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(embedding_size)
        self.lm_head = nn.Linear(embedding_size, ByteTokenizer.vocabulary, bias=False)
        self.recompute = False
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.02)

    def gradient_checkpointing_enable(self, _):
        """As in the models of transformers; its argument has no effect here."""
        self.recompute = True

    def forward(self, tokens):
        hidden = self.embed_tokens(tokens) + self.embed_positions(torch.arange(tokens.shape[1], device=tokens.device))
        for block in self.layers:
            if self.recompute and torch.is_grad_enabled():
                hidden = checkpoint(block, hidden, use_reentrant=False)
            else:
                hidden = block(hidden)
        return self.lm_head(self.norm(hidden))


def new_gpt(settings):
    """The small GPT with weights that the seed decides."""
    torch.manual_seed(settings.seed)
    config = {name: getattr(settings, name) for name in ("context", "embedding_size", "layers", "heads")}
    fingerprint = " ".join(f"{name}={value}" for name, value in config.items())
    return LanguageModel(ByteGpt(**config), ByteTokenizer(), f"{BYTE_GPT}/1 {fingerprint}", {"model_type": BYTE_GPT, **config})


def gpt_of(folder, config, weights):
    """The small GPT that an earlier run saved in a directory. weights: name to the file that holds it."""
    try:
        module = ByteGpt(**{name: config[name] for name in ("context", "embedding_size", "layers", "heads")})
        for name, parameter in module.named_parameters():
            with tensorfile.TensorFile(weights[name]) as file, torch.no_grad():
                parameter.copy_(file.read(name))
    except (KeyError, TypeError, RuntimeError) as error:
        raise TrainingError(f"{folder} is not a complete {BYTE_GPT}: its config.json and its weights do not match ({error}).") from error
    return LanguageModel(module, ByteTokenizer(), "", config, folder)


def logits_of(module, tokens):
    """The logits of a model: the small GPT, or one of transformers."""
    output = module(tokens)
    return output if isinstance(output, torch.Tensor) else output.logits


def loss_sum(module, inputs, targets):
    """The sum of the losses of all targets that count."""
    logits = logits_of(module, inputs).float()
    return functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum")


def layer_list(module):
    """The model's repeated layers: its longest list of modules."""
    return max((child for child in module.modules() if isinstance(child, nn.ModuleList)), key=len, default=nn.ModuleList())


def _attend(query, key, value):
    if hasattr(functional, "scaled_dot_product_attention"):
        return functional.scaled_dot_product_attention(query, key, value, is_causal=True)
    length = query.shape[-2]
    ahead = torch.ones(length, length, dtype=torch.bool, device=query.device).triu(1)
    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    return scores.masked_fill(ahead, float("-inf")).softmax(-1) @ value
