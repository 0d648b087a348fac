"""Training data: the texts of a channel as one row of tokens, split into sequences, and the sequences of each step."""
import array
import bisect
import hashlib
import json
from dataclasses import dataclass

import torch

import tensorfile
from console import TrainingError

SUFFIXES = (".jsonl", ".md", ".txt")
IGNORED = -100


@dataclass(frozen=True)
class Origin:
    """Where each text of a corpus starts: its first token, its file, its line."""

    files: list
    starts: array.array
    indices: array.array
    lines: array.array

    def of(self, token):
        text = bisect.bisect_right(self.starts, token) - 1
        return f"{self.files[self.indices[text]]}:{self.lines[text]}"


@dataclass(frozen=True)
class Corpus:
    """Sequences of `context` tokens, each with those one further on as targets.

    counted: the tokens that count in the loss. first: the position of the first token in the channel.
    """

    tokens: torch.Tensor
    counted: torch.Tensor
    context: int
    origin: Origin
    first: int = 0

    def __len__(self):
        return max(0, (len(self.tokens) - 1) // self.context)

    def batch(self, numbers):
        """Inputs and targets of some sequences; targets that do not count are IGNORED."""
        rows = torch.as_tensor(numbers).unsqueeze(1) * self.context + torch.arange(self.context + 1)
        tokens, counted = self.tokens[rows].long(), self.counted[rows]
        return tokens[:, :-1], tokens[:, 1:].masked_fill(~counted[:, 1:], IGNORED)

    def weight(self, numbers):
        """How many targets of some sequences count; at least 1, to divide by."""
        rows = torch.as_tensor(numbers).unsqueeze(1) * self.context + torch.arange(1, self.context + 1)
        return max(1, int(self.counted[rows].sum()))

    def name_of(self, number):
        """Where a sequence starts, for messages."""
        return f"{number} ({self.origin.of(self.first + number * self.context)})"

    def require_sequences(self, held_out=0):
        """Returns itself. Raises TrainingError if no sequence is left after those that are held out."""
        if len(self) <= held_out:
            raise TrainingError(f"There is too little text: {len(self.tokens)} tokens are {len(self)} sequences of context {self.context}, "
                                f"of which {held_out} are held out: add more text, or lower context.")
        return self

    def split(self, fraction):
        """Two corpora: the text without the last `fraction` of its sequences, and those."""
        held_out = max(1, int(len(self) * fraction))
        cut = (len(self.require_sequences(held_out)) - held_out) * self.context
        return (Corpus(self.tokens[:cut + 1], self.counted[:cut + 1], self.context, self.origin),
                Corpus(self.tokens[cut:], self.counted[cut:], self.context, self.origin, cut))

    def digest(self):
        """A short text that identifies the corpus."""
        hashed = hashlib.sha256()
        for part in (self.tokens, self.counted):
            for begin in range(0, len(part), 1 << 22):
                block = part[begin:begin + (1 << 22)].to(torch.int32)
                hashed.update(tensorfile.bytes_of(block))
        return hashed.hexdigest()[:12]


class BatchSampler:
    """The sequences of each step. Each epoch goes through all of them in a new order, which depends only on the seed and the epoch.

    So an interrupted run uses the same sequences as an uninterrupted one, on any number of nodes.
    """

    def __init__(self, sequences, batch_size, seed):
        self.sequences, self.batch_size, self.seed = sequences, batch_size, seed
        self._epochs = {}

    def numbers(self, step):
        """The sequences of a step, counted from 0."""
        first = step * self.batch_size
        return torch.stack([self._epoch(position // self.sequences)[position % self.sequences] for position in range(first, first + self.batch_size)])

    def position(self, step):
        """Complete epochs, and the sequences used of the current one."""
        return dict(zip(("epoch", "offset"), divmod(step * self.batch_size, self.sequences)))

    def _epoch(self, number):
        if number not in self._epochs:
            generator = torch.Generator().manual_seed(self.seed * 1_000_003 + number)
            self._epochs = {known: order for known, order in self._epochs.items() if known >= number - 1}
            self._epochs[number] = torch.randperm(self.sequences, generator=generator)
        return self._epochs[number]


def read_channel(folder, tokenizer, context):
    """The corpus of a channel: every *.jsonl, *.md and *.txt below its folder, in order of their paths."""
    if not folder.is_dir():
        raise TrainingError(f"Channel '{folder.name}' is missing: there is no folder {folder}.")
    paths = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file())
    if not paths:
        raise TrainingError(f"Channel '{folder.name}' is empty: no {', '.join('*' + suffix for suffix in SUFFIXES)} in {folder}.")
    tokens, counted, length = [], [], 0
    origin = Origin([str(path.relative_to(folder)) for path in paths], array.array("q"), array.array("l"), array.array("q"))
    end = torch.tensor([tokenizer.end], dtype=torch.int32)
    for index, path in enumerate(paths):
        for line, parts in _texts(path):
            origin.starts.append(length)
            origin.indices.append(index)
            origin.lines.append(line)
            encoded = [(torch.as_tensor(tokenizer.encode(text)).to(torch.int32), counts) for text, counts in parts] + [(end, True)]
            tokens += [part for part, _ in encoded]
            counted += [torch.full((len(part),), counts) for part, counts in encoded]
            length += sum(len(part) for part, _ in encoded)
    return Corpus(torch.cat(tokens), torch.cat(counted), context, origin)


def _texts(path):
    """Line and parts of each text in a file; a part is a text and whether it counts."""
    try:
        if path.suffix != ".jsonl":
            yield 1, [(path.read_text(encoding="utf-8"), True)]
            return
        with open(path, encoding="utf-8") as file:
            number = 0
            for number, line in enumerate(file, 1):
                yield number, _parts(f"{path}:{number}", line)
            if number == 0:
                raise TrainingError(f"{path}:1: the file is empty; a JSONL file holds one object a line.")
    except UnicodeDecodeError as error:
        raise TrainingError(f"{path} is not UTF-8 text: {error}.") from error


def _parts(place, line):
    if not line.strip():
        raise TrainingError(f"{place}: the line is empty; a JSONL file holds one object a line.")
    try:
        record = json.loads(line)
    except ValueError as error:
        raise TrainingError(f"{place}: the line is not valid JSON: {error}.") from error
    if isinstance(record, dict) and isinstance(record.get("text"), str):
        return [(record["text"], True)]
    if isinstance(record, dict) and isinstance(record.get("prompt"), str) and isinstance(record.get("completion"), str):
        return [(record["prompt"], False), (record["completion"], True)]
    raise TrainingError(f'{place}: the line must be an object with "text", or with "prompt" and "completion", which are texts.')
