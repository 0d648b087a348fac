"""SIGKILL at random moments, among them the worst ones: every start resumes from the newest complete checkpoint."""
import random
import signal

import pytest
from cluster import Job
from conftest import NO_TORCH

pytest.importorskip("torch", reason=NO_TORCH)
from faults import MOMENTS  # noqa: E402

INTERVAL = 4
STEPS = 40


@pytest.mark.parametrize("background", [1, 0], ids=["in the background", "standing still"])
def test_a_run_survives_kills_at_random_moments(zygote, tmp_path, background, request):
    generator = random.Random(20261123 + background)
    undisturbed = Job(zygote, tmp_path / "undisturbed", total_steps=STEPS, keep_checkpoints=2).run().final["metrics"]
    job = Job(zygote, tmp_path / "killed", total_steps=STEPS, keep_checkpoints=2, checkpoint_async=background)
    # Each kind of moment comes; within a kind the n-th one is drawn, not too late for the run to be over.
    kinds = [*MOMENTS] * (3 if request.config.getoption("tier") == "all" else 1)
    generator.shuffle(kinds)
    told = []
    for kind in kinds:
        node = 0 if kind == "manifest" else generator.randrange(2)
        moment = [kind, generator.randint(1, {"step": 12, "rotation": 1, "manifest": 2, "shard": 20}.get(kind, 3))]
        attempt = start_and_kill(job, node, moment)
        if attempt is None:
            # It was through before its moment came: the kill meets a new run.
            job = Job(zygote, tmp_path / f"killed-{len(told)}", total_steps=STEPS, keep_checkpoints=2, checkpoint_async=background)
            attempt = start_and_kill(job, node, moment)
        kept = job.newest_complete()
        told.append(f"{kind} {moment[1]} of node {node + 1}: from {attempt.resumed}, killed after {attempt.last_step}, kept {kept}")
        assert attempt.last_step - (kept or 0) <= INTERVAL, f"step {attempt.last_step} was reached, and step {kept} is all that is left"
    print("\n".join(told))
    assert job.run().final["metrics"] == undisturbed


def start_and_kill(job, node, moment):
    """One start of a job, which must resume from the newest complete checkpoint; None if it ended before the moment."""
    expected = job.newest_complete()
    attempt = job.start(faults={node: {"kill": moment}})
    attempt.wait_for_interruption()
    job.upload(attempt)
    assert attempt.resumed == expected, attempt.text()
    assert attempt.codes == [0, 0] or -signal.SIGKILL in attempt.codes, attempt.text()
    return attempt if -signal.SIGKILL in attempt.codes else None

