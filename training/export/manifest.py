"""nadir.json: what the app reads about a model before it reads the model. Its schema is src/vlm/manifest/schema.ts."""
import math

from ..core.config import CHANGE_PROPOSALS, CONFIG, FIT_PASSES, PROMPT, PROPOSALS, REPEATS, VERSION
from ..core.names import (BOX_NAMES, BOXES, BOXES_ZH, COVER, COVER_ZH, DEFECTS, DENSITY, PRESENCE, PRESENCE_ZH, SCENE_SCALES, SCENES, SCENES_10M, SCENES_10M_ZH,
                          SCENES_ZH)
from ..core.normalise import MEAN, STD
from ..language import phrases_en, phrases_zh
from ..language.questions import TASK_PROMPTS
from ..model.calibration import REGION
from ..model.rows import EVIDENCE_ROWS

# At these scales, in m, land cover was learned: drone and aerial imagery, and Sentinel-2.
COVER_GSD = {'min': 0.1, 'max': 15.0}
COVER_MEANING = 'what most of a cell of 4 x 4 px seems to be; the probability of each class'
BANDS = (('red', 650), ('green', 560), ('blue', 480), ('nir', 840))


def labels(names, chinese):
    return [{'name': n, 'zh': z} for n, z in zip(names, chinese, strict=True)]


def also(c):
    """Other words for a class of BOXES, singular and plural, English and Chinese."""
    known = {BOXES[c][0], BOXES[c][1], BOXES_ZH[c]}
    words = [word for pair in phrases_en.SYNONYMS[c] for word in pair] + phrases_zh.SYNONYMS[c]
    return [word for word in dict.fromkeys(words) if word not in known]


def measured(name, value):
    """{name: value}, or nothing where nobody has measured it."""
    return {} if math.isnan(value) else {name: value}


def manifest(vision, llm, calibration, version=VERSION, cfg=CONFIG):
    """`vision`: export_vision's. `llm`: export_llm's account of the weights. `calibration`: the model's. Scores are empty until the card's are measured."""
    side = cfg['image'] // 16
    neck, dense = {'stride': 8, 'grid': [2 * side, 2 * side]}, {'stride': 4, 'grid': [4 * side, 4 * side]}
    classes = []
    for name, a, b, recall in zip(cfg['boxes'], *(v.tolist() for v in (calibration.slope, calibration.offset, calibration.recall)), strict=True):
        c = BOX_NAMES.index(name)
        classes.append({'name': name, 'plural': BOXES[c][1], 'zh': BOXES_ZH[c], 'also': also(c), 'calibration': {'slope': a, 'offset': b}, **measured('recall', recall)})
    return {
        'format': 'nadir-model/2', 'id': 'nadir-s', 'name': 'Nadir S', 'version': version,
        'licence': 'MIT (weights; they start from EfficientNet-Lite, Apache-2.0); trained on data under CC0, CC BY 3.0, CC BY 4.0, ODbL, MIT and public domain: see README.md',
        'bands': [{'name': n, 'wavelengthNm': w, 'optional': n == 'nir', 'mean': m, 'std': s} for (n, w), m, s in zip(BANDS, MEAN, STD)],
        'gsd': {'min': 0.05, 'max': 1.0, 'best': 0.3},
        'slicing': {'default': 'auto', 'tile': cfg['image'], 'overlap': 0.25, 'maxSlices': 6},
        'tokensPerSlice': side * side // 4 + EVIDENCE_ROWS,
        'dialect': {'id': 'nadir', 'scale': 1000, 'origin': 'centre', 'angle': {'unit': 'degree', 'direction': 'clockwise'}},
        'vision': vision,
        'connector': {'graph': 'onnx/connector.onnx', 'neck': neck},
        'llm': {'graphs': {'q4': 'onnx/llm_q4.onnx', 'f32': 'onnx/llm_f32.onnx'}, 'weightFiles': ['onnx/llm_q4.bin'], **llm},
        'detector': {'classes': classes, **dense,
                     'proposals': {'graph': 'onnx/proposals.onnx', 'max': PROPOSALS['max'], 'minScores': calibration.heats(),
                                   'nmsIou': PROPOSALS['nmsIou'], 'peakWindow': 3},
                     'prompt': {'classes': [n for n in cfg['boxes'] if n in PROMPT['classes']], 'max': PROMPT['max']},
                     'regionCalibration': dict(zip(REGION, calibration.region.tolist())),
                     **measured('placeSpread', calibration.place_spread.item())},
        'scenes': {'labels': labels([n for _, n in SCENES + SCENES_10M], SCENES_ZH + SCENES_10M_ZH), 'temperature': calibration.scene_temperature.item(),
                   'scales': [{'gsd': list(gsd), 'from': a, 'to': b} for a, b, gsd in SCENE_SCALES]},
        'presence': {'labels': labels([d.replace('-', ' ') for d, _, _ in PRESENCE], PRESENCE_ZH)},
        'quality': {'labels': labels(*zip(*DEFECTS))},
        'cover': {'labels': labels([n for _, n in COVER], COVER_ZH), **dense, 'gsd': COVER_GSD, 'meaning': COVER_MEANING, **measured('iou', calibration.cover_iou.item())},
        'density': {'classes': [{'name': n, 'plural': p, 'zh': z, **measured('relativeError', e)}
                                for (n, p, z, _), e in zip(DENSITY, calibration.density_error.tolist())]},
        'change': {'graph': 'onnx/change.onnx', 'proposalGraph': 'onnx/change_proposals.onnx', **CHANGE_PROPOSALS, 'visualRows': EVIDENCE_ROWS, **neck},
        'refiner': {'graph': 'onnx/refiner.onnx', 'size': 64, 'grow': 1.25, 'featureSize': 16,
                    'classes': cfg['masks'],
                    'fits': [{'class': n, 'minScore': s} for n, s in calibration.scores().items() if n in cfg['masks']],
                    'fitPasses': FIT_PASSES, 'repeatIou': REPEATS},
        'tasks': TASK_PROMPTS, 'stop': ['<|im_end|>', '<|endoftext|>'], 'maxNewTokens': 256,
        'score': {'meaning': 'an estimated probability that the box is right (IoU 0.5 or more), fitted on held-out tiles of places like those in training; elsewhere it is too high'},
        'scores': [],
    }
