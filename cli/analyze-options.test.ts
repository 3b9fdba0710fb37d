import { describe, expect, it } from 'vitest';
import { parseAnalyzeOptions, UsageError } from './analyze-options.ts';

describe('parseAnalyzeOptions', () => {
  it('reads a task with its label, region and output', () => {
    const args = 'scene.tif --task find --label airplane --out out.geojson --region 1,2,30.5,40 --json'.split(' ');
    expect(parseAnalyzeOptions(args)).toMatchObject({
      file: 'scene.tif',
      task: 'find',
      label: 'airplane',
      out: [{ path: 'out.geojson', format: { id: 'geojson' } }],
      region: { x: 1, y: 2, width: 30.5, height: 40 },
      backend: 'auto',
      slicing: 'auto',
      json: true,
    });
  });

  it('takes a free question', () => {
    expect(parseAnalyzeOptions(['a.png', '--ask', 'Where am I?'])).toMatchObject({ task: 'ask', text: 'Where am I?' });
  });

  it('takes an adapter', () => {
    expect(parseAnalyzeOptions(['a.png', '--adapter', 'mine'])).toMatchObject({ adapter: 'mine' });
    expect(parseAnalyzeOptions(['a.png'])?.adapter).toBeNull();
  });

  it('takes a model folder, but not for an app that is served elsewhere', () => {
    expect(parseAnalyzeOptions(['a.png', '--model', 'mine'])).toMatchObject({ model: 'mine' });
    expect(() => parseAnalyzeOptions(['a.png', '--model', 'mine', '--url', 'http://host/'])).toThrow(UsageError);
  });

  it('takes the earlier image of a comparison', () => {
    const args = ['later.tif', '--task', 'change', '--before', 'earlier.tif'];
    expect(parseAnalyzeOptions(args)).toMatchObject({ task: 'change', file: 'later.tif', before: 'earlier.tif' });
    expect(parseAnalyzeOptions(['a.tif', '--task', 'quality'])).toMatchObject({ task: 'quality', before: null });
  });

  it('chooses the format of the output by its ending', () => {
    const formatFor = (path: string) => parseAnalyzeOptions(['a.png', '--out', path])?.out[0]?.format.id;
    expect(['a.GeoJSON', 'b.c.json', '/dev/stdout'].map(formatFor)).toEqual(['geojson', 'geojson', 'geojson']);
    expect(() => formatFor('a.shp')).toThrow('--out is "a.shp"; its ending must be one of GeoJSON (.geojson, .json)');
  });

  it('saves land cover as rasters and polygons at once', () => {
    const args = ['a.tif', '--task', 'cover', '--out', 'a.tif', '--out', 'a.Confidence.tif', '--out', 'a.geojson'];
    expect(parseAnalyzeOptions(args)?.out.map(({ format }) => format.id)).toEqual([
      'cover-geotiff',
      'cover-confidence',
      'geojson',
    ]);
    const asked = ['a.tif', '--ask', 'How much is water?', '--out', 'a.tif'];
    expect(parseAnalyzeOptions(asked)?.out[0]?.format.id).toBe('cover-geotiff');
    expect(() => parseAnalyzeOptions(['a.tif', '--task', 'describe', '--out', 'b.tif'])).toThrow(/--task cover/);
  });

  it('describes when no task is named', () => {
    expect(parseAnalyzeOptions(['a.png'])?.task).toBe('describe');
  });

  it('answers --help with null', () => {
    expect(parseAnalyzeOptions(['--help'])).toBeNull();
  });

  it.each([
    ['no file', [], 'FILE'],
    ['two files', ['a.tif', 'b.tif'], 'One file at a time'],
    ['a file beside a batch', ['a.tif', '--batch', 'b.jsonl'], '--batch takes every image'],
    ['a sample beside a batch', ['--sample', 'a.tif', '--batch', 'b.jsonl'], 'leave out --sample'],
    ['an earlier image beside a batch', ['--before', 'a.tif', '--batch', 'b.jsonl'], 'leave out --before'],
    ['one output for a batch', ['--out', 'a.geojson', '--batch', 'b.jsonl'], 'leave out --out'],
    ['a file and a sample', ['a.tif', '--sample', 'b.tif'], 'Give one FILE, or --sample'],
    ['an unknown option', ['a.tif', '--tusk', 'find'], '--tusk'],
    ['an unknown task', ['a.tif', '--task', 'guess'], '--task is "guess"'],
    ['a missing label', ['a.tif', '--task', 'count'], 'needs --label'],
    [
      'a task and a question',
      ['a.tif', '--task', 'find', '--label', 'car', '--ask', 'why'],
      'one of --ask, --task and --plan',
    ],
    ['a region of three numbers', ['a.tif', '--region', '1,2,3'], '--region is "1,2,3"'],
    ['a region with an empty number', ['a.tif', '--region', '1,,3,4'], '--region is "1,,3,4"'],
    ['a region without area', ['a.tif', '--region', '1,2,0,4'], '--region is "1,2,0,4"'],
    ['an unknown back-end', ['a.tif', '--backend', 'cuda'], '--backend is "cuda"'],
    ['a comparison with nothing', ['a.tif', '--task', 'change'], 'needs --before'],
    ['identify without a region', ['a.tif', '--task', 'identify'], 'needs --region'],
  ])('refuses %s', (_, args, words) => {
    const parse = () => parseAnalyzeOptions(args);
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(words);
  });
});
