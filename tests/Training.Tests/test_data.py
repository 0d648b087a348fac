"""What is learned: texts as sequences, and the order in which steps take them."""
import pytest
from conftest import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)
import data  # noqa: E402
from tokenizer import ByteTokenizer  # noqa: E402


def corpus(tmp_path, context=4, **files):
    for name, content in files.items():
        (tmp_path / name.replace("__", ".")).write_text(content)
    return data.read_channel(tmp_path, ByteTokenizer(), context)


def test_texts_follow_each_other_with_an_end_between(tmp_path):
    found = corpus(tmp_path, a__txt="ab", b__md="cd", c__bin="no", d__jsonl='{"text": "ef"}\n{"text": "gh"}\n')
    assert bytes(found.tokens.tolist()) == b"ab\0cd\0ef\0gh\0"
    assert found.counted.all()
    assert [found.origin.of(token) for token in (0, 3, 6, 9, 11)] == ["a.txt:1", "b.md:1", "d.jsonl:1", "d.jsonl:2", "d.jsonl:2"]


def test_targets_are_one_further_on(tmp_path):
    inputs, targets = corpus(tmp_path, a__txt="abcdefgh").batch([0, 1])
    assert [bytes(row.tolist()) for row in inputs] == [b"abcd", b"efgh"]
    assert [bytes(row.tolist()) for row in targets] == [b"bcde", b"fgh\0"]


def test_a_prompt_is_read_but_not_learned(tmp_path):
    found = corpus(tmp_path, a__jsonl='{"prompt": "abc", "completion": "def"}\n')
    inputs, targets = found.batch([0])
    assert bytes(inputs[0].tolist()) == b"abcd"
    assert targets[0].tolist() == [data.IGNORED, data.IGNORED, ord("d"), ord("e")]
    assert found.weight([0]) == 2


def test_what_is_held_out_is_the_end_and_nothing_of_it_is_trained_on(tmp_path):
    training, held_out = corpus(tmp_path, a__txt="".join(chr(ord("a") + index) for index in range(21))).split(0.4)
    assert (len(training), len(held_out)) == (3, 2)
    assert bytes(held_out.batch([0])[0][0].tolist()) == b"mnop"
    assert held_out.name_of(1) == "1 (a.txt:1)"
    assert training.digest() != held_out.digest()


@pytest.mark.parametrize("batch_size", [1, 3, 7, 20])
def test_each_pass_takes_every_sequence_once_in_an_order_of_its_own(batch_size):
    order = data.BatchSampler(sequences=7, batch_size=batch_size, seed=1)
    taken = [number for step in range(42) for number in order.numbers(step).tolist()]
    passes = [taken[begin:begin + 7] for begin in range(0, len(taken) - 6, 7)]
    assert all(sorted(one) == list(range(7)) for one in passes)
    assert passes[0] != passes[1]


def test_a_step_takes_the_same_whenever_it_is_asked():
    order, other = data.BatchSampler(100, 8, 42), data.BatchSampler(100, 8, 42)
    for step in range(60):
        order.numbers(step)
    assert order.numbers(59).tolist() == other.numbers(59).tolist()
    assert order.position(59) == {"epoch": 4, "offset": 72}
