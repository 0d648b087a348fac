#!/usr/bin/env bash
# Starts the training program on one node. `exec`, and again in channels.py and launch.py, so that SageMaker's SIGTERM reaches it.
here="$(dirname "${BASH_SOURCE[0]}")"
# Python's caches would be files that nobody approved, should the program start again.
export PYTHONDONTWRITEBYTECODE=1
exec "${PYTHON:-python3}" -I "$here/channels.py" "$here/launch.py" "$@"
