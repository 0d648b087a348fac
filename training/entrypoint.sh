#!/usr/bin/env bash
# Starts the training program on one node. `exec`, and again in launch.py, so that SageMaker's SIGTERM reaches it.
exec "${PYTHON:-python3}" "$(dirname "${BASH_SOURCE[0]}")/launch.py" "$@"
