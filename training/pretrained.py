"""The model in channel `model`: a Hugging Face model directory, or the result of a run of the small GPT."""
import hashlib
import json
import math
import shutil

import lora
import model
import tensorfile
from console import TrainingError

INDEX = "model.safetensors.index.json"
WEIGHTS = "model.safetensors"
SAMPLE = 1024
# Names of the maximum sequence length in configurations.
LENGTHS = ("max_position_embeddings", "n_positions", "n_ctx", "context")
NOT_COPIED = (".safetensors", ".bin", ".pt", ".pth", ".h5", ".msgpack", ".onnx", ".gguf", ".index.json")


def load(folder, context):
    """The model of a directory with config.json and safetensors, on the CPU, in float32."""
    config = _read_json(folder / "config.json", "it is not a model directory")
    files = _weight_files(folder)
    longest = next((config[name] for name in LENGTHS if isinstance(config.get(name), int)), None)
    if longest is not None and context > longest:
        raise TrainingError(f"context is {context}, longer than the {longest} tokens that the model in channel 'model' allows: lower context.")
    weights, dtypes, hashed = {}, {}, hashlib.sha256(json.dumps(config, sort_keys=True).encode())
    for path in files:
        with tensorfile.TensorFile(path) as file:
            weights.update(dict.fromkeys(file.entries, path))
            dtypes.update({name: entry[0] for name, entry in file.entries.items()})
            hashed.update(json.dumps(sorted((name, str(entry)) for name, entry in file.entries.items())).encode())
            # Two fine-tuned models can have the same shapes; the first elements of each tensor differ.
            for name, (_, shape, *_) in sorted(file.entries.items()):
                hashed.update(tensorfile.bytes_of(file.read_part(name, 0, min(math.prod(shape), SAMPLE))))
    loaded = model.gpt_of(folder, config, weights) if config.get("model_type") == model.BYTE_GPT else _transformers_model(folder, config)
    loaded.dtypes = dtypes
    loaded.fingerprint = f"{config.get('model_type', 'model')}/{hashed.hexdigest()[:12]}"
    return loaded


def save(folder, loaded, tensors):
    """Writes a model directory: configuration and tokenizer of the loaded model, with the current weights."""
    folder.mkdir(parents=True, exist_ok=True)
    if loaded.source is None:
        (folder / "config.json").write_text(json.dumps(loaded.config, indent=2), encoding="utf-8")
    else:
        for path in loaded.source.iterdir():
            if path.is_file() and not path.name.endswith(NOT_COPIED):
                shutil.copyfile(path, folder / path.name)
    ready = {name: tensor.to(loaded.dtypes.get(name, tensor.dtype)) for name, tensor in tensors.items()}
    tensorfile.write(folder / WEIGHTS, ready, {"format": "pt"})


def merge(folder, adapter_folder, target):
    """Writes a copy of a model directory with adapters added to its weights."""
    settings = _read_json(adapter_folder / lora.CONFIG, "it is not a folder with adapters")
    with tensorfile.TensorFile(adapter_folder / lora.FILE) as file:
        adapters = {name[len(lora.PREFIX):]: file.read(name) for name in file.entries}
    config = _read_json(folder / "config.json", "it is not a model directory")
    weights = {}
    for path in _weight_files(folder):
        with tensorfile.TensorFile(path) as file:
            weights.update({name: file.read(name) for name in file.entries})
    merged = dict(lora.merged(weights.items(), adapters, settings["lora_alpha"] / settings["r"]))
    save(target, model.LanguageModel(None, None, "", config, folder), merged)


def _weight_files(folder):
    if (folder / INDEX).exists():
        names = sorted(set(_read_json(folder / INDEX, "")["weight_map"].values()))
        absent = [name for name in names if not (folder / name).is_file()]
        if absent:
            raise TrainingError(f"{folder} lacks {absent[0]}, which is listed in its {INDEX}.")
        return [folder / name for name in names]
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise TrainingError(f"{folder} holds no weights: a model directory needs *.safetensors; other formats are not read, because reading them can run code.")
    return files


def _transformers_model(folder, config):
    try:
        import transformers
    except ImportError as error:
        raise TrainingError(
            f"Channel 'model' holds a model of type '{config.get('model_type')}', for which this image has no transformers library: "
            f"use an image that has it ({error}).") from error
    from tokenizer import HuggingFaceTokenizer
    module = transformers.AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, use_safetensors=True, trust_remote_code=False).float()
    # Training does not use the cache of keys and values.
    module.config.use_cache = False
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    return model.LanguageModel(module.train(), HuggingFaceTokenizer(tokenizer, folder), "", config, folder)


def _read_json(path, otherwise):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TrainingError(f"{path} cannot be read, so {otherwise}: {error.strerror}.") from error
    except ValueError as error:
        raise TrainingError(f"{path} is not valid JSON: {error}.") from error
