"""The rows of the language model that are made of features, fitted to those of a released model: patches, and the whole image."""
import time

import numpy as np
import torch

from ...learning.schedule import set_rate


def explained(made, wanted):
    """Share of the variance of rows [N,R,H] about their mean that other rows explain."""
    return 1 - ((made - wanted) ** 2).sum().item() / ((wanted - wanted.mean((0, 1))) ** 2).sum().item()


def fit_rows(connector, known, held, steps, lr, batch, seed):
    """Fits merge1, merge2 and global_row; prints the explained variance of held-out tiles, patches and whole image. `known`, `held`: (tokens
    f16[N,256,D] and stats [N,384] of the new tower, rows f16[N,65,H] of the teacher: patches, whole image)."""
    params = [p for layer in (connector.merge1, connector.merge2, connector.global_row) for p in layer.parameters()]
    for p in params:
        p.requires_grad_(True)
    opt = torch.optim.AdamW(params, lr=lr, weight_decay=0.01)
    rng = np.random.default_rng(seed)
    spread = known[2].float().std()
    for step in range(steps):
        set_rate(opt, lr, step, steps, warm=max(1, steps // 20))
        at = torch.from_numpy(rng.integers(len(known[0]), size=min(batch, len(known[0]))))
        tokens, stats, wanted = (v[at].float() for v in known)
        loss = (((connector.patch_rows(tokens) - wanted[:, :-1]) / spread) ** 2).mean() + 0.1 * (((connector.global_row(stats) - wanted[:, -1]) / spread) ** 2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        if (step + 1) % max(1, steps // 5) == 0 or step + 1 == steps:
            with torch.no_grad():
                tokens, stats, wanted = (v.float() for v in held)
                patches, whole = explained(connector.patch_rows(tokens), wanted[:, :-1]), explained(connector.global_row(stats)[:, None], wanted[:, -1:])
            print(f'{time.strftime("%H:%M:%S")} step {step + 1} loss {loss.item():.4f}; held-out variance explained: patch rows {patches:.3f}, whole image {whole:.3f}', flush=True)
