"""nadir.json of a converted model: no dense head, no scenes, no refiner; questions in words, boxes as text."""
import os

from ..core.app_records import record_ids
from ..core.files import list_files, write_json
from .errors import need

DIALECTS = record_ids('vlm/dialects')
SLICINGS = ['auto', *record_ids('geo/slicing')]
BANDS = (('red', 650), ('green', 560), ('blue', 480))
# What a manifest says of its dialect beside the id.
FACTS = {
    'nadir': {'scale': 1000, 'origin': 'centre', 'angle': {'unit': 'degree', 'direction': 'clockwise'}},
}
TASKS = {
    'describe': {'prompt': 'Describe this image.'},
    'classify': {'prompt': 'What kind of scene is this?'},
    'count': {'prompt': 'How many {label} are there?'},
    'find': {'prompt': 'Find all {label}. Give the location of each.'},
}
LICENCE = 'Not stated in the checkpoint: see its publisher\'s model card'


def slicing(plan, mode):
    """`mode`: chosen by hand, or None: slices as the checkpoint was trained, each of which the app asks about by itself."""
    chosen = mode or ('llava-uhd' if plan.anyres or plan.connector.kind == 'resampler' else 'auto')
    return {'default': chosen, 'tile': plan.tower.image, 'overlap': 0.25, 'maxSlices': 6}


def build(plan, pixels, vision, llm, stops, options):
    """The manifest without `files`."""
    name = options.name or os.path.basename(os.path.normpath(plan.folder))
    return {
        'format': 'nadir-model/2', 'id': options.id or slug(name), 'name': name, 'version': options.version,
        'licence': options.licence or licence_of(plan.folder) or LICENCE,
        'bands': [{'name': n, 'wavelengthNm': w, 'optional': False, 'mean': m, 'std': s} for (n, w), m, s in zip(BANDS, pixels['mean'], pixels['std'])],
        'slicing': slicing(plan, options.slicing), 'tokensPerSlice': plan.connector.rows, 'dialect': {'id': options.dialect, **FACTS.get(options.dialect, {})},
        'vision': vision,
        'connector': {'graph': 'onnx/connector.onnx'},
        'llm': {'graphs': {'q4': 'onnx/llm_q4.onnx', 'f32': 'onnx/llm_f32.onnx'}, **llm},
        'tasks': TASKS, 'stop': stops, 'maxNewTokens': min(512, plan.llm.positions // 2),
        'score': {'meaning': 'none: this model writes its boxes as text, without scores'},
    }


def slug(name):
    kept = ''.join(c if c.isalnum() else '-' for c in name.lower())
    return '-'.join(p for p in kept.split('-') if p) or 'converted'


def licence_of(folder):
    """The licence that the model card's front matter names."""
    path = os.path.join(folder, 'README.md')
    if not os.path.exists(path):
        return None
    with open(path, encoding='utf-8', errors='replace') as f:
        head = f.read(4096).split('---')
    lines = head[1].splitlines() if len(head) > 2 and not head[0].strip() else []
    return next((line.split(':', 1)[1].strip() for line in lines if line.startswith('license:')), None)


def write(manifest, folder):
    files = list_files(folder)
    f32 = 'onnx/llm_f32.onnx' in files
    if not f32:
        manifest['llm']['graphs'].pop('f32')
    need(all(f in files for f in ('onnx/vision.onnx', 'onnx/connector.onnx', 'onnx/llm_q4.onnx', 'tokenizer.json')), 'CHECK_FAILED',
         'A file of the model folder was not written.')
    write_json(f'{folder}/nadir.json', {**manifest, 'files': files})
    return files
