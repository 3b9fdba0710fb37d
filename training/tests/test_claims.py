"""Temperatures and region evidence are found where the truth is known."""
import numpy as np

from training.core import boxes
from training.stages import claims


def softmax(logits):
    p = np.exp(logits - logits.max(1, keepdims=True))
    return p / p.sum(1, keepdims=True)


def test_the_temperature_of_the_logits_is_found():
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 2, (6000, 5))
    truth = np.array([rng.choice(5, p=p) for p in softmax(logits)])
    for wrong in (0.5, 1.0, 2.0):
        said = softmax(logits / wrong)
        best = claims.best_temperature(said, truth)
        assert abs(best - 1 / wrong) < 0.08, f'logits divided by {wrong} need a temperature of its reciprocal'
        right = claims.at_temperature(said, best)
        assert claims.ece(right, truth) < 0.02 and claims.nll(right, truth) <= claims.nll(said, truth)
        assert (right.argmax(1) == said.argmax(1)).all()
    assert np.isfinite(claims.at_temperature(np.array([[1.0, 0.0]], np.float32), 0.5)).all()


def test_the_weights_of_a_logistic_regression_are_found():
    rng = np.random.default_rng(5)
    features = np.c_[rng.normal(0, 2, 4000), rng.uniform(0, 1, 4000), rng.random(4000) < 0.3]
    right = rng.random(4000) < 1 / (1 + np.exp(-(features @ [0.8, 3.0, -4.0] - 1)))
    assert np.allclose(claims.logistic(features, right.astype(float)), [0.8, 3.0, -4.0, -1.0], atol=0.4)


def test_backgrounds_hold_no_object_and_drawn_boxes_hold_theirs():
    rng = np.random.default_rng(7)
    objects = [(0, 60.0, 60.0, 80.0, 40.0, 30.0, 0), (4, 180.0, 150.0, 50.0, 90.0, 0.0, 0)]
    for _ in range(20):
        for box in claims.background(rng, objects):
            assert all(boxes.iou(box, o[1:6]) < 0.15 for o in objects)
            assert box[2] / 2 <= box[0] <= 256 - box[2] / 2 and box[3] / 2 <= box[1] <= 256 - box[3] / 2
        for o in objects:
            x, y, w, h, _ = claims.drawn(rng, o)
            assert abs(x - o[1]) < w / 2 and abs(y - o[2]) < h / 2
