import { applyGeotransform, invertGeotransform } from '../../geo/affine.ts';
import { makePixelMap, type PixelMap, type Placement } from '../../geo/placement.ts';
import { makeFromLonLat, makeToLonLat } from '../../geo/projection.ts';
import type { Point } from '../../geo/types.ts';
import type { Georeference } from '../../imagery/place.ts';
import type { OpenScene } from '../types.ts';

/** Pixels of layers to the ground and back. Projections are made once a definition. */
export class Ground {
  private readonly forward = new Map<string, ReturnType<typeof makeToLonLat>>();
  private readonly backward = new Map<string, ReturnType<typeof makeFromLonLat>>();

  toCrs(scene: OpenScene | null, col: number, row: number): Point | null {
    const placement = placementOf(scene?.info.georeference);
    return placement && applyGeotransform(placement.geotransform, col, row);
  }

  toLonLat(scene: OpenScene | null, col: number, row: number): Point | null {
    const placement = placementOf(scene?.info.georeference);
    if (!placement?.proj4) return null;
    const [x, y] = applyGeotransform(placement.geotransform, col, row);
    return finite(remembered(this.forward, placement.proj4, makeToLonLat)?.(x, y));
  }

  fromCrs(scene: OpenScene | null, x: number, y: number): Point | null {
    const placement = placementOf(scene?.info.georeference);
    return placement && finite(applyGeotransform(invertGeotransform(placement.geotransform), x, y));
  }

  fromLonLat(scene: OpenScene | null, lonDeg: number, latDeg: number): Point | null {
    const placement = placementOf(scene?.info.georeference);
    if (!placement?.proj4) return null;
    const crs = finite(remembered(this.backward, placement.proj4, makeFromLonLat)?.(lonDeg, latDeg));
    return crs && this.fromCrs(scene, ...crs);
  }

  pixelMap(from: OpenScene | null, to: OpenScene | null): PixelMap | null {
    return makePixelMap(placementOf(from?.info.georeference), placementOf(to?.info.georeference));
  }
}

function placementOf(georeference: Georeference | undefined): Placement | null {
  return georeference?.kind === 'affine' ? georeference : null;
}

function remembered<T>(known: Map<string, T>, definition: string, make: (definition: string) => T): T {
  const found = known.get(definition);
  if (found !== undefined) return found;
  const made = make(definition);
  known.set(definition, made);
  return made;
}

function finite(point: Point | null | undefined): Point | null {
  return point && Number.isFinite(point[0]) && Number.isFinite(point[1]) ? point : null;
}
