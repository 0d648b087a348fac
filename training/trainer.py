"""The training loop: from the newest checkpoint to the last step, or to SIGTERM."""
import math
import os
import time

import torch

import contract
import interval
import metrics
import state
from checkpoint_scheduler import CheckpointScheduler
from checkpoint import CheckpointStore
from console import TrainingError, logger
from data import BatchSampler
from model import loss_sum
from node import gpus
from saver import Saver


class Trainer:
    """training, held_out: data.Corpus. group: process_group.ProcessGroup. model: parallel.ShardedModel. run_text: identifies the run in the manifest."""

    def __init__(self, settings, node, group, model, training, held_out, run_text):
        self.settings, self.node, self.group, self.model = settings, node, group, model
        self.training, self.held_out, self.run_text = training, held_out, run_text
        self.sampler = BatchSampler(len(training), settings.batch_size, settings.seed)
        self.share = settings.batch_size // node.world
        self.parameters = [parameter for parameter in model.module.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.AdamW([
            {"params": [parameter for parameter in self.parameters if parameter.dim() > 1], "weight_decay": settings.weight_decay},
            {"params": [parameter for parameter in self.parameters if parameter.dim() <= 1], "weight_decay": 0.0},
        ], lr=settings.learning_rate)
        self.store = CheckpointStore(node, settings.keep_checkpoints)
        self.step, self.train_loss, self.stopped, self.seconds_lost = 0, math.nan, False, 0.0
        self.interval_seconds = settings.checkpoint_interval_seconds
        self.flops_per_token = metrics.flops_per_token(model.module)

    @property
    def lineage(self):
        return self.store.lineage

    def run(self, stop_asked):
        """Trains to the last step. stop_asked(): whether SIGTERM has arrived."""
        self._resume()
        self.reported_at, self.reported_step = time.monotonic(), self.step
        self.steps_at_risk = CheckpointScheduler(self.settings.checkpoint_interval_steps, self.settings.checkpoint_async, self.step)
        self.seconds_at_risk = CheckpointScheduler(self.interval_seconds, self.settings.checkpoint_async, time.monotonic())
        while self.step < self.settings.total_steps and not self.stopped:
            rate = learning_rate(self.settings, self.step)
            norm = self._learn(rate, stop_asked)
            if self.node.rank == 0 and (self.step % self.settings.report_interval_steps == 0 or self.step in (1, self.settings.total_steps)):
                self._report(rate, norm)
            self._save_if_due()
            time.sleep(self.settings.step_delay_ms / 1000)
        self.saver.wait()

    def validate(self):
        """Mean loss of the held-out tokens; each process evaluates its share of them."""
        count = min(len(self.held_out), self.settings.validation_sequences or len(self.held_out))
        self.model.module.eval()
        mine = []
        with torch.no_grad(), self.model.precision():
            for first in range(0, count, self.node.world):
                # With FSDP all take part in every round, those that have nothing left to look at too.
                place = first + self.node.rank
                numbers = [min(place, count - 1)]
                loss = loss_sum(self.model.run, *self._to_device(self.held_out.batch(numbers))).item()
                mine += (loss, self.held_out.weight(numbers)) if place < count else (0.0, 0)
        answers = [number for part in self.group.gather_numbers(mine) for number in part]
        return math.fsum(answers[0::2]) / sum(answers[1::2])

    def _resume(self):
        state.prepare(self.optimizer)
        tensors = state.named_tensors(self.model.module, self.optimizer)
        manifest = self.store.resume(self.group.gather, {"model": self.run_text, "total_steps": self.settings.total_steps})
        if manifest:
            state.restore(tensors, self.store.folder(manifest["step"]), manifest)
            self.step, self.train_loss = manifest["step"], manifest["metrics"]["train:loss"]
            self.seconds_lost = max(0.0, contract.seconds_between(manifest["written_at"], contract.now()))
            if self.node.rank == 0:
                logger.info(f"resumed step={self.step} attempt={len(self.lineage)}")
            if self.settings.checkpoint_interval == "auto":
                self._choose_interval(manifest)
        self.saver = Saver(self.store, state.pieces_of(tensors, self.node.rank, self.node.world), self.group.gather_saving,
                           self.settings.checkpoint_async, self.settings.checkpoint_failures)

    def _choose_interval(self, manifest):
        self.interval_seconds, mean = interval.seconds_for(manifest, self.lineage, self.settings.expected_time_between_interruptions_seconds)
        if self.node.rank == 0:
            logger.info(f"checkpoint interval_seconds={round(self.interval_seconds, 3)} stall_seconds={round(float(manifest['stall_seconds']), 4)} "
                f"time_between_interruptions_seconds={mean:.1f} after={len(self.lineage) - 1}")

    def _learn(self, rate, stop_asked):
        """One optimizer step; returns the norm of its gradient."""
        numbers = self.sampler.numbers(self.step)
        loss = self._backward(numbers)
        norm = self.model.clip(self.parameters, self.settings.max_grad_norm)
        answers = self.group.gather_numbers([loss, stop_asked(), *self._saving_after(self.step + 1)])
        self._require_finite(numbers, [answer[0] for answer in answers], norm)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self.train_loss = math.fsum(answer[0] for answer in answers) / self.training.weight(numbers)
        self.stopped = any(answer[1] for answer in answers)
        # Rank 0 decides when to save and when to wait for a save: clocks differ, and a rank must not wait alone.
        self.is_due, self.is_late, self.must_wait = answers[0][2:]
        return norm

    def _backward(self, numbers):
        """Gathers the gradients of the step's mean loss; returns the sum of this process's losses."""
        # All randomness in a model follows from seed, step and rank, so no generator state needs to be saved.
        torch.manual_seed(((self.settings.seed * 1_000_003 + self.step) * 4099 + self.node.rank) % (1 << 63))
        scale = self.node.world / self.training.weight(numbers)
        mine = numbers[self.node.rank * self.share:][:self.share]
        parts = mine.split(self.settings.micro_batch_size or self.share)
        total = torch.zeros((), dtype=torch.float64, device=self.model.device)
        for number, part in enumerate(parts, 1):
            with self.model.last_of_step(number == len(parts)):
                with self.model.precision():
                    loss = loss_sum(self.model.run, *self._to_device(self.training.batch(part)))
                (loss * scale).backward()
            total += loss.detach()
        return total.item()

    def _to_device(self, tensors):
        return [tensor.to(self.model.device) for tensor in tensors]

    def _require_finite(self, numbers, losses, norm):
        bad = next((rank for rank, loss in enumerate(losses) if not math.isfinite(loss)), None)
        if bad is None and math.isfinite(norm):
            return
        what = f"The loss became {losses[bad]}" if bad is not None else f"The norm of the gradient became {norm}"
        if bad is not None:
            numbers = numbers[bad * self.share:][:self.share]
        names = [self.training.name_of(number) for number in numbers[:8].tolist()]
        raise TrainingError(
            f"{what} at step {self.step + 1}, whose batch on {'all ranks' if bad is None else self.node.name_of(bad)} is the sequences "
            f"{', '.join(names)}{', …' if len(numbers) > len(names) else ''}: check these texts, or lower learning_rate, which is {self.settings.learning_rate}.")

    def _report(self, rate, norm):
        now = time.monotonic()
        tokens = (self.step - self.reported_step) * self.settings.batch_size * self.settings.context / max(now - self.reported_at, 1e-9)
        each = tokens / self.node.world
        name = torch.cuda.get_device_name() if self.model.device.type == "cuda" else "CPU"
        peak = metrics.peak_flops(name, self.settings.peak_tflops)
        logger.info(metrics.line(metrics.STEP_LINE, {
            "step": self.step, "train:loss": self.train_loss, "lr": rate, "tokens_per_second": round(tokens, 1),
            "checkpoint_stall_seconds": round(self.saver.take_stall(), 4), "tokens_per_second_per_gpu": round(each, 1),
            "mfu": round(each * self.flops_per_token / peak, 4) if peak else None, "grad_norm": norm, "seconds_lost": round(self.seconds_lost, 1)}))
        self.reported_step, self.reported_at = self.step, now

    def _at_risk(self, step):
        return (self.steps_at_risk, step), (self.seconds_at_risk, time.monotonic())

    def _saving_after(self, step):
        """Whether to save after a step, whether to wait for that save, and whether to wait for the previous one."""
        at_risk = self._at_risk(step)
        return [any(decide(scheduler, now) for scheduler, now in at_risk)
                for decide in (CheckpointScheduler.is_due, CheckpointScheduler.is_late, CheckpointScheduler.must_wait)]

    def _save_if_due(self):
        last = self.stopped or self.step == self.settings.total_steps
        due = last or self.is_due
        if due or self.must_wait:
            self.saver.finish()
        if not self.saver.is_busy:
            for scheduler, now in self._at_risk(self.step):
                scheduler.end(now)
        if due:
            self._save(last)
        if self.is_late:
            self.saver.finish()

    def _save(self, at_once):
        members = {"model": self.run_text, "total_steps": self.settings.total_steps, "data_position": self.sampler.position(self.step),
                   "rng": {"kind": "counter", "seed": self.settings.seed}, "metrics": {"train:loss": self.train_loss}}
        if gpus(os.environ):
            members["gpus"] = gpus(os.environ) * len(self.node.hosts)
        if self.interval_seconds:
            members["checkpoint_interval_seconds"] = self.interval_seconds
        for scheduler, now in self._at_risk(self.step):
            scheduler.begin(now)
        self.saver.save(self.step, members, at_once)


def learning_rate(settings, step):
    """The learning rate of a step, counted from 0: linear warmup over warmup_steps, then cosine decay."""
    if step < settings.warmup_steps:
        return settings.learning_rate * (step + 1) / settings.warmup_steps
    progress = (step - settings.warmup_steps) / max(1, settings.total_steps - settings.warmup_steps)
    lowest = settings.min_learning_rate_ratio
    return settings.learning_rate * (lowest + (1 - lowest) * 0.5 * (1 + math.cos(math.pi * progress)))
