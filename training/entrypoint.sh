#!/usr/bin/env bash
# Starts the training program on one node. `exec`, and again in each of these, so SageMaker's SIGTERM reaches it.
here="$(dirname "${BASH_SOURCE[0]}")"
# If the program starts again, Python's caches would be files that were not approved.
export PYTHONDONTWRITEBYTECODE=1
exec "${PYTHON:-python3}" -I "$here/channels.py" "$here/secret_environment.py" "$here/launch.py" "$@"
