"""What a node checks before anything of a channel runs. Needs no PyTorch."""
import hashlib
import os
import shutil
import subprocess
import sys

import channels
import pytest
from conftest import TRAINING


@pytest.fixture
def base(tmp_path):
    """A node whose code channel holds the first program that runs, and one that says that it ran."""
    code = tmp_path / "input" / "data" / "code"
    (code / "models").mkdir(parents=True)
    for name in ("aws_request.py", "channels.py", "console.py", "entrypoint.sh", "node.py", "secret_environment.py"):
        shutil.copy(TRAINING / name, code / name)
    (code / "launch.py").write_text("import json, hashlib, sys\nprint('ran', *sys.argv[1:])\n")
    (code / "models" / "a.py").write_text("")
    (code / "a-b.py").write_text("")
    return tmp_path


def approve(base, channel="code"):
    """The variables that the pipeline sets for what the channel holds now."""
    lines = channels.lines_of(base / "input" / "data" / channel)
    suffix = "" if channel == "code" else "_" + channel.upper()
    kind = "CODE" if channel == "code" else "DATA"
    return {f"PIPELINE_{kind}_SHA256{suffix}": hashlib.sha256(b"".join(line for _, line in lines)).hexdigest(),
            f"PIPELINE_{kind}_MARKS{suffix}": "".join(hashlib.sha256(line).hexdigest()[:4] for _, line in lines)}


def start(base, variables):
    environment = {**os.environ, **variables, "SAGEMAKER_BASE_DIR": str(base), "PYTHON": sys.executable}
    return subprocess.run([str(base / "input" / "data" / "code" / "entrypoint.sh"), "--seed", "7"], env=environment, capture_output=True, text=True)


def test_what_was_approved_runs(base):
    done = start(base, approve(base))
    assert (done.returncode, done.stdout) == (0, "ran --seed 7\n"), done.stderr


def test_without_digests_nothing_is_compared(base):
    assert start(base, {}).stdout == "ran --seed 7\n"


@pytest.mark.parametrize("path", ["sitecustomize.py", "json.py", "__pycache__/launch.cpython-312.pyc", ".pth", "launch.py"])
def test_a_file_that_was_added_or_changed_fails_the_node_before_it_can_run(base, path):
    variables = approve(base)
    file = base / "input" / "data" / "code" / path
    file.parent.mkdir(exist_ok=True)
    file.write_text("print('poison')\n")
    done = start(base, variables)
    assert (done.returncode, done.stdout) == (1, "")
    failure = (base / "output" / "failure").read_text()
    assert f"'{path}'" in failure and "'code'" in failure


@pytest.mark.parametrize("spoil, named", [
    (lambda folder: (folder / "a.txt").write_text("poison"), "'a.txt'"),
    (lambda folder: (folder / "a.txt").rename(folder / "z.txt"), "'z.txt'"),
    (lambda folder: (folder / "a.txt").unlink(), "a file is missing"),
    (shutil.rmtree, "'train' is missing"),
])
def test_data_is_compared_too(base, spoil, named):
    folder = base / "input" / "data" / "train"
    folder.mkdir()
    (folder / "a.txt").write_text("harmless"[:6])
    (folder / "b.txt").write_text("more")
    variables = approve(base, "train")
    assert channels.problem(base, variables) is None
    spoil(folder)
    assert named in channels.problem(base, variables)


def test_the_digest_is_that_of_the_pipeline(base):
    """The same files as in ContentDigest's own test, with the digest that the pipeline gets."""
    folder = base / "input" / "data" / "model"
    folder.mkdir()
    for name in ("b.txt", "a.txt", "\ufffd.txt", "\U0001f600.txt"):
        (folder / name).write_text(name)
    lines = b"".join(line for _, line in channels.lines_of(folder))
    assert [line.split(b" ", 2)[2].decode().strip() for line in lines.splitlines()] == ["a.txt", "b.txt", "\ufffd.txt", "\U0001f600.txt"]


def test_a_large_file_is_hashed_in_the_parts_that_it_was_uploaded_in(tmp_path):
    for size in (0, channels.PART, channels.PART + 1, 2 * channels.PART + 7):
        content = os.urandom(1) * size
        (tmp_path / "file").write_bytes(content)
        parts = [hashlib.sha256(content[start:start + channels.PART]) for start in range(0, max(size, 1), channels.PART)]
        whole = parts[0] if len(parts) == 1 else hashlib.sha256(b"".join(part.digest() for part in parts))
        assert channels.sha256_of(tmp_path / "file") == (whole.hexdigest(), size)
    assert [channels.part_size(size) >> 20 for size in (10_000 * channels.PART, 10_000 * channels.PART + 1, 5 << 40)] == [16, 32, 1024]
