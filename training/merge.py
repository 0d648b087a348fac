"""Adds adapters to a model directory's weights: `python3 merge.py MODEL ADAPTER TARGET`, all three directories."""
import sys
from pathlib import Path

import pretrained
from console import TrainingError

if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    try:
        pretrained.merge(*map(Path, sys.argv[1:]))
    except TrainingError as error:
        sys.exit(str(error))
