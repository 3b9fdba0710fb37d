import type ImageTile from 'ol/ImageTile.js';
import TileLayer from 'ol/layer/Tile.js';
import type Projection from 'ol/proj/Projection.js';
import { addCoordinateTransforms, fromLonLat, get as getProjection, toLonLat } from 'ol/proj.js';
import XYZ from 'ol/source/XYZ.js';
import TileState from 'ol/TileState.js';
import { NadirError } from '../../../lib/errors.ts';
import type { Session } from '../../../session/port.ts';
import { fromMap, toMap } from '../pixel-space.ts';
import { type Basemap, tileAddress } from './basemap-url.ts';

const outside = [Number.NaN, Number.NaN];

/** Registers the transform between the active layer's pixels and Web Mercator with the map library. */
export function connectToWebMercator(session: Pick<Session, 'ground'>, pixels: Projection): void {
  const mercator = getProjection('EPSG:3857');
  if (!mercator) return;
  addCoordinateTransforms(
    pixels,
    mercator,
    (coordinate) => {
      const { xPx, yPx } = fromMap(coordinate);
      const lonLat = session.ground.toLonLat(xPx, yPx);
      return lonLat ? fromLonLat([...lonLat]) : outside;
    },
    (coordinate) => {
      const [lonDeg = Number.NaN, latDeg = Number.NaN] = toLonLat(coordinate);
      const pixel = session.ground.fromLonLat(lonDeg, latDeg);
      return pixel ? toMap(...pixel) : outside;
    },
  );
}

/**
 * The bottom layer: tiles of the server that the user named. No other host is contacted: redirects are refused, and
 * neither cookies nor the page's address are sent.
 */
export function basemapLayer(session: Pick<Session, 'notices'>, basemap: Basemap): TileLayer<XYZ> {
  let isReported = false;
  const source = new XYZ({
    tileUrlFunction: ([z = 0, x = 0, y = 0]) => tileAddress(basemap, z, x, y),
    tileLoadFunction: (tile, address) => {
      const image = (tile as ImageTile).getImage() as HTMLImageElement;
      void load(address)
        .then((blob) => {
          const local = URL.createObjectURL(blob);
          image.addEventListener('load', () => URL.revokeObjectURL(local), { once: true });
          image.src = local;
        })
        .catch((thrown: unknown) => {
          tile.setState(TileState.ERROR);
          if (isReported) return;
          isReported = true;
          session.notices.fail(thrown, 'read-basemap');
        });
    },
    maxZoom: 22,
    transition: 0,
  });
  const layer = new TileLayer({ source });
  layer.setZIndex(-1000);
  return layer;
}

async function load(address: string): Promise<Blob> {
  const options = { credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer', mode: 'cors' } as const;
  const response = await fetch(address, options).catch((cause: unknown) => {
    throw new NadirError(
      'URL_UNREACHABLE',
      `${new URL(address).host} can’t be read from this page. The server must allow other sites (CORS) and must not redirect.`,
      { cause },
    );
  });
  if (response.ok) return response.blob();
  throw new NadirError(
    'URL_UNREACHABLE',
    `${new URL(address).host} answered HTTP ${response.status}. Check the tile URL.`,
  );
}
