"""Fine-tuning what channel `model` holds: all weights or adapters, as far as it goes without the transformers library."""
import json
import subprocess
import sys

import pytest
from cluster import Job
from conftest import NO_TORCH, TRAINING

torch = pytest.importorskip("torch", reason=NO_TORCH)
import lora  # noqa: E402
import tensorfile  # noqa: E402
from console import TrainingError  # noqa: E402
from model import ByteGpt  # noqa: E402


@pytest.fixture(scope="module")
def pretrained(zygote, tmp_path_factory):
    """A model directory: what a run of the small GPT left."""
    return Job(zygote, tmp_path_factory.mktemp("pretrained")).run().folders[0] / "model"


def fine_tuned(zygote, folder, pretrained, **settings):
    job = Job(zygote, folder, total_steps=8, learning_rate=0.01, **settings)
    job.channels["model"] = {path.name: path.read_bytes() for path in pretrained.iterdir()}
    return job


def read(path):
    with tensorfile.TensorFile(path) as file:
        return {name: file.read(name) for name in file.entries}


def test_all_weights_continue_from_those_of_the_directory(zygote, tmp_path, pretrained):
    before = json.loads((pretrained / "metrics.json").read_text())["metrics"]["train:loss"]
    attempt = fine_tuned(zygote, tmp_path, pretrained).run()
    assert abs(attempt.curve()[1] - before) < 0.2 and attempt.curve()[8] < attempt.curve()[1]
    weights = read(attempt.folders[0] / "model" / "model.safetensors")
    assert weights.keys() == read(pretrained / "model.safetensors").keys()
    assert json.loads((attempt.folders[0] / "model" / "config.json").read_text())["model_type"] == "byte-gpt"


def test_adapters_alone_are_trained_saved_and_merged(zygote, tmp_path, pretrained):
    job = fine_tuned(zygote, tmp_path / "job", pretrained, lora_rank=4, lora_merge=1, lora_targets="q_proj,up_proj")
    interrupted = job.start(faults={0: {"kill": ["step", 6]}})
    interrupted.wait_for_interruption()
    job.upload(interrupted)
    attempt = job.run()
    undisturbed = fine_tuned(zygote, tmp_path / "undisturbed", pretrained, lora_rank=4, lora_targets="q_proj,up_proj").run()
    assert attempt.final["metrics"] == undisturbed.final["metrics"]
    left = attempt.folders[0] / "model"
    adapters = read(left / "adapter" / "adapter_model.safetensors")
    assert sorted(adapters) == sorted(f"base_model.model.layers.0.{layer}.lora_{part}.weight" for layer in ("q_proj", "up_proj") for part in "AB")
    assert json.loads((left / "adapter" / "adapter_config.json").read_text())["target_modules"] == ["layers.0.q_proj", "layers.0.up_proj"]
    base, merged = read(pretrained / "model.safetensors"), read(left / "model.safetensors")
    assert {name for name in base if not torch.equal(base[name], merged[name])} == {"layers.0.q_proj.weight", "layers.0.up_proj.weight"}
    # A checkpoint holds adapters and their moments, not the frozen weights.
    entries = [name for path in (attempt.folders[0] / "checkpoints" / "step-00000008").glob("*.bin") for name in read(path)]
    assert entries and all(".lora_" in name for name in entries)
    assert not (undisturbed.folders[0] / "model" / "model.safetensors").exists()
    merge = [sys.executable, str(TRAINING / "merge.py"), str(pretrained), str(left / "adapter"), str(tmp_path / "merged")]
    subprocess.run(merge, check=True)
    again = read(tmp_path / "merged" / "model.safetensors")
    assert all(torch.equal(merged[name], again[name]) for name in merged)


def test_a_model_with_adapters_says_what_the_merged_one_says():
    torch.manual_seed(1)
    module, tokens = ByteGpt(6, 8, 2, 2), torch.randint(256, (2, 6))
    before = module(tokens)
    names = lora.attach(module, 2, 8.0, "o_proj, layers\\.1\\.(up|down)_proj", seed=1)
    assert names == ["layers.0.o_proj", "layers.1.o_proj", "layers.1.up_proj", "layers.1.down_proj"]
    assert torch.equal(module(tokens), before)
    for name, parameter in module.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter)
    tensors = dict(module.named_parameters())
    adapters = {name: tensor for name, tensor in tensors.items() if ".lora_" in name}
    merged = ByteGpt(6, 8, 2, 2)
    merged.load_state_dict(dict(lora.merged(((name, tensor) for name, tensor in tensors.items() if name not in adapters), adapters, 4.0)))
    assert torch.allclose(merged(tokens), module(tokens), atol=1e-5) and not torch.allclose(merged(tokens), before, atol=1e-2)


def test_targets_that_fit_nothing_and_adapters_of_another_model_are_refused():
    with pytest.raises(TrainingError, match="which no nn.Linear of the model matches; it has: down_proj, k_proj, lm_head, o_proj"):
        lora.attach(ByteGpt(6, 8, 1, 2), 2, 8.0, "c_attn", seed=1)
    with pytest.raises(TrainingError, match=r"lora_targets is 'q_\(proj', which is not a valid list of names or regular expressions"):
        lora.attach(ByteGpt(6, 8, 1, 2), 2, 8.0, "q_(proj", seed=1)
    with pytest.raises(TrainingError, match="The model has no other.weight"):
        list(lora.merged([("a.weight", torch.zeros(2, 2))], {"other.lora_A.weight": torch.zeros(1, 2), "other.lora_B.weight": torch.zeros(2, 1)}, 1))


def test_adapters_need_a_model(job):
    attempt = job.start(nodes=1, lora_rank=4)
    assert attempt.wait() == [1]
    assert attempt.failure() == "lora_rank is set, but there is no channel 'model': adapters need a model to adapt."


def test_a_model_of_transformers_needs_the_library(job):
    if "transformers" in sys.modules or subprocess.run([sys.executable, "-c", "import transformers"], capture_output=True).returncode == 0:
        pytest.skip("transformers is installed here: what happens without it was not tested")
    header = json.dumps({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    job.channels["model"] = {"config.json": '{"model_type": "llama"}', "model.safetensors": len(header).to_bytes(8, "little") + header + bytes(4)}
    attempt = job.start(nodes=1)
    assert attempt.wait() == [1]
    assert "holds a model of type 'llama', for which this image has no transformers library" in attempt.failure()
