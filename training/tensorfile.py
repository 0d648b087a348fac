"""Reads and writes the safetensors format: eight bytes with the header's length, the header as JSON, the tensors' bytes.

Model directories, model archives and checkpoints use it. Reading it does not execute code.
"""
import ctypes
import json
import math
import struct

import torch

from console import TrainingError

DTYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
          "I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8, "BOOL": torch.bool}
NAMES = {dtype: name for name, dtype in DTYPES.items()}
LARGEST_HEADER = 100 << 20


def size_of(dtype):
    """Bytes of one element."""
    return torch.empty((), dtype=dtype).element_size()


def header(tensors, metadata=None):
    """The header of a file. tensors: name, dtype and shape of each, in the order of their bytes, which follow without a gap."""
    entries, offset = {"__metadata__": metadata} if metadata else {}, 0
    for name, dtype, shape in tensors:
        end = offset + size_of(dtype) * math.prod(shape)
        entries[name] = {"dtype": NAMES[dtype], "shape": list(shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(entries).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text


def bytes_of(tensor):
    """A contiguous CPU tensor's memory, without a copy."""
    if tensor.numel() == 0:
        return memoryview(bytearray())
    memory = (ctypes.c_char * (tensor.numel() * tensor.element_size())).from_address(tensor.data_ptr())
    # The view keeps a reference to the tensor, so its memory is not reused.
    memory.tensor = tensor
    return memoryview(memory).cast("B")


def write(path, tensors, metadata=None):
    """Writes tensors by name."""
    with open(path, "wb") as file:
        file.write(header([(name, tensor.dtype, tuple(tensor.shape)) for name, tensor in tensors.items()], metadata))
        for tensor in tensors.values():
            ready = tensor.detach().cpu().contiguous()
            file.write(bytes_of(ready))


class TensorFile:
    """An open file; reads single tensors or parts of them."""

    def __init__(self, path):
        self.path = path
        self._file = open(path, "rb")
        try:
            size = self._file.seek(0, 2)
            self._file.seek(0)
            length, = struct.unpack("<Q", self._file.read(8))
            if length > min(size - 8, LARGEST_HEADER):
                raise ValueError("its header is longer than the file")
            entries = json.loads(self._file.read(length))
            self.metadata = entries.pop("__metadata__", {})
            self._start = 8 + length
            self.entries = {name: (DTYPES[entry["dtype"]], tuple(entry["shape"]), *entry["data_offsets"]) for name, entry in entries.items()}
            for name, (dtype, shape, begin, end) in self.entries.items():
                if begin < 0 or end - begin != math.prod(shape) * size_of(dtype) or self._start + end > size:
                    raise ValueError(f"{name} is cut short")
        except (ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
            self._file.close()
            raise TrainingError(f"{path} is not a complete safetensors file: {error}.") from error

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def read(self, name):
        dtype, shape, *_ = self.entries[name]
        return self.read_part(name, 0, math.prod(shape)).reshape(shape)

    def read_part(self, name, start, length):
        """Elements of a tensor in the order of the file, row by row, from start."""
        dtype, _, begin, _ = self.entries[name]
        target = torch.empty(length, dtype=dtype)
        self._file.seek(self._start + begin + start * target.element_size())
        if self._file.readinto(bytes_of(target)) != length * target.element_size():
            raise TrainingError(f"{self.path} became shorter while it was read.")
        return target
