#!/usr/bin/env bash
# Every stage with tiny settings, about ten minutes on a CPU: shows that the chain runs, teaches nothing.
# Needs the decoded sets (python -m training.data --generated 200) and leaves everything in $OUT (default: a new folder).
set -euo pipefail
cd "$(dirname "$0")/../.."
export OMP_NUM_THREADS=1
K=${OUT:-$(mktemp -d)}
R="python -m training"
$R.checks
$R.train_encoder --processes 2 --steps 20 --small-until 0.5 --eval-every 20 --out "$K/encoder.pt"
$R.train_boxes --encoder "$K/encoder.pt" --processes 2 --tiles 32 --steps 10 --eval-every 100 --out "$K/boxes.pt"
$R.train_density --encoder "$K/boxes.pt" --tiles 32 --steps 10 --out "$K/density.pt"
$R.train_quality --encoder "$K/density.pt" --tiles 32 --steps 10 --out "$K/heads.pt"
$R.train_refiner --encoder "$K/heads.pt" --processes 2 --tiles 32 --steps 10 --out "$K/refiner.pt"
$R.least_heats --checkpoint "$K/heads.pt" --refiner "$K/refiner.pt"
$R.train_change --encoder "$K/heads.pt" --pairs 32 --cache "$K/pairs.pt"
$R.train_change --encoder "$K/heads.pt" --train "$K/pairs.pt" --val "$K/pairs.pt" --steps 20 --out "$K/change.pt"
$R.train_change --encoder "$K/heads.pt" --train "$K/pairs.pt" --change "$K/change.pt" --items "$K/change-items.pt"
$R.train_language --features 48 --encoder "$K/heads.pt" --refiner "$K/refiner.pt" --out "$K/features.pt"
$R.train_language --stage connector --train "$K/features.pt" "$K/change-items.pt" --encoder "$K/heads.pt" --steps 10 --try-out 4 --out "$K/rows.pt"
$R.train_language --train "$K/features.pt" "$K/change-items.pt" --encoder "$K/heads.pt" --init "$K/rows.pt" --change "$K/change.pt" --processes 2 --steps 40 --accumulate 2 --batch 16 --try-out 4 --out "$K/language.pt"
$R.merge --language "$K/language.pt" --refiner "$K/refiner.pt" --out "$K/nadir-s.pt"
$R.export --checkpoint "$K/nadir-s.pt" --out "$K/model" --goldens "$K/goldens"
echo "all stages ran; $K holds the result"
