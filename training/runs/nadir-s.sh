#!/usr/bin/env bash
# The release recipe of Nadir S 0.5 in one go, not yet run so: two CPU cores, hours (or one GPU). The released weights came from the same
# stages in legs, while the code grew: see ../LOG.md and nadir-s-legs.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
export OMP_NUM_THREADS=1 MALLOC_MMAP_THRESHOLD_=2000000000 MALLOC_TRIM_THRESHOLD_=4000000000
K=training/checkpoints
R="python -m training"
mkdir -p $K
$R.data --generated 4000
$R.checks
# Stage 0: tower and dense evidence, supervised and contrastive.
$R.train_encoder --steps 12000 --batch 24 --small-until 0.6 --lr 6e-4 --processes 2 --out $K/encoder.pt
$R.train_boxes --encoder $K/encoder.pt --processes 2 --out $K/boxes.pt
$R.train_density --encoder $K/boxes.pt --out $K/density.pt
$R.train_quality --encoder $K/density.pt --out $K/heads.pt
E=$K/heads.pt
$R.train_refiner --encoder $E --tiles 3000 --steps 3000 --processes 2 --out $K/refiner.pt
# Least heats and calibration in language.py and pipeline.py are those of 0.5.0; another encoder may want others, before what follows.
$R.least_heats --checkpoint $E --refiner $K/refiner.pt
# Features of the frozen tower for the stages after it.
taskset -c 0 $R.train_language --features 5600 --seed 41 --encoder $E --refiner $K/refiner.pt --out $K/features.pt &
taskset -c 1 $R.train_change --encoder $E --pairs 3800 --cache $K/pairs.pt
taskset -c 1 $R.train_change --encoder $E --pairs 200 --part val --labelled 1 --seed 9 --cache $K/pairs-val.pt
wait
$R.train_change --encoder $E --train $K/pairs.pt --val $K/pairs-val.pt --steps 1500 --out $K/change.pt
$R.train_change --encoder $E --train $K/pairs.pt --change $K/change.pt --items $K/change-items.pt
# Stage 1: the connector's rows alone. Stage 2: everything that speaks, ending in 4 bit.
L="$R.train_language --train $K/features.pt $K/change-items.pt --encoder $E --change $K/change.pt --say-evidence --focus quality:0.1,present:0.3,trees:0.1"
$L --start-presence-rows --steps 5000 --lr 1.2e-3 --quantise-from 2 --processes 2 --out $K/language-f32.pt
$L --stage connector --init $K/language-f32.pt --steps 200 --lr 5e-4 --quantise-from 2 --processes 2 --out $K/rows.pt
$L --init $K/rows.pt --steps 2500 --lr 1e-3 --quantise-from 0 --processes 2 --out $K/language.pt
$R.merge --language $K/language.pt --refiner $K/refiner.pt --out $K/nadir-s.pt
$R.evaluate --checkpoint $K/nadir-s.pt --out $K/scores.json
$R.export --checkpoint $K/nadir-s.pt --out public/models/nadir-s --goldens e2e/fixtures/goldens
