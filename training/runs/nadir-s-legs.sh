#!/usr/bin/env bash
# The legs that made the released Nadir S 0.1.0, in order (training/LOG.md tells why each was changed). The code changed
# between legs, so running this again with today's code gives a like model, not the same bytes.
set -euo pipefail
cd "$(dirname "$0")/../.."
export OMP_NUM_THREADS=1
K=training/checkpoints
python -m training.data --generated 4000
# Stage 1: stopped after 1200, 3000, 3600 and 6000 steps, resumed each time from $K/encoder.pt
python -m training.train_encoder --steps 8000 --out $K/encoder.pt
python -m training.train_encoder --steps 7000 --small-until 0.6 --out $K/encoder.pt
python -m training.train_encoder --steps 6600 --small-until 0.63637 --out $K/encoder.pt
python -m training.train_encoder --steps 6700 --small-until 0.5 --lr 2.4e-3 --ema 0.994 --workers 0 --eval-every 350 --out $K/encoder.pt  # kept: step 6650
# Stage 2: E3000, E4800, E6000, E6650 are the encoder's checkpoints at those steps
L="python -m training.train_language"
$L --features 2400 --seed 11 --encoder $K/E3000.pt --out $K/f3000.pt
$L --train $K/f3000.pt --encoder $K/E3000.pt --steps 800 --quantise-from 2 --lr 1.2e-3 --out $K/lang1.pt
$L --features 2400 --seed 12 --encoder $K/E4800.pt --out $K/f4800.pt
$L --train $K/f4800.pt --encoder $K/E4800.pt --init $K/lang1.pt --steps 500 --quantise-from 0.7 --lr 8e-4 --out $K/lang2.pt
$L --features 3600 --seed 21 --encoder $K/E6000.pt --out $K/f6000.pt
$L --train $K/f6000.pt --encoder $K/E6000.pt --init $K/lang2.pt --steps 2200 --quantise-from 0.6 --lr 1e-3 --out $K/lang3.pt
$L --features 1400 --seed 24 --encoder $K/E6650.pt --out $K/f6650.pt
$L --train $K/f6650.pt --encoder $K/E6650.pt --init $K/lang3.pt --steps 350 --quantise-from 0 --lr 5e-4 --out $K/lang4.pt
$L --train $K/f6650.pt $K/f6650.pt $K/f6000.pt --encoder $K/E6650.pt --init $K/lang4.pt --steps 500 --quantise-from 0 --lr 7e-4 --focus present:0.45 --seed 13 --out $K/lang5.pt
$L --train $K/f6650.pt $K/f6650.pt $K/f6000.pt --encoder $K/E6650.pt --init $K/lang5.pt --steps 440 --quantise-from 0 --lr 7e-4 --focus present:0.55 --seed 17 --out $K/lang6.pt
# Stage 3
R="python -m training.train_refiner"
$R --encoder $K/E6000.pt --tiles 1100 --steps 500 --out $K/refiner1.pt
$R --seed 6 --encoder $K/E6000.pt --init $K/refiner1.pt --tiles 1500 --steps 900 --lr 1.5e-3 --out $K/refiner2.pt
$R --seed 7 --encoder $K/E6650.pt --init $K/refiner2.pt --tiles 700 --steps 250 --lr 8e-4 --out $K/refiner3.pt
python -m training.merge --language $K/lang6.pt --refiner $K/refiner3.pt --out $K/nadir-s.pt
python -m training.export --checkpoint $K/nadir-s.pt --out public/models/nadir-s --goldens e2e/fixtures/goldens
