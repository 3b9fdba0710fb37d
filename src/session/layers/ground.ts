import { applyGeotransform, invertGeotransform } from '../../geo/ground/affine.ts';
import { makePixelMap, type PixelMap, type Placement } from '../../geo/ground/placement.ts';
import { makeFromLonLat, makeToLonLat } from '../../geo/ground/projection.ts';
import type { Point } from '../../geo/types.ts';
import type { Georeference } from '../../imagery/place.ts';
import type { SessionState } from '../state.ts';
import type { GroundPort } from './port.ts';

/** Pixels of a layer, by default the active one, to the ground and back. Each definition's projection is made once. */
export class Ground implements GroundPort {
  private readonly state: SessionState;
  private readonly forward = new Map<string, ReturnType<typeof makeToLonLat>>();
  private readonly backward = new Map<string, ReturnType<typeof makeFromLonLat>>();

  constructor(state: SessionState) {
    this.state = state;
  }

  toCrs(col: number, row: number, scene = this.state.scene.value): Point | null {
    const placement = placementOf(scene?.info.georeference);
    return placement && applyGeotransform(placement.geotransform, col, row);
  }

  toLonLat(col: number, row: number, scene = this.state.scene.value): Point | null {
    const placement = placementOf(scene?.info.georeference);
    if (!placement?.proj4) return null;
    const [x, y] = applyGeotransform(placement.geotransform, col, row);
    return finite(remembered(this.forward, placement.proj4, makeToLonLat)?.(x, y));
  }

  fromCrs(x: number, y: number, scene = this.state.scene.value): Point | null {
    const placement = placementOf(scene?.info.georeference);
    return placement && finite(applyGeotransform(invertGeotransform(placement.geotransform), x, y));
  }

  fromLonLat(lonDeg: number, latDeg: number, scene = this.state.scene.value): Point | null {
    const placement = placementOf(scene?.info.georeference);
    if (!placement?.proj4) return null;
    const crs = finite(remembered(this.backward, placement.proj4, makeFromLonLat)?.(lonDeg, latDeg));
    return crs && this.fromCrs(...crs, scene);
  }

  pixelMap(fromLayerId: string, toLayerId: string): PixelMap | null {
    const placed = (layerId: string) =>
      placementOf(this.state.layers.value.find((layer) => layer.layerId === layerId)?.info.georeference);
    return makePixelMap(placed(fromLayerId), placed(toLayerId));
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
