#!/usr/bin/env bash
# The legs that made the released Nadir S 0.4.0, in order (training/LOG.md tells why each was as it was). The code grew between
# legs, so running this again with today's code gives a like model, not the same bytes. The legs of 0.1.0, whose encoder
# (E6650) and language model (lang6) these start from, are in the history of this file.
set -euo pipefail
cd "$(dirname "$0")/../.."
export OMP_NUM_THREADS=1
K=training/checkpoints
R="python -m training"
# Stage 0. d: 0.1's heads, stopped after step 1500. e: heads at stride 4, density, quality, words; cosine to 6000, stopped after 5000.
$R.train_encoder --init $K/E6650.pt --steps 4000 --seed 2 --small-until 0.6 --lr 3e-4 --eval-every 500 --out $K/enc-d.pt
$R.train_encoder --init $K/enc-d.pt --steps 6000 --seed 3 --small-until 0.6 --lr 4e-4 --eval-every 1000 --out $K/enc-e.pt
E=$K/enc-e.pt
$R.train_density --encoder $E --tiles 2600 --steps 1200 --out $K/dens.pt
$R.train_change --encoder $E --pairs 1400 --seed 1 --cache $K/pairs.pt
$R.train_change --encoder $E --pairs 2400 --seed 2 --cache $K/pairs2.pt
$R.train_change --encoder $E --pairs 160 --part val --seed 9 --cache $K/pairs-val.pt
$R.train_change --encoder $E --train $K/pairs.pt $K/pairs2.pt --val $K/pairs-val.pt --steps 1300 --out $K/change.pt
$R.train_change --encoder $E --train $K/pairs2.pt --change $K/change.pt --items $K/change-items.pt
$R.train_refiner --seed 8 --encoder $E --init $K/refiner3.pt --tiles 700 --steps 350 --lr 1e-3 --out $K/refiner4.pt
# Stages 1 and 2
L="$R.train_language --encoder $E"
$L --features 2600 --seed 41 --out $K/features-e.pt
$L --features 100 --seed 42 --part val --out $K/features-e-val.pt
$L --train $K/features-e.pt --init $K/lang6.pt --old-tokenizer $K/tokenizer-01.json --steps 1700 --lr 1.2e-3 --quantise-from 2 --seed 31 --val $K/features-e-val.pt --out $K/langB.pt
C="--train $K/features-e.pt $K/change-items.pt --change $K/change.pt --val $K/features-e-val.pt"
$L $C --init $K/langB.pt --steps 1200 --lr 8e-4 --quantise-from 0 --focus present:0.2 --seed 33 --out $K/langC.pt
$L $C --init $K/langC.pt --steps 450 --lr 6e-4 --quantise-from 0 --focus trees:0.22 --seed 35 --out $K/langD.pt
$L $C --init $K/langD.pt --steps 700 --lr 8e-4 --quantise-from 2 --focus present:0.25 --seed 36 --out $K/langE.pt  # stopped; kept: step 200
$L --features 3000 --seed 43 --out $K/features-e2.pt
C="--train $K/features-e.pt $K/features-e2.pt $K/change-items.pt --change $K/change.pt --val $K/features-e-val.pt"
$L $C --init $K/langE.pt.state --start-presence-rows --steps 1100 --lr 1.1e-3 --quantise-from 2 --seed 37 --out $K/langF.pt
$L $C --init $K/langF.pt --steps 900 --lr 7e-4 --quantise-from 0 --seed 38 --out $K/langG.pt  # stopped; kept: step 200
$L $C --init $K/langG.pt.state --say-evidence --steps 1200 --lr 1e-3 --quantise-from 0 --seed 39 --out $K/langH.pt
# 0.2.0 was merged here: langH, dens, refiner4. What follows made 0.3.0 of it.
$R.train_encoder --init $E --steps 4600 --seed 4 --small-until 0.55 --lr 3e-4 --eval-every 1150 --out $K/enc-f.pt
$R.train_density --encoder $K/enc-f.pt --tiles 3600 --steps 1200 --out $K/dens-f.pt
$R.train_quality --encoder $K/dens-f.pt --tiles 3600 --steps 1600 --out $K/heads-f.pt
E=$K/heads-f.pt
L="$R.train_language --encoder $E"
$R.train_change --encoder $E --pairs 160 --part val --labelled 1 --seed 9 --cache $K/pf-val.pt
$R.train_change --encoder $E --pairs 3400 --seed 21 --cache $K/pf.pt
$R.train_change --encoder $E --train $K/pf.pt --val $K/pf-val.pt --steps 1200 --out $K/change-f.pt
$R.train_change --encoder $E --train $K/pf.pt --change $K/change-f.pt --items $K/change-items-f.pt
$R.train_refiner --seed 11 --encoder $E --init $K/refiner4.pt --tiles 1400 --steps 900 --lr 1.2e-3 --out $K/refiner5.pt
$R.train_quality --encoder $E --tiles 9000 --steps 3200 --seed 14 --out $K/qual-h.pt
$L --features 100 --seed 62 --part val --out $K/ff-val.pt
$L --features 4200 --seed 61 --out $K/ff.pt
$L --features 500 --only trees --seed 63 --out $K/fft.pt
$L --features 500 --only trees --seed 64 --out $K/fft2.pt
L="$R.train_language --change $K/change-f.pt --val $K/ff-val.pt --say-evidence --quantise-from 0"
$L --encoder $E --train $K/ff.pt $K/change-items-f.pt --init $K/langH.pt --steps 1700 --lr 1e-3 --focus quality:0.12,present:0.12,trees:0.05 --seed 71 --out $K/langI.pt
# From here on with the quality head that ships (--heads).
$R.merge --language $K/langI.pt --heads $K/qual-h.pt --refiner $K/refiner5.pt --out $K/langI-q.pt
T="--train $K/ff.pt $K/fft.pt $K/fft2.pt $K/change-items-f.pt"
$L $T --init $K/langI-q.pt --steps 520 --lr 7e-4 --focus trees:0.2,quality:0.1,present:0.1 --seed 73 --out $K/langJ.pt
$L $T --init $K/langJ.pt --steps 480 --lr 8e-4 --focus trees:0.35,quality:0.06,present:0.1 --seed 74 --out $K/langK.pt
$L $T --init $K/langK.pt --steps 560 --lr 8e-4 --focus present:0.4,trees:0.1,quality:0.05 --seed 75 --out $K/langL.pt
$L $T --init $K/langL.pt --steps 720 --lr 1e-3 --focus present:0.62,trees:0.07,quality:0.05 --seed 76 --out $K/langM.pt
$R.merge --language $K/langM.pt --heads $K/qual-h.pt --refiner $K/refiner5.pt --out $K/nadir-s-03.pt
# 0.3.0 was this. 0.4.0 went on from its folder, since the checkpoints were gone: f16 weights, 4-bit language model.
$R.restore --model public/models/nadir-s --out $K/released.pt
# Steps 0-1500 of a cosine to 4500, then of one to 4000; heat learns the fit of boxes from step 750; refiner-rel: the refiner of released.pt.
$R.train_encoder --init $K/released.pt --steps 4000 --batch 24 --small-until 0.5 --lr 3e-4 --seed 5 --processes 2 --eval-every 500 --out $K/enc-g.pt
$R.train_density --encoder $K/enc-g.pt --tiles 3600 --steps 1200 --out $K/dens-g.pt
$R.train_quality --encoder $K/dens-g.pt --tiles 7000 --steps 2800 --seed 14 --out $K/heads-g.pt
$R.train_refiner --seed 21 --encoder $K/enc-g.pt --init $K/refiner-rel.pt --tiles 3000 --steps 2000 --lr 1.2e-3 --out $K/refiner-g.pt
$R.least_heats --checkpoint $K/enc-g.pt --refiner $K/refiner-g.pt
E=$K/heads-g.pt
$R.train_change --encoder $E --pairs 160 --part val --labelled 1 --seed 9 --cache $K/pg-val.pt
$R.train_change --encoder $E --pairs 3400 --seed 21 --cache $K/pg.pt
$R.train_change --encoder $E --train $K/pg.pt --val $K/pg-val.pt --steps 1200 --out $K/change-g.pt
L="$R.train_language --encoder $E --refiner $K/refiner-g.pt"
$L --features 100 --seed 62 --part val --out $K/fg-val.pt
$L --features 4000 --seed 81 --out $K/fg.pt
$L --features 900 --only trees --seed 83 --out $K/fgt.pt
# The decision of the change head, moved on the held-out pairs; then the language stage and the release.
$R.train_change --encoder $E --change $K/change-g.pt --train $K/pg-val.pt --val $K/pg-val.pt --steps 0 --out $K/change-gc.pt
$R.train_change --encoder $E --train $K/pg.pt --change $K/change-gc.pt --items $K/change-items-g.pt
$R.train_language --processes 2 --train $K/fg.pt $K/fgt.pt $K/change-items-g.pt --val $K/fg-val.pt --encoder $E --change $K/change-gc.pt --init $K/released.pt \
  --say-evidence --quantise-from 0 --steps 1900 --lr 1e-3 --focus present:0.35,trees:0.1,quality:0.06 --seed 91 --out $K/langN.pt
$R.merge --language $K/langN.pt --refiner $K/refiner-g.pt --out $K/nadir-s.pt
$R.export --checkpoint $K/nadir-s.pt --out public/models/nadir-s --goldens e2e/fixtures/goldens
# 0.4.0 was this. 0.5.0: the heads of boxes, learned anew on its frozen tower; nothing else changed. The folder of 0.4.0 was
# restored by the code that wrote it: its connector lacks wide1 and wide2.
$R.restore --model public/models/nadir-s --out $K/released.pt
$R.train_boxes --encoder $K/released.pt --processes 2 --tiles 16000 --steps 1100 --eval-every 275 --out $K/nadir-s.pt
$R.least_heats --checkpoint $K/nadir-s.pt
$R.export --checkpoint $K/nadir-s.pt --out public/models/nadir-s --goldens e2e/fixtures/goldens
