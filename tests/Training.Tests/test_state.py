"""Tensors in files: the format, and pieces that any number of ranks take up."""
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)
import state  # noqa: E402
import tensorfile  # noqa: E402
from console import TrainingError  # noqa: E402
from model import ByteGpt  # noqa: E402


def trained(seed):
    """A small model after two steps, with its optimizer."""
    torch.manual_seed(seed)
    module = ByteGpt(context=6, embedding_size=6, layers=1, heads=2)
    optimizer = torch.optim.AdamW(module.parameters(), lr=0.01)
    state.prepare(optimizer)
    for _ in range(2):
        module(torch.randint(256, (2, 6))).sum().backward()
        optimizer.step()
    return module, optimizer, state.named_tensors(module, optimizer)


def save(folder, tensors, world):
    """What `world` ranks would write, and the part of a manifest that speaks of it."""
    for rank in range(world):
        pieces = state.pieces_of(tensors, rank, world)
        tensorfile.write(folder / f"rank-{rank}.bin", {piece.key: piece.flat() for piece in pieces})
    return {"step": 2, "files": [{"path": f"rank-{rank}.bin"} for rank in range(world)]}


@pytest.mark.parametrize("world", [1, 2, 3, 5, 16])
def test_every_element_is_saved_once_and_restored(tmp_path, world):
    _, _, tensors = trained(1)
    manifest = save(tmp_path, tensors, world)
    _, optimizer, others = trained(2)
    state.restore(others, tmp_path, manifest)
    assert all(torch.equal(tensors[name], others[name]) for name in tensors)
    sizes = [sum(piece.length for piece in state.pieces_of(tensors, rank, world)) for rank in range(world)]
    assert max(sizes) - min(sizes) <= 1
    assert {int(moments["step"]) for moments in optimizer.state.values()} == {2}


def test_moments_made_ready_are_those_of_the_first_step():
    results = []
    for ready in (False, True):
        torch.manual_seed(3)
        layer = torch.nn.Linear(3, 2)
        optimizer = torch.optim.AdamW(layer.parameters(), lr=0.1)
        if ready:
            state.prepare(optimizer)
        layer(torch.ones(1, 3)).sum().backward()
        optimizer.step()
        results.append({name: {key: torch.as_tensor(value) for key, value in optimizer.state[parameter].items()}
                        for name, parameter in layer.named_parameters()})
    assert all(results[0][name].keys() == results[1][name].keys() for name in results[0])
    assert all(torch.equal(results[0][name][key], results[1][name][key]) for name in results[0] for key in results[0][name])


def test_what_does_not_fit_is_of_another_model(tmp_path):
    _, _, tensors = trained(1)
    manifest = save(tmp_path, tensors, 2)
    fewer = {name: tensor for name, tensor in tensors.items() if "lm_head" not in name}
    with pytest.raises(TrainingError, match="it holds model/lm_head.weight:.*, which this model does not have"):
        state.restore(fewer, tmp_path, manifest)
    with pytest.raises(TrainingError, match="it lacks 4 elements of more"):
        state.restore({**tensors, "more": torch.zeros(4)}, tmp_path, manifest)
    with pytest.raises(TrainingError, match="model/norm.weight is torch.float32 in the checkpoint and torch.float64 here"):
        state.restore({**tensors, "model/norm.weight": torch.zeros(6, dtype=torch.float64)}, tmp_path, manifest)
    with pytest.raises(TrainingError, match="beyond the 3 of this model's"):
        state.restore({**tensors, "model/norm.weight": torch.zeros(3)}, tmp_path, manifest)


def test_tensors_of_all_kinds_come_back(tmp_path):
    tensors = {dtype: torch.arange(6).reshape(2, 3).to(dtype) for dtype in tensorfile.NAMES}
    tensors = {f"of {dtype}": tensor for dtype, tensor in tensors.items()} | {"none": torch.empty(0, 3), "one": torch.tensor(5.0), "turned": torch.arange(6.0).reshape(2, 3).T}
    tensorfile.write(tmp_path / "a.safetensors", tensors, {"format": "pt"})
    with tensorfile.TensorFile(tmp_path / "a.safetensors") as file:
        assert file.metadata == {"format": "pt"} and list(file.entries) == list(tensors)
        assert all(torch.equal(file.read(name), tensor) and file.read(name).dtype == tensor.dtype for name, tensor in tensors.items())
        assert file.read_part("of torch.int64", 2, 3).tolist() == [2, 3, 4]


def test_the_format_is_that_of_the_safetensors_library(tmp_path):
    library = pytest.importorskip("safetensors.torch", reason="safetensors is not installed here: its reading of our files was not tested")
    tensors = {"a": torch.randn(3, 4), "b": torch.arange(5, dtype=torch.bfloat16)}
    tensorfile.write(tmp_path / "ours.safetensors", tensors)
    assert all(torch.equal(tensor, tensors[name]) for name, tensor in library.load_file(tmp_path / "ours.safetensors").items())
    library.save_file(tensors, tmp_path / "theirs.safetensors")
    with tensorfile.TensorFile(tmp_path / "theirs.safetensors") as file:
        assert all(torch.equal(file.read(name), tensor) for name, tensor in tensors.items())


@pytest.mark.parametrize("content", [
    b"", b"\x05\0\0\0\0\0\0\0{", b"\xff\xff\xff\xff\xff\xff\xff\x7f{}", b"\x02\0\0\0\0\0\0\0[]", b"\x02\0\0\0\0\0\0\0\xff\xff",
    (lambda text: len(text).to_bytes(8, "little") + text)(json.dumps({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()) + b"1234567",
    (lambda text: len(text).to_bytes(8, "little") + text)(json.dumps({"a": {"dtype": "F99", "shape": [2], "data_offsets": [0, 8]}}).encode()) + b"12345678",
])
def test_a_broken_file_is_named(tmp_path, content):
    (tmp_path / "a.safetensors").write_bytes(content)
    with pytest.raises(TrainingError, match="a.safetensors is not a complete safetensors file"):
        tensorfile.TensorFile(tmp_path / "a.safetensors")


def test_the_benchmark_of_a_save_runs():
    command = [sys.executable, str(Path(__file__).with_name("bench_checkpoint.py")), "5", "2"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    print(printed)
    assert re.search(r"^ratio [0-9.]+$", printed, re.MULTILINE)
