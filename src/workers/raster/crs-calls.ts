import type { CrsInfo } from '../../raster/crs/crs-info.ts';
import { crsFromText } from '../../raster/crs/crs-text.ts';
import { localise } from '../../raster/crs/localise.ts';
import { searchCrs } from '../../raster/crs/table/crs-table.ts';
import type { RasterApi } from './api.ts';

/** Calls about coordinate systems; they need no open scene. */
export const crsCalls: Pick<RasterApi, 'searchCrs' | 'describeCrs'> = {
  async searchCrs(query, limit) {
    const { found, total } = await searchCrs(query, limit);
    const hits = found.map(({ code, name, geographic, proj4 }) => ({
      code,
      name,
      geographic,
      hasLonLat: proj4 !== null,
    }));
    return { found: hits, total };
  },
  async describeCrs(text, at) {
    const found = await crsFromText(text);
    if (!found) return null;
    const { shiftBase: _, ...choice }: CrsInfo = at ? await localise(found, at[0], at[1]) : found;
    return choice;
  },
};
