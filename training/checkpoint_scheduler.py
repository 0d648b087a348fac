"""When a save starts and when training waits for it. An interruption then costs at most one checkpoint interval."""


class CheckpointScheduler:
    """Schedules saves by one measure of what an interruption may cost: steps or seconds.

    A checkpoint counts only when it is complete. So a save in the background starts before the end of the interval: as early as
    the last one took, at most half the interval. If a save takes longer than that, training pauses at the end of the interval.
    interval: 0 = no limit. now, here and below: the steps done, or the seconds of a clock.
    """

    def __init__(self, interval, background, now):
        self.interval, self.background = interval, background
        self.safe = self.started = now
        self.lead = interval / 2 if background else 0

    def begin(self, now):
        """A save of the current state has started."""
        self.started = now

    def end(self, now):
        """No save is running. A failed save counts too: the next is tried after an interval, not at once."""
        if self.background and self.started != self.safe:
            self.lead = min(self.interval / 2, now - self.started)
        self.safe = self.started

    def is_due(self, now):
        """Whether the next save should start."""
        return 0 < self.interval <= now - self.started + self.lead

    def is_late(self, now):
        """Whether it starts so late that training must wait until it is complete."""
        return 0 < self.interval <= now - self.started

    def must_wait(self, now):
        """Whether training must wait until the running save is complete."""
        return 0 < self.interval <= now - self.safe
