"""Bad input and bad luck: one sentence in output/failure, an exit code other than 0, on every node, and soon."""
import json
import re
import signal

import pytest


def fails(job, sentence, nodes=1, **settings):
    """Runs a job that must fail on all nodes; one of them must say the sentence."""
    attempt = job.start(nodes, **settings)
    codes = attempt.wait()
    sentences = [attempt.failure(node) for node in range(nodes)]
    assert all(code == 1 for code in codes), attempt.text()
    assert any(sentence in said for said in sentences), sentences
    assert all("\n" not in said for said in sentences)
    return attempt


def test_missing_channel(job):
    job.channels = {}
    fails(job, "Channel 'train' is missing: there is no folder ")


def test_channel_without_texts(job):
    job.channels = {"train": {"picture.png": "x"}}
    fails(job, "Channel 'train' is empty")


@pytest.mark.parametrize("content, sentence", [
    ("", "a.jsonl:1: the file is empty"),
    ('{"text": "one"}\n\n{"text": "two"}\n', "a.jsonl:2: the line is empty"),
    ('{"text": "one"}\n{"text": \n', "a.jsonl:2: the line is not valid JSON"),
    ('{"text": "one"}\n["text"]\n', 'a.jsonl:2: the line must be an object with "text"'),
    ('{"prompt": "one", "completion": 2}\n', 'a.jsonl:1: the line must be an object with "text"'),
    (b'{"text": "\xff"}\n', "a.jsonl is not UTF-8 text"),
])
def test_malformed_jsonl_is_named_with_its_line(job, content, sentence):
    job.channels = {"train": {"a.jsonl": content}}
    fails(job, sentence)


def test_too_little_text(job):
    job.channels = {"train": {"a.txt": "short"}}
    fails(job, "There is too little text: 6 tokens")


def test_hyperparameter_that_does_not_parse(job):
    fails(job, "Hyperparameter total_steps is 'many', but must be a whole number.", total_steps="many")


def test_world_that_does_not_divide_the_batch(job):
    fails(job, "batch_size is 16, which 3 processes cannot share evenly: use 15 or 18, or another number of nodes.", nodes=3, batch_size=16)


def test_sequence_longer_than_the_model_allows(job):
    job.channels["model"] = {"config.json": json.dumps({"model_type": "llama", "max_position_embeddings": 8}), "model.safetensors": empty_weights()}
    fails(job, "context is 16, longer than the 8 tokens that the model in channel 'model' allows")


def test_model_directory_without_weights(job):
    job.channels["model"] = {"config.json": '{"model_type": "llama"}', "pytorch_model.bin": "pickled"}
    fails(job, "holds no weights: a model directory needs *.safetensors")


def test_model_directory_with_an_index_but_not_all_files(job):
    job.channels["model"] = {"config.json": "{}", "model.safetensors.index.json": '{"weight_map": {"a": "model-00001-of-00002.safetensors"}}'}
    fails(job, "lacks model-00001-of-00002.safetensors")


def test_weights_that_are_cut_short(job):
    job.channels["model"] = {"config.json": "{}", "model.safetensors": empty_weights()[:-4]}
    fails(job, "is not a complete safetensors file")


def test_checkpoint_of_another_model(job):
    job.upload(job.run(total_steps=4))
    fails(job, "Checkpoint step 4 belongs to another model: embedding_size=16 in the checkpoint and embedding_size=32 here.", nodes=2, total_steps=4, embedding_size=32)


def test_checkpoint_of_a_run_of_another_length(job):
    job.upload(job.run(total_steps=4))
    fails(job, "Checkpoint step 4 belongs to another run: total_steps is 4 in the checkpoint and 8 here.", nodes=2, total_steps=8)


def test_nodes_with_different_data(job):
    fails(job, "algo-1 (rank 0) and algo-2 (rank 1) would not train the same (data=", nodes=2, more_texts={1: "only here"})


def test_loss_that_is_no_number_stops_with_step_and_batch(job):
    attempt = fails(job, "The loss became nan at step 7, whose batch on algo-1 (rank 0) is the sequences ", nodes=2,
                    checkpoint_async=0, faults={number: {"nan": 6} for number in range(2)})
    assert "(squares.txt:1)" in attempt.failure(0)
    job.upload(attempt)
    assert job.newest_complete() == 4


def test_a_peer_that_never_joins_is_named(job):
    attempt = job.start(nodes=3, present=[0, 1], peer_timeout_seconds=3)
    assert attempt.wait() == [1, 1]
    assert all("Peer algo-3 (rank 2) did not join at 127.0.0.1:" in attempt.failure(node) for node in range(2))


@pytest.mark.parametrize("killed", [0, 1, 2])
def test_a_peer_that_is_lost_is_named_by_all_others(job, killed):
    attempt = job.start(nodes=3, faults={killed: {"kill": ["step", 5]}})
    codes = attempt.wait()
    others = [node for node in range(3) if node != killed]
    assert codes[killed] == -signal.SIGKILL and all(codes[node] == 1 for node in others)
    assert [attempt.failure(node) for node in others] == [f"Peer algo-{killed + 1} (rank {killed}) was lost."] * 2


@pytest.mark.parametrize("background", [1, 0])
def test_a_full_disk_costs_a_checkpoint_and_not_the_run(job, background):
    attempt = job.start(faults={1: {"full": [2, 3]}}, checkpoint_async=background)
    assert attempt.wait() == [0, 0], attempt.text()
    saved = re.findall(r"^checkpoint step=(\d+) files=2 ", attempt.text(), re.MULTILINE)
    failed = re.findall(r"^checkpoint step=\d+ failed: (.*)", attempt.text(), re.MULTILINE)
    assert failed == [f"algo-2 (rank 1): [Errno 28] No space left on device; the newest is that of step {saved[0]}"] * 2
    assert saved[-1] == "24" and (background or saved == ["4", "16", "20", "24"])
    job.upload(attempt)
    assert sorted(path.name for path in job.s3.iterdir()) == [f"step-{int(step):08d}" for step in saved[-3:]]


def test_a_disk_that_stays_full_fails_the_run_with_its_last_checkpoint_whole(job):
    attempt = fails(job, "3 checkpoints in a row could not be saved: algo-2 (rank 1): [Errno 28] No space left on device.", nodes=2,
                    faults={1: {"full": [2, 99]}})
    job.upload(attempt)
    first = job.newest_complete()
    assert sorted(path.name for path in job.s3.iterdir()) == [f"step-{first:08d}"]
    assert job.run().resumed == first


def empty_weights():
    """A safetensors file with one tensor of four bytes."""
    header = json.dumps({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    return len(header).to_bytes(8, "little") + header + bytes(4)
