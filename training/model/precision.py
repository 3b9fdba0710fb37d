"""The precision in which a device is fast."""
import torch


def autocast(device_type):
    """bfloat16 where the device multiplies it in hardware. Elsewhere it is four times slower than float32."""
    fast = device_type != 'cpu' or torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.autocast(device_type, torch.bfloat16, enabled=fast)
