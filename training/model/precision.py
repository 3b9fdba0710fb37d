"""The precision that a device is fast in."""
import torch


def autocast(device_type):
    """bfloat16 where the device multiplies it; a CPU that doesn't is four times slower in it than in float32."""
    fast = device_type != 'cpu' or torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.autocast(device_type, torch.bfloat16, enabled=fast)
