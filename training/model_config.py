"""Sizes of Nadir S."""

CONFIG = dict(
    image=256, bands=4, conv1=128, conv2=192, width=256, depth=6, heads=4, mlp=768, eps=1e-6,
    neck=128, hidden=256, layers=4, q_heads=4, kv_heads=2, head_dim=64, ffn=768, vocab=1536, positions=1024,
    rope=10000.0, rms_eps=1e-6, pointers=64,
)
