"""Sizes of Nadir S, and the choices of its design that no stage learns. What stages find is in `model.calibration`."""
from .names import BOXES, CLASSES

VERSION = '1.0.0'

# The pyramid tower and the evidence read from it.
PYRAMID = dict(variant='lite2', image=256, bands=4, glance=8, width=256, depth=2, heads=4, mlp=768, eps=1e-6, neck=128, trunk=48, hidden=256)
# The language model.
LANGUAGE = dict(hidden=256, layers=4, q_heads=4, kv_heads=2, head_dim=64, ffn=768, vocab=1536, positions=1024, rope=10000.0, rms_eps=1e-6, pointers=64)
# A whole model. `boxes`: names of the detector's classes, in the order of its channels. `masks`: those of them that the refiner outlines.
CONFIG = dict(PYRAMID, **LANGUAGE, boxes=[name for name, _, _ in BOXES], masks=[name for name, _, _ in CLASSES])
# Edition 0.5, which is restored as a teacher: another tower, and six classes.
TEACHER = dict(LANGUAGE, image=256, bands=4, conv1=128, conv2=192, width=256, depth=6, heads=4, mlp=768, eps=1e-6, neck=128,
               boxes=[name for name, _, _ in CLASSES], masks=[name for name, _, _ in CLASSES])

PROPOSALS = {'max': 400, 'nmsIou': 0.3}
# What a prompt has rows and pointers for: the best proposals of the classes that the language model has words for.
PROMPT = {'classes': [name for name, _, _ in CLASSES], 'max': 48}
CHANGE_PROPOSALS = {'max': 16, 'minScore': 0.2, 'nmsIou': 0.3}

# Classes whose boxes are drawn around their masks, since that was measured to help them, and the heat from which a box is worth
# the work. Whether it is kept is decided by its score after that (model.calibration).
FITTED = {'building': 0.1}
FIT_PASSES = 1  # a second one was worth 0.05 while boxes lay at wrong angles; since then it costs 0.01
REPEATS = 0.5  # fitted boxes of one class with a higher IoU are the same object
