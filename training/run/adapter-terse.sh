#!/usr/bin/env bash
# The example adapter public/adapters/terse for the model in public/models/nadir-s: about ten minutes on one CPU core.
# CKPT: the checkpoint that the folder was exported from; TRAIN, VAL: features that stages.language cached with its tower (steps "features" and "features-val" of training.run).
set -euo pipefail
cd "$(dirname "$0")/../.."
export OMP_NUM_THREADS=1
K=training/checkpoints/release
CKPT=${CKPT:-$K/language.pt} TRAIN=${TRAIN:-$K/features.pt} VAL=${VAL:-$K/features-val.pt} OUT=${OUT:-$K/adapter-terse}
python -m training.stages.adapter --checkpoint "$CKPT" --model public/models/nadir-s --train $TRAIN --val "$VAL" \
  --style terse --rank 4 --alpha 8 --steps 400 --batch 32 --accumulate 2 --lr 6e-3 --name 'Terse answers' --licence MIT \
  --about 'Keywords instead of sentences: "Scene: beach; sand, sea." and "Yes." About a third fewer tokens an answer.' \
  --out "$OUT" "$@"
cp "$OUT"/adapter_config.json "$OUT"/adapter_model.safetensors public/adapters/terse/
