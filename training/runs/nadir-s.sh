#!/usr/bin/env bash
# The release recipe of Nadir S in one go on two CPU cores, about two and a half hours. The released weights came from
# the same steps in several legs, each resuming the one before: see ../LOG.md and nadir-s-legs.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
export OMP_NUM_THREADS=1 MALLOC_MMAP_THRESHOLD_=2000000000 MALLOC_TRIM_THRESHOLD_=4000000000
K=training/checkpoints
mkdir -p $K
python -m training.data --generated 4000
taskset -c 0 python -m training.train_encoder --steps 7000 --small-until 0.6 --out $K/encoder.pt
taskset -c 0 python -m training.train_language --features 4000 --seed 21 --encoder $K/encoder.pt --out $K/features.pt &
taskset -c 1 python -m training.train_language --features 150 --seed 31 --part val --encoder $K/encoder.pt --out $K/features-val.pt
wait
taskset -c 1 python -m training.train_refiner --encoder $K/encoder.pt --steps 900 --out $K/refiner.pt &
taskset -c 0 python -m training.train_language --train $K/features.pt --val $K/features-val.pt --encoder $K/encoder.pt --steps 4000 --quantise-from 0.7 --out $K/language.pt
wait
python -m training.merge --language $K/language.pt --refiner $K/refiner.pt --out $K/nadir-s.pt
python -m training.evaluate --checkpoint $K/nadir-s.pt --out $K/scores.json
python -m training.export --checkpoint $K/nadir-s.pt --out public/models/nadir-s --goldens e2e/fixtures/goldens
