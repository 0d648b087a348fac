#!/usr/bin/env bash
# Starts the training program on one node. `exec` throughout, so that SageMaker's SIGTERM reaches it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

gpus=$(python3 -c 'import torch; print(torch.cuda.device_count())')
if [[ $gpus == 0 ]] || ! command -v torchrun >/dev/null; then
  exec python3 train.py
fi

read -r nodes rank master interface < <(python3 - <<'PYTHON'
import json, os
path = os.path.join(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"), "input", "config", "resourceconfig.json")
config = json.load(open(path)) if os.path.exists(path) else {"hosts": ["localhost"], "current_host": "localhost"}
print(len(config["hosts"]), config["hosts"].index(config["current_host"]), config["hosts"][0], config.get("network_interface_name", ""))
PYTHON
)
if [[ -n $interface ]]; then
  export NCCL_SOCKET_IFNAME=$interface GLOO_SOCKET_IFNAME=$interface
fi
exec torchrun --nnodes "$nodes" --node_rank "$rank" --nproc_per_node "$gpus" \
  --master_addr "${MASTER_ADDR:-$master}" --master_port "${MASTER_PORT:-29500}" train.py
