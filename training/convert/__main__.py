"""python -m training.convert CHECKPOINT --out DIR: a LLaVA-family checkpoint becomes a Nadir model folder. docs/convert-a-checkpoint.md
tells more."""
import argparse
import math
import os
import shutil
import sys

from ..convert import manifest
from ..export.lora import write_lora_graphs
from .check import check_folder
from .checkpoint.adapter import merge_adapter
from .checkpoint.pixels import read_pixels
from .checkpoint.plan import read_plan
from .errors import ConvertError, need
from .graphs.connector import connector_weights, write_connector
from .graphs.llm import LlmWriter
from .graphs.vision import describe, write_vision
from .graphs.vision_weights import find_tower, tower_weights
from .graphs.weight_file import LIMIT, WeightFiles
from .text import chat_template, read_tokenizer, stop_tokens, write_text


def parse(argv):
    ap = argparse.ArgumentParser(prog='python -m training.convert', description=__doc__)
    ap.add_argument('checkpoint', help='folder in Hugging Face layout: config.json, safetensors, tokenizer.json')
    ap.add_argument('--out', help='folder of the converted model (made; must be empty, or give --overwrite)')
    ap.add_argument('--overwrite', action='store_true', help='replace what --out holds')
    ap.add_argument('--dry-run', action='store_true', help='read the configuration and the headers, check every tensor\'s shape, print '
                                                           'sizes; write nothing')
    ap.add_argument('--vision-tower', metavar='DIR', help='where the vision tower is, for checkpoints that leave it out')
    ap.add_argument('--merge-adapter', metavar='DIR', help='LoRA adapter in PEFT layout, merged into the weights')
    ap.add_argument('--dialect', default='nadir', help=f'how the model writes boxes: {", ".join(manifest.DIALECTS)}')
    ap.add_argument('--slicing', choices=manifest.SLICINGS, help='default way to cut large images (read from the configuration otherwise)')
    ap.add_argument('--chat-template', metavar='NAME|FILE', help='vicuna, chatml, llava-llama-2 or a Jinja file, for checkpoints without '
                                                                 'one')
    ap.add_argument('--image-size', type=int, help='side in pixels, where it isn\'t the tower\'s own: its position embedding is '
                                                   'interpolated')
    ap.add_argument('--max-positions', type=int, default=4096, help='length of the key/value cache at most (default 4096)')
    ap.add_argument('--weights', choices=['q4', 'f32'], default='q4', help='of the language model: 4 bit in blocks of 32, or as they are '
                                                                           '(for tests)')
    ap.add_argument('--vision-weights', choices=['f16', 'f32'], default='f16', help='of tower and connector')
    ap.add_argument('--max-file-bytes', type=int, default=LIMIT, help='size at which a weight file is split')
    ap.add_argument('--name'), ap.add_argument('--id'), ap.add_argument('--licence'), ap.add_argument('--version', default='1')
    ap.add_argument('--no-check', action='store_true', help='don\'t run the written graphs once')
    return ap.parse_args(argv)


def convert(options, log=print):
    """Everything; returns the manifest (of a dry run: without files)."""
    need(options.dialect in manifest.DIALECTS, 'DIALECT_UNSUPPORTED',
         f'The app reads no dialect "{options.dialect}"; it reads {", ".join(manifest.DIALECTS)}. docs/add-a-dialect.md tells how to add '
         f'one.')
    need(options.out or options.dry_run, 'OUT_EXISTS', 'Give --out DIR (or --dry-run).')
    plan = read_plan(options.checkpoint, options.vision_tower, options.image_size, options.max_positions)
    pixels = read_pixels(plan.folder, plan.tower_folder)
    if pixels['size'] not in (None, plan.tower.image) and not options.image_size:
        # The tower is given the size that its images are prepared at (DINOv2 is trained at 518 and mostly used at 224).
        plan = read_plan(options.checkpoint, options.vision_tower, pixels['size'], options.max_positions)
    tokenizer, tokenizer_config = read_tokenizer(plan)
    turn = chat_template(plan, tokenizer, tokenizer_config, options.chat_template)
    stops = stop_tokens(plan, tokenizer, tokenizer_config, turn[2])
    merged = merge_adapter(plan.tensors, options.merge_adapter, plan.llm_prefix, plan.head) if options.merge_adapter else None
    report(plan, pixels, turn, stops, merged, log)
    if options.dry_run:
        return dry_run(plan, pixels, stops, options, log)
    with Output(options) as folder:
        half = options.vision_weights == 'f16'
        vision = write_vision(plan.tower, tower_weights(plan.tower, find_tower(plan.tower_tensors, plan.tower)), f'{folder}/onnx', half)
        weights = connector_weights(plan.connector, plan.tower, plan.tensors, plan.llm.hidden)
        write_connector(plan.connector, plan.tower, weights, f'{folder}/onnx', half, plan.llm.hidden)
        files = WeightFiles(f'{folder}/onnx', 'llm_q4', options.max_file_bytes)
        writer = LlmWriter(plan.llm, plan.tensors, plan.llm_prefix, plan.head, files, options.weights == 'q4')
        llm, facts = writer.write(f'{folder}/onnx')
        if facts['f32']:
            llm['loraGraphs'] = write_lora_graphs(folder)
            llm['baseModels'] = base_models(plan.config)
        llm['weightFiles'] = [f'onnx/{name}' for name in files.names]
        write_text(plan, tokenizer, tokenizer_config, turn, folder)
        made = manifest.build(plan, pixels, vision, llm, stops, options)
        made['files'] = manifest.write(made, folder)
        if options.weights == 'q4':
            log(f'4-bit quantisation: the weights of the language model differ by {100 * facts["loss"]:.1f} % (root mean square, of their '
                f'own)')
        if not facts['f32']:
            log(f'no llm_f32.onnx: dequantised it would take {llm["f32Bytes"] / 1e9:.1f} GB; WebAssembly will run the 4-bit graph')
        if not options.no_check:
            check_folder(folder, made, log)
    total = sum(f['bytes'] for f in made['files'].values())
    log(f'{options.out}: {len(made["files"]) + 1} files, {total / 1e6:.1f} MB')
    return made


