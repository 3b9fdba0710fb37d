"""Runs the written graphs once in ONNX Runtime: every shape fits the next graph, every number is finite."""
import os
import tempfile

import numpy as np
import onnxruntime as ort

from .errors import ConvertError, need

BIGGEST = 3 * 10 ** 9


def dequantise(folder, llm, target):
    """What the app does at load: weight files -> llm_f32.bin, following the manifest."""
    maps = {}

    def part(spot):
        file = spot.get('file', llm['weightFiles'][0])
        if file not in maps:
            maps[file] = np.memmap(f'{folder}/{file}', np.uint8, 'r')
        return maps[file][spot['offset']:spot['offset'] + spot['bytes']]

    with open(target, 'wb') as f:
        f.truncate(llm['f32Bytes'])
        for w in llm['weights']:
            f.seek(w['f32']['offset'])
            if w['kind'] == 'f32':
                f.write(part(w['source']).tobytes())
                continue
            q = part(w['q']).reshape(w['n'], -1, w['block'] // 2)
            scales = part(w['scales']).view(np.float32).reshape(w['n'], -1, 1)
            full = np.stack([q & 15, q >> 4], -1).reshape(w['n'], -1, w['block']).astype(np.float32) - 8
            f.write(np.ascontiguousarray((full * scales).reshape(w['n'], -1)[:, :w['k']].T).tobytes())


def session(path):
    try:
        return ort.InferenceSession(path, providers=['CPUExecutionProvider'])
    except Exception as e:
        raise ConvertError('CHECK_FAILED', f'ONNX Runtime can\'t open {os.path.basename(path)}: {e}') from e


class Decoder:
    """One of the LLM graphs, fed as the app feeds it. `rows` f32[1, T, hidden] -> logits f32[vocab] after the last."""

    def __init__(self, path, llm):
        self.session, self.llm = session(path), llm
        self.names = [o.name for o in self.session.get_outputs()]
        self.restart()

    def restart(self):
        self.positions = 0
        empty = np.zeros((1, self.llm['kvHeads'], 0, self.llm['headDim']), np.float32)
        self.past = {f'past_key_values.{i}.{p}': empty for i in range(self.llm['layers']) for p in ('key', 'value')}

    def __call__(self, rows):
        count = rows.shape[1]
        total = self.positions + count
        feeds = {'inputs_embeds': np.ascontiguousarray(rows, np.float32), 'seqlens_k': np.array([total - 1], np.int32),
                 'total_sequence_length': np.array([total], np.int32), **self.past}
        out = dict(zip(self.names, self.session.run(None, feeds)))
        self.positions = total
        self.past = {k.replace('present', 'past_key_values'): v for k, v in out.items() if k != 'logits'}
        return out['logits'][0, 0]


class Converted:
    """A converted folder run in ONNX Runtime, by its manifest."""

    def __init__(self, folder, manifest, graph='q4'):
        self.folder, self.manifest = folder, manifest
        graphs = manifest['llm']['graphs']
        self.vision, self.connector = (session(f'{folder}/{manifest[part]["graph"]}') for part in ('vision', 'connector'))
        self.tmp = None
        path = f'{folder}/{graphs["q4"]}'
        if graph == 'f32':
            self.tmp = tempfile.TemporaryDirectory()
            with open(f'{folder}/{graphs["f32"]}', 'rb') as a, open(f'{self.tmp.name}/llm_f32.onnx', 'wb') as b:
                b.write(a.read())
            dequantise(folder, manifest['llm'], f'{self.tmp.name}/llm_f32.bin')
            path = f'{self.tmp.name}/llm_f32.onnx'
        self.decoder = Decoder(path, manifest['llm'])
        e = manifest['llm']['embed']
        raw = np.memmap(f'{folder}/{e["file"]}', np.float16, 'r', offset=e['offset'], shape=tuple(e['shape']))
        self.embedding = raw

    def see(self, pixels):
        """pixels f32[1, side, side, 3], normalised -> visual f32[1, rows, hidden]."""
        tokens = self.vision.run(None, {'pixels': pixels})[0]
        return self.connector.run(None, {'tokens': tokens})[0]


def check_folder(folder, manifest, log):
    total = sum(f['bytes'] for f in manifest['files'].values())
    if total > BIGGEST:
        log(f'not run here: the model has {total / 1e9:.1f} GB')
        return
    model = Converted(folder, manifest)
    side = manifest['slicing']['tile']
    visual = model.see(np.random.default_rng(0).standard_normal((1, side, side, 3)).astype(np.float32))
    want = (1, manifest['tokensPerSlice'], manifest['llm']['hidden'])
    need(visual.shape == want, 'CHECK_FAILED', f'The connector gives {visual.shape}; the manifest says {want}.')
    room = manifest['llm']['maxPositions'] - 64
    need(want[1] < room, 'TOO_LARGE', f'An image takes {want[1]} of {room + 64} positions. Give a larger --max-positions.')
    logits = model.decoder(np.concatenate([model.embedding[None, :4].astype(np.float32), visual], axis=1))
    again = model.decoder(model.embedding[None, [int(logits.argmax())]].astype(np.float32))
    need(np.isfinite(logits).all() and np.isfinite(again).all(), 'CHECK_FAILED',
         'The language model\'s logits are not finite. Are the weights a trained model\'s?')
    log(f'ran once in ONNX Runtime: visual {visual.shape}, logits {logits.shape}')
