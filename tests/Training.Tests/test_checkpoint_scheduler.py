"""However long saves take, no more than one interval is ever at risk, and training waits only for saves that are long."""
import random

import pytest
from checkpoint_scheduler import CheckpointScheduler


def train(interval, background, durations, steps):
    """Plays a run as the trainer does. durations: steps that each save takes. Returns the steps of saves, the most at risk, and waits."""
    scheduler = CheckpointScheduler(interval, background, 0)
    saves, durations = [], iter(durations)
    complete = end = most = waits = 0
    for step in range(1, steps + 1):
        most = max(most, step - complete)
        due, late, spent = scheduler.is_due(step), scheduler.is_late(step), scheduler.must_wait(step)
        if step < end and (due or spent):
            waits, end = waits + 1, step
        if step >= end:
            complete = saves[-1] if saves else 0
            scheduler.end(step)
        if due:
            scheduler.begin(step)
            saves.append(step)
            end = step + (next(durations) if background and not late else 0)
        if step >= end:
            complete = saves[-1] if saves else 0
    return saves, most, waits


@pytest.mark.parametrize("seed", range(50))
def test_at_most_one_interval_is_at_risk(seed):
    generator = random.Random(seed)
    interval = generator.randint(1, 40)
    durations = [generator.randint(0, 2 * interval) for _ in range(1000)]
    begun, most, _ = train(interval, True, durations, 1000)
    assert begun and most <= interval


def test_saves_that_are_waited_for_come_at_the_multiples():
    assert train(100, False, [0] * 9, 350)[0] == [100, 200, 300]


def test_a_save_begins_as_early_as_the_last_one_took():
    begun, most, waits = train(100, True, [7] * 9, 300)
    assert (begun, waits) == ([50, 143, 236], 0) and most <= 100


def test_training_waits_for_a_save_that_takes_longer_than_the_interval():
    begun, most, waits = train(10, True, [25] * 99, 100)
    assert waits == len(begun) - 1 and most <= 10


def test_without_an_interval_nothing_is_due():
    assert train(0, True, [], 100) == ([], 100, 0)
