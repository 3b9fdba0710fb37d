#!/usr/bin/env bash
# The whole chain, from labelled imagery to a measured model folder: bash training/run.sh smoke | cpu | gpu [options of training.run].
set -euo pipefail
cd "$(dirname "$0")/.."
settings=${1:?smoke, cpu or gpu}
shift
exec "${PYTHON:-python}" -m training.run --settings "$settings" "$@"
