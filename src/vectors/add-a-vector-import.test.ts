import type { Feature } from 'geojson';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeWorkers } from '../session/fakes.ts';
import type { Session } from '../session/port.ts';
import { createSession } from '../session/session.ts';
import type { VectorFormat } from './vector-format.ts';

/** docs/add-a-vector-import.md, followed with a toy, a place a line: this is its file … */
const places = vi.hoisted(
  (): VectorFormat => ({
    id: 'toy-places',
    label: 'Places',
    extensions: ['places'],
    read: async (file) =>
      (await file.text()).split('\n').map((line): Feature => {
        const [lon = Number.NaN, lat = Number.NaN] = line.split(' ').map(Number);
        return { type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] }, properties: {} };
      }),
  }),
);
/** … and this its line in the table. */
vi.mock('./formats.ts', async (original) => {
  const { vectorFormats } = await original<typeof import('./formats.ts')>();
  return { vectorFormats: [...vectorFormats, places] };
});

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** UTM 11 north, turned a little. */
const georeference = {
  kind: 'affine',
  geotransform: [500_000, 0.5, 0.125, 4_500_000, 0.125, -0.5],
  crs: 'EPSG:32611',
  crsName: 'WGS 84 / UTM zone 11N',
  proj4: '+proj=utm +zone=11 +datum=WGS84 +units=m +no_defs',
  units: 'metre',
  pixelIsPoint: false,
} as const;
const image = (name = 'scene.tif') => new File([new Uint8Array(4)], name);
const started = (info: object = { georeference }) => createSession(fakeWorkers({ info }));
const names = (session: Session) => session.vectors.overlays.value.map(({ layer }) => layer.name);
/** Longitude and latitude of pixel 10, 20 and of pixel 200, 150 by pyproj. */
const TWO = '-116.9999112886 40.6507776887\n-116.9985954113 40.6504060677';

describe('a vector format that was just added', () => {
  it('is recognised when dropped with an image, and drawn at its place', async () => {
    const session = started();
    await session.opening.openFiles([new File([TWO], 'Two.PLACES'), image()]);
    expect(session.layers.all.value.map(({ name }) => name)).toEqual(['scene.tif']);
    const [overlay] = session.vectors.overlays.value;
    expect(overlay?.layer).toMatchObject({ name: 'Two.PLACES', format: 'Places', visible: true });
    const pixels = overlay?.placed?.shapes.map((shape) => (shape.kind === 'point' ? shape.at : null));
    const wanted = [
      [10, 20],
      [200, 150],
    ];
    for (const [index, pixel] of wanted.entries()) {
      for (const axis of [0, 1]) expect(pixels?.[index]?.[axis]).toBeCloseTo(pixel[axis]!, 2);
    }
    expect(session.notices.shown.value).toEqual([]);
  });
});

describe('vector layers', () => {
  const opened = async (info?: object) => {
    const session = started(info);
    await session.opening.openFiles([image()]);
    return session;
  };
  const two = () => new File([TWO], 'two.places');

  it('are hidden, removed and added with undo', async () => {
    const session = await opened();
    await session.opening.addFiles([two()]);
    await session.opening.addFiles([new File([TWO], 'more.places')]);
    expect(names(session)).toEqual(['more.places', 'two.places']);
    const [more] = session.vectors.overlays.value;
    session.vectors.setVisible(more!.layer.id, false);
    expect(session.history.canUndo.value).toMatchObject({ id: 'hide-vectors', target: 'more.places' });
    session.vectors.remove(more!.layer.id);
    expect(names(session)).toEqual(['two.places']);
    session.history.undo();
    expect(session.vectors.overlays.value[0]?.layer).toMatchObject({ name: 'more.places', visible: false });
    session.history.undo();
    expect(session.vectors.overlays.value[0]?.layer.visible).toBe(true);
    session.history.undo();
    session.history.undo();
    expect(names(session)).toEqual([]);
    session.history.redo();
    expect(names(session)).toEqual(['two.places']);
  });

  it('leave the image open that they are opened over, and go with it', async () => {
    const session = await opened();
    await session.opening.openFiles([two()]);
    expect(session.layers.all.value).toHaveLength(1);
    expect(names(session)).toEqual(['two.places']);
    await session.opening.openFile(image('next.tif'));
    expect(names(session)).toEqual([]);
  });

  it('are not drawn on an image without a place, until it gets one', async () => {
    const degrees = { ...georeference, geotransform: [-117, 0.001, 0, 41, 0, -0.001], crs: null, proj4: null };
    const session = await opened({ georeference: degrees });
    await session.opening.addFiles([two()]);
    expect(session.vectors.overlays.value[0]?.placed).toBeNull();
    await session.crs.choose('EPSG:4326');
    const [shape] = session.vectors.overlays.value[0]?.placed?.shapes ?? [];
    expect(shape?.kind === 'point' && shape.at[1]).toBeCloseTo((41 - 40.6507776887) * 1000, 3);
  });

  it('wait for an image that is being opened', async () => {
    const session = started();
    const opening = session.opening.openFile(image());
    await session.opening.openFiles([two()]);
    await opening;
    expect(names(session)).toEqual(['two.places']);
  });

  it('need an image', async () => {
    const session = started();
    await session.opening.openFiles([two()]);
    expect(names(session)).toEqual([]);
    expect(session.notices.shown.value).toMatchObject([{ kind: 'info', title: 'two.places was left aside' }]);
  });

  it('that can’t be read are named with the reason', async () => {
    const session = await opened();
    await session.opening.addFiles([
      new File(['{'], 'torn.geojson'),
      new File(['{"type":"FeatureCollection","features":[]}'], 'no.geojson'),
    ]);
    expect(names(session)).toEqual([]);
    expect(session.notices.shown.value.map(({ title, code }) => [title, code])).toEqual([
      ['torn.geojson could not be read', 'VECTOR_INVALID'],
      ['no.geojson could not be read', 'VECTOR_INVALID'],
    ]);
  });

  it('are named among what can be dropped', async () => {
    const session = await opened();
    await session.opening.addFiles([image('a.tif'), new File(['x'], 'readme.txt')]);
    expect(session.notices.shown.value.at(-1)?.message).toContain('nor a vector layer (.geojson, .places)');
  });
});
