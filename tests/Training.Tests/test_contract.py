"""The contract: what verify.py says of folders, and that the example for programs of one's own keeps to it. Needs no PyTorch."""
import json
import os
import shutil
import signal
import subprocess
import sys

import pytest
from conftest import TRAINING
from s3 import S3

EXAMPLE = TRAINING / "examples" / "minimal.py"


def run_example(base):
    environment = {**os.environ, "SAGEMAKER_BASE_DIR": str(base)}
    return subprocess.run([sys.executable, str(EXAMPLE)], env=environment, capture_output=True, text=True, check=True).stdout


def run_verify(folder):
    done = subprocess.run([sys.executable, str(TRAINING / "verify.py"), str(folder)], capture_output=True, text=True)
    return done.returncode, done.stdout.splitlines()


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    base = tmp_path_factory.mktemp("example")
    run_example(base)
    return base


@pytest.fixture
def checkpoints(example, tmp_path):
    """A copy of what the example left."""
    shutil.copytree(example / "checkpoints", tmp_path / "checkpoints")
    return tmp_path / "checkpoints"


def test_the_minimal_example_is_short_and_passes(example):
    assert len(EXAMPLE.read_text().splitlines()) < 60
    code, lines = run_verify(example / "checkpoints")
    assert code == 0
    assert [line.split()[:2] for line in lines[:-1]] == [[f"step-{step:08d}", "complete"] for step in (160, 180, 200)]
    assert json.loads((example / "model" / "metrics.json").read_text())["format"] == "final-metrics/1"


def test_the_minimal_example_continues_where_it_was_stopped(example, tmp_path):
    environment = {**os.environ, "SAGEMAKER_BASE_DIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, str(EXAMPLE)], env=environment, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if line.startswith("step=45 "):
                process.send_signal(signal.SIGKILL)
                break
    run_example(tmp_path)
    final = json.loads((tmp_path / "model" / "metrics.json").read_text())
    undisturbed = json.loads((example / "model" / "metrics.json").read_text())
    assert final["metrics"] == undisturbed["metrics"]
    assert run_verify(tmp_path / "checkpoints")[0] == 0


def test_nodes_that_train_alone_do_not_pass_for_nodes_that_train_together(tmp_path):
    environment = {**os.environ, "SAGEMAKER_BASE_DIR": str(tmp_path), "RANK": "0", "WORLD_SIZE": "2"}
    done = subprocess.run([sys.executable, str(EXAMPLE)], env=environment, capture_output=True, text=True)
    assert done.returncode == 1 and "no file of rank 1" in done.stderr
    assert not list(tmp_path.glob("**/manifest.json"))


@pytest.mark.parametrize("change, reason", [
    (lambda folder: (folder / "rank-0.bin").unlink(), "rank-0.bin is missing"),
    (lambda folder: (folder / "rank-0.bin").write_bytes(b"x"), "rank-0.bin has 1 bytes instead of"),
    (lambda folder: flip(folder / "rank-0.bin"), "rank-0.bin is corrupt, its SHA-256 is not the manifest's"),
    (lambda folder: (folder / "manifest.json").unlink(), "it has no manifest.json"),
    (lambda folder: (folder / "manifest.json").write_bytes(b"{"), "its manifest.json is not valid JSON"),
    (lambda folder: edit(folder, format="checkpoint-manifest/2"), "format in its manifest.json"),
    (lambda folder: edit(folder, step=7), "its manifest.json is for step 7"),
    (lambda folder: edit(folder, world_size=0), "world_size in its manifest.json"),
    (lambda folder: edit(folder, metrics={}), "metrics in its manifest.json"),
    (lambda folder: edit(folder, lineage=[]), "lineage in its manifest.json"),
    (lambda folder: edit(folder, files=[{"path": "../x", "rank": 0, "size": 1, "sha256": "0" * 64}]), "files in its manifest.json"),
    (lambda folder: edit(folder, written_at="yesterday"), "written_at in its manifest.json"),
    (lambda folder: edit(folder, job=None), "job in its manifest.json"),
])
def test_an_incomplete_checkpoint_is_named(checkpoints, change, reason):
    change(checkpoints / "step-00000200")
    code, lines = run_verify(checkpoints)
    assert code == 1 and lines[-1] == "the newest checkpoint is not complete"
    assert f"step-00000200 incomplete: {reason}" in lines[-2]
    assert " complete " in lines[-3]


def test_only_the_newest_has_to_be_complete(checkpoints):
    (checkpoints / "step-00000160" / "rank-0.bin").unlink()
    (checkpoints / "step-00000200" / "rank-1.bin.sagemaker-uploading").write_bytes(b"half")
    assert run_verify(checkpoints)[0] == 0


def test_nothing_there(tmp_path):
    assert run_verify(tmp_path) == (1, ["there is no checkpoint"])
    assert run_verify(tmp_path / "nowhere")[0] == 2


def test_a_prefix_in_s3_is_read_page_by_page(checkpoints, boto3_python):
    with S3(checkpoints.parent, page=2) as server:
        environment = {**os.environ, "AWS_ENDPOINT_URL": server.url, "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_DEFAULT_REGION": "eu-west-1"}
        command = [boto3_python, str(TRAINING / "verify.py"), "s3://bucket/checkpoints"]
        whole = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert whole.returncode == 0 and whole.stdout.splitlines() == run_verify(checkpoints)[1], whole.stderr
        flip(checkpoints / "step-00000200" / "rank-0.bin")
        damaged = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert damaged.returncode == 1 and "step-00000200 incomplete: rank-0.bin is corrupt" in damaged.stdout


@pytest.fixture(scope="module")
def boto3_python():
    """An interpreter that has boto3: this one, or that of the command line."""
    for python in (sys.executable, "python3"):
        if subprocess.run([python, "-c", "import boto3"], capture_output=True).returncode == 0:
            return python
    return pytest.skip("boto3 is not installed here: verify.py was not tested on S3")


def flip(path):
    content = bytearray(path.read_bytes())
    content[0] ^= 1
    path.write_bytes(content)


def edit(folder, **members):
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **members}))
