#!/usr/bin/env bash
# Deletes every version of every object of the bucket $1, as infra/README.md describes it.
set -euo pipefail
BUCKET=$1

while aws s3api list-object-versions --bucket "$BUCKET" --max-items 500 --output json \
  --query '{Objects: [Versions, DeleteMarkers][] | [].{Key: Key, VersionId: VersionId}}' >versions.json && grep -q VersionId versions.json; do
  aws s3api delete-objects --bucket "$BUCKET" --delete file://versions.json
done
