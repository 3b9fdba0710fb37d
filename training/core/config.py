"""Sizes of Nadir S, and the choices of its design that no stage learns. What stages find is in `model.calibration`."""

VERSION = '0.5.1'

CONFIG = dict(
    image=256, bands=4, conv1=128, conv2=192, width=256, depth=6, heads=4, mlp=768, eps=1e-6,
    neck=128, hidden=256, layers=4, q_heads=4, kv_heads=2, head_dim=64, ffn=768, vocab=1536, positions=1024,
    rope=10000.0, rms_eps=1e-6, pointers=64,
)

PROPOSALS = {'max': 48, 'nmsIou': 0.3}
CHANGE_PROPOSALS = {'max': 16, 'minScore': 0.2, 'nmsIou': 0.3}

# Classes whose boxes are drawn around their masks, since that was measured to help them, and the heat from which a box is worth
# the work. Whether it is kept is decided by its score after that (model.calibration).
FITTED = {'building': 0.1, 'car': 0.12}
FIT_PASSES = 2  # a box that is far too small shows its mask only a part of the object
REPEATS = 0.5  # fitted boxes of one class with a higher IoU are the same object
