"""The learning rate of a stage: a linear rise, then half a cosine down to a fiftieth."""
import math


def set_rate(opt, lr, step, steps, warm):
    """Sets and returns the rate of step `step` (from 0) of `steps`, of which the first `warm` rise to `lr`."""
    rate = lr * min(1, (step + 1) / warm) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / steps)))
    for group in opt.param_groups:
        group['lr'] = rate
    return rate