def base_models(config):
    """Names that adapters may know this language model by."""
    names = [config.get('text_config', {}).get('_name_or_path'), config.get('_name_or_path')]
    return [n for i, n in enumerate(names) if n and n not in names[:i]]


def report(plan, pixels, turn, stops, merged, log):
    t, c, m = plan.tower, plan.connector, plan.llm
    log(f'tower      {t.kind}: {t.width} wide, {t.depth} layers run, images of {t.image} px in patches of {t.patch} -> {t.rows} tokens of '
        f'{t.features} '
        f'({"WGSL and ONNX" if t.wgsl else "ONNX"})')
    if t.image != t.trained:
        log(f'           position embedding interpolated from {t.trained} px to {t.image} px')
    log(f'pixels     mean {pixels["mean"]}, std {pixels["std"]}, {pixels["resample"]}')
    log(f'connector  {c.kind}{f", {c.layers} layers" if c.layers else ""} -> {c.rows} rows of {m.hidden}')
    scaled = f', positions divided by {m.rope_factor:g}' if m.rope_factor != 1 else ''
    log(f'llm        {m.kind}: {m.layers} layers, {m.hidden} wide, {m.heads} heads over {m.kv_heads}, rope {m.theta:g}{scaled}, '
        f'{m.positions} positions'
        f'{", tied embedding" if plan.head.endswith("embed_tokens.weight") else ""}')
    cache = 8 * m.layers * m.kv_heads * m.head_dim * m.positions
    log(f'           key/value cache on the GPU {cache / 1e6:.1f} MB (--max-positions)')
    if merged:
        log(f'adapter    LoRA rank {merged["rank"]}, alpha {merged["alpha"]}{", rslora" if merged["rslora"] else ""}: {merged["modules"]} '
            f'modules merged')
    log(f'turn       {turn[0]!r} <image> {turn[1]!r} question {turn[2]!r}; stops at {", ".join(stops)}')


def dry_run(plan, pixels, stops, options, log):
    """Checks every tensor's shape against the configuration and counts bytes."""
    size = 2 if options.vision_weights == 'f16' else 4
    count = lambda weights: size * sum(math.prod(v.shape) for v in weights.values())
    plan.tower_tensors.dry = True
    vision = count(tower_weights(plan.tower, find_tower(plan.tower_tensors, plan.tower)))
    plan.tower_tensors.dry = False
    connector = count(connector_weights(plan.connector, plan.tower, plan.tensors, plan.llm.hidden))
    files = WeightFiles(None, 'llm_q4', options.max_file_bytes)
    llm, facts = LlmWriter(plan.llm, plan.tensors, plan.llm_prefix, plan.head, files, options.weights == 'q4').write(None)
    log(f'would write onnx/vision.safetensors {vision / 1e6:.1f} MB, onnx/connector.onnx {connector / 1e6:.1f} MB')
    for name, bytes_ in zip(files.names, files.sizes):
        log(f'would write onnx/{name} {bytes_ / 1e6:.1f} MB')
    log(f'{facts["parameters"] / 1e6:.1f} million parameters in the language model; on WebAssembly '
        + (f'dequantised to {llm["f32Bytes"] / 1e6:.1f} MB' if facts['f32'] else 'run in 4 bit (dequantised it would not fit)'))
    return manifest.build(plan, pixels, describe(plan.tower), llm, stops, options)


class Output:
    """The folder is written beside its place and moved there when it is whole: a conversion that fails leaves nothing half-made."""

    def __init__(self, options):
        self.out, self.tmp = options.out.rstrip('/'), options.out.rstrip('/') + '.partial'
        need(options.overwrite or not os.path.exists(self.out) or not os.listdir(self.out), 'OUT_EXISTS',
             f'"{self.out}" is not empty. Choose another folder, or give --overwrite.')
        need(not os.path.exists(self.out) or not options.overwrite or os.path.exists(f'{self.out}/nadir.json') or not os.listdir(self.out),
             'OUT_EXISTS', f'"{self.out}" is no model folder (it has no nadir.json): it is not overwritten.')

    def __enter__(self):
        shutil.rmtree(self.tmp, ignore_errors=True)
        os.makedirs(f'{self.tmp}/onnx')
        return self.tmp

    def __exit__(self, kind, error, trace):
        if kind is not None:
            shutil.rmtree(self.tmp, ignore_errors=True)
            return
        shutil.rmtree(self.out, ignore_errors=True)
        os.rename(self.tmp, self.out)


def main(argv=None):
    try:
        convert(parse(argv))
    except ConvertError as e:
        print(f'error {e}', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
