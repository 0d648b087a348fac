"""The path of the program, and the simulated nodes that its tests run it on. `python3 -m pytest tests/Training.Tests`"""
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
TRAINING = REPOSITORY / "training"
NO_TORCH = "PyTorch is not installed here: what trains was not tested"
sys.path.insert(0, str(TRAINING))


def pytest_addoption(parser):
    parser.addoption("--tier", choices=["default", "all"], default="default", help="all: also what takes minutes")


@pytest.fixture(scope="session")
def zygote():
    pytest.importorskip("torch", reason=NO_TORCH)
    from cluster import Zygote
    with Zygote() as started:
        yield started


@pytest.fixture
def job(zygote, tmp_path):
    """A training job of two nodes over a few texts; each start prints every step."""
    from cluster import Job
    return Job(zygote, tmp_path)
