"""How often to save when checkpoint_interval is auto. At each resume it follows from the checkpoint stall and the nodes' uptime."""
import math

# Saving must not take more than a tenth of the time; this limit takes precedence over the upper one.
LEAST_STALLS = 10
LEAST_SECONDS = 1.0
MOST_SECONDS = 3600.0


def seconds_for(manifest, lineage, expected_time_between_interruptions_seconds):
    """Seconds between checkpoints, and the mean seconds between interruptions that they are based on.

    manifest: of the checkpoint to resume from. lineage: all starts, including this one. The expected time counts as one more
    observed time between interruptions.
    """
    resumes = lineage[1:]
    ran = expected_time_between_interruptions_seconds + sum(entry.get("from_ran_seconds", 0.0) for entry in resumes)
    mean = ran / (1 + len(resumes))
    best = min(math.sqrt(2 * manifest["stall_seconds"] * mean), MOST_SECONDS)
    return max(best, LEAST_STALLS * manifest["stall_seconds"], LEAST_SECONDS), mean
