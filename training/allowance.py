"""When saves begin and when training waits for one, so that an interruption costs at most one checkpoint interval."""


class Allowance:
    """What may be lost, in one unit: steps or seconds.

    A checkpoint is worth nothing before it is complete. So a save in the background begins as long before the end of the
    interval as the last one took, at most half of it; and where it takes longer than that, training stands still at the end.
    interval: 0 = no bound. now, here and below: the steps done, or the seconds of a clock.
    """

    def __init__(self, interval, background, now):
        self.interval, self.background = interval, background
        self.safe = self.begun = now
        self.lead = interval / 2 if background else 0

    def begin(self, now):
        """A save of the state of now has begun."""
        self.begun = now

    def end(self, now):
        """No save is under way. One that failed counts too: the next is tried after an interval, not at once."""
        if self.background and self.begun != self.safe:
            self.lead = min(self.interval / 2, now - self.begun)
        self.safe = self.begun

    def is_due(self, now):
        """Whether the next save is to begin."""
        return 0 < self.interval <= now - self.begun + self.lead

    def is_late(self, now):
        """Whether it begins so late that no further step may be taken before it is complete."""
        return 0 < self.interval <= now - self.begun

    def is_spent(self, now):
        """Whether no further step may be taken before the save that is under way is complete."""
        return 0 < self.interval <= now - self.safe
