"""Interruptions: an interrupted run continues as if nothing had happened, on any number of nodes."""
import signal

import pytest
from cluster import Job


def interrupt(job, at_step, nodes=2, **settings):
    """Runs until a step is done, kills every node, and brings S3 up to date; a checkpoint is complete before the next step."""
    attempt = job.start(nodes, faults={0: {"kill": ["step", at_step]}}, **{"checkpoint_async": 0, **settings})
    attempt.wait_for_interruption()
    assert attempt.codes[0] == -signal.SIGKILL
    job.upload(attempt)
    return attempt


def show(title, curve):
    print(title + ": " + " ".join(f"{step}:{loss!r}" for step, loss in sorted(curve.items())))


@pytest.mark.parametrize("background", [1, 0])
def test_an_interrupted_run_repeats_the_undisturbed_curve(zygote, tmp_path, background):
    undisturbed = Job(zygote, tmp_path / "undisturbed").run().curve()
    job = Job(zygote, tmp_path / "interrupted")
    curve, kept = {}, []
    for steps in (10, 9):
        attempt = interrupt(job, steps, checkpoint_async=background)
        assert attempt.resumed == (kept[-1] if kept else None)
        kept.append(job.newest_complete())
        curve.update(attempt.curve())
    last = job.run(checkpoint_async=background)
    curve.update(last.curve())
    show("undisturbed", undisturbed)
    show("interrupted", curve)
    assert sorted(curve) == sorted(undisturbed) == list(range(1, 25))
    assert max(abs(curve[step] - undisturbed[step]) for step in curve) <= 1e-6
    assert [entry["from_step"] for entry in last.final["lineage"]] == [0, *kept]


@pytest.mark.parametrize("nodes", [1, 3])
def test_two_nodes_are_resumed_by_another_number(zygote, tmp_path, nodes):
    undisturbed = Job(zygote, tmp_path / "undisturbed").run().curve()
    job = Job(zygote, tmp_path / "interrupted")
    interrupt(job, 10)
    resumed = job.run(nodes=nodes)
    show("two nodes", undisturbed)
    show(f"from step {resumed.resumed} on {nodes}", resumed.curve())
    assert resumed.resumed == 8
    # Sums over another number of processes round differently in the last bits.
    assert max(abs(loss - undisturbed[step]) for step, loss in resumed.curve().items()) < 1e-4


def test_accumulated_gradients_are_those_of_the_whole_batch(zygote, tmp_path):
    whole = Job(zygote, tmp_path / "whole").run(total_steps=6).curve()
    parts = Job(zygote, tmp_path / "parts").run(total_steps=6, micro_batch_size=4, activation_checkpointing=1).curve()
    assert max(abs(parts[step] - whole[step]) for step in whole) < 1e-4


def test_a_damaged_checkpoint_is_ignored(job):
    job.run(total_steps=24)
    attempt = interrupt(job, 14)
    newest = job.newest_complete()
    shard = job.s3 / f"step-{newest:08d}" / "rank-1.bin"
    content = bytearray(shard.read_bytes())
    content[-1] ^= 1
    shard.write_bytes(content)
    (job.s3 / f"step-{newest:08d}" / "rank-0.bin.sagemaker-uploading").write_bytes(b"half")
    resumed = job.run()
    assert newest == 12 and resumed.resumed == 8
    assert "ignoring step-00000012: rank-1.bin is corrupt" in resumed.text()
    assert attempt.resumed is None


def test_sigterm_saves_and_ends_well(job):
    attempt = job.start(total_steps=100000)
    attempt.wait_for(r"^step=5 ")
    attempt.signal(signal.SIGTERM, node=1)
    assert attempt.wait() == [0, 0]
    job.upload(attempt)
    stopped = attempt.last_step
    assert f"stopped step={stopped} of 100000" in attempt.text()
    assert job.newest_complete() == stopped
    assert not (attempt.folders[0] / "model").exists()


def test_a_finished_run_that_is_started_again_only_leaves_the_model(job):
    first = job.run()
    job.upload(first)
    again = job.run()
    assert again.curve() == {} and again.final["metrics"] == first.final["metrics"]


def test_auto_interval_is_worked_out_at_each_resume(job):
    settings = {"checkpoint_interval": "auto", "expected_time_between_interruptions_seconds": 1000, "checkpoint_interval_steps": 4}
    interrupt(job, 6, **settings)
    resumed = job.run(**settings)
    line = next(line for line in resumed.text().splitlines() if line.startswith("checkpoint interval_seconds="))
    seconds, stall, mean, after = (float(part.partition("=")[2]) for part in line.split()[1:])
    ran = resumed.final["lineage"][1]["from_ran_seconds"]
    assert after == 1 and mean == pytest.approx((1000 + ran) / 2, abs=0.06)
    assert seconds == pytest.approx(max((2 * stall * mean) ** 0.5, 10 * stall, 1), rel=0.01, abs=0.06)
