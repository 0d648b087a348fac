"""Tokenizers: one token for each byte, or the tokenizer of a model directory."""
import torch

from console import TrainingError


class ByteTokenizer:
    """A token is a byte; 0, which does not occur in text, separates texts."""

    vocabulary = 256
    end = 0

    @staticmethod
    def encode(text):
        return torch.frombuffer(bytearray(text.encode()), dtype=torch.uint8) if text else torch.empty(0, dtype=torch.uint8)


class HuggingFaceTokenizer:
    """A tokenizer of the transformers library; its end-of-text token separates texts."""

    def __init__(self, tokenizer, folder):
        self._tokenizer = tokenizer
        self.end = tokenizer.eos_token_id
        if self.end is None:
            raise TrainingError(f"The tokenizer in {folder} has no eos_token, which is needed to separate texts.")

    def encode(self, text):
        return torch.tensor(self._tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"], dtype=torch.int32)
