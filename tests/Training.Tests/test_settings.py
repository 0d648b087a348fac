"""Settings: where they come from, which wins, what is refused."""
import json
import subprocess
import sys

import pytest
import settings
from conftest import NO_TORCH, REPOSITORY, TRAINING
from console import TrainingError


@pytest.fixture
def base(tmp_path):
    (tmp_path / "input" / "config").mkdir(parents=True)
    return tmp_path


def hyperparameters(base, **values):
    (base / "input" / "config" / "hyperparameters.json").write_text(json.dumps(values))


def test_flags_win_over_variables_over_hyperparameters_over_defaults(base):
    hyperparameters(base, total_steps="2", seed="3", layers="4", sagemaker_region="eu-west-1")
    found = settings.read_settings(["train", "--total-steps", "9"], {"TRAIN_TOTAL_STEPS": "8", "TRAIN_SEED": "7", "PATH": "/bin"}, base)
    assert (found.total_steps, found.seed, found.layers, found.heads) == (9, 7, 4, 4)


def test_hyperparameters_may_be_json_texts(base):
    hyperparameters(base, total_steps='"5"', checkpoint_async='"false"', checkpoint_interval='"auto"')
    found = settings.read_settings([], {}, base)
    assert (found.total_steps, found.checkpoint_async, found.checkpoint_interval) == (5, False, "auto")


@pytest.mark.parametrize("name, text, sentence", [
    ("total_steps", "1.5", "Hyperparameter total_steps is '1.5', but must be a whole number."),
    ("total_steps", "0", "Hyperparameter total_steps is '0', but must be at least 1."),
    ("learning_rate", "nan", "Hyperparameter learning_rate is 'nan', but must be at least 1e-12."),
    ("learning_rate", "inf", "Hyperparameter learning_rate is 'inf', but must be at least 1e-12."),
    ("keep_checkpoints", "1", "Hyperparameter keep_checkpoints is '1', but must be at least 2."),
    ("checkpoint_async", "maybe", "Hyperparameter checkpoint_async is 'maybe', but must be 0 or 1."),
    ("strategy", "zero", "Hyperparameter strategy is 'zero', but must be one of auto, ddp, fsdp."),
    ("heads", "5", "embedding_size is 64, which is not a multiple of heads, 5."),
    ("validation_fraction", "1", "validation_fraction is 1, but must be below 1, or nothing is left to train on."),
])
def test_what_does_not_parse_is_refused_with_what_it_should_be(base, name, text, sentence):
    hyperparameters(base, **{name: text})
    with pytest.raises(TrainingError) as error:
        settings.read_settings([], {}, base)
    assert str(error.value) == sentence


def test_each_source_names_itself(base):
    with pytest.raises(TrainingError, match="^Environment variable TRAIN_SEED is 'x', but must be a whole number.$"):
        settings.read_settings([], {"TRAIN_SEED": "x"}, base)
    with pytest.raises(TrainingError, match="^Flag --max-grad-norm is '-1', but must be at least 0.$"):
        settings.read_settings(["--max-grad-norm=-1"], {}, base)
    with pytest.raises(TrainingError, match="^The command line is wrong: unrecognized arguments: --nope"):
        settings.read_settings(["--nope"], {}, base)
    hyperparameters(base, steps="1")
    with pytest.raises(TrainingError, match="^Hyperparameter steps is unknown; known are: total_steps, "):
        settings.read_settings([], {}, base)


def test_help_explains_every_setting():
    pytest.importorskip("torch", reason=NO_TORCH)
    text = subprocess.run([sys.executable, str(TRAINING / "train.py"), "--help"], capture_output=True, text=True, check=True).stdout
    words = " ".join(text.split())
    for setting in settings.TABLE:
        assert "--" + setting.name.replace("_", "-") in words
    assert "A flag overrides the variable; the variable overrides the hyperparameter" in words


def test_every_setting_is_documented_with_its_default():
    text = (REPOSITORY / "docs" / "reference" / "training-settings.md").read_text()
    for setting in settings.TABLE:
        default = int(setting.default) if isinstance(setting.default, bool) else setting.default
        assert f"| `{setting.name}` | {default} | {setting.help}" in text, setting.name
