"""What both towers are built of."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def gelu(x):
    """GELU in its tanh form; while training in its erf form, which differs by less than 5e-4 and is 3-5 times faster on CPU."""
    return F.gelu(x, approximate='none' if torch.is_grad_enabled() else 'tanh')


class Block(nn.Module):
    """Pre-norm transformer block with packed q|k|v."""

    def __init__(self, width, heads, mlp, eps):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width, eps=eps)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width, eps=eps)
        self.fc1 = nn.Linear(width, mlp)
        self.fc2 = nn.Linear(mlp, width)

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        # Written out: on CPU the fused kernel's backward pass costs more than three matmuls (a fifth of a step).
        y = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(d // self.heads), -1).to(v.dtype) @ v
        x = x + self.proj(y.transpose(1, 2).reshape(b, n, d))
        return x + self.fc2(gelu(self.fc1(self.norm2(x))))
