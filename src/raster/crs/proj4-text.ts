import type { Refusal } from './conversion.ts';

/**
 * Projections that proj4js has. src/geo/ground/more-projections.ts corrects those that ignore the ellipsoid or the false
 * origin.
 */
const PROJECTIONS = new Set(
  'aea aeqd bonne cass cea eck6 eqc eqdc eqearth etmerc geos gnom krovak laea lcc longlat latlong lonlat latlon merc mill moll nzmg omerc ortho poly robin sinu somerc stere sterea tmerc tpers utm vandg'.split(
    ' ',
  ),
);

/** Parameters that proj4js reads or that don't affect the plane. proj4js silently drops any other. */
const PARAMETERS = new Set(
  'proj lon_wrap lat_0 lat_1 lat_2 lat_ts lon_0 lon_1 lon_2 lonc alpha gamma k k_0 x_0 y_0 h zone south sweep no_uoff no_off approx over axis a b rf r r_a ellps datum towgs84 nadgrids pm units to_meter to_degree no_defs type wktext title vunits vto_meter geoid_crs'.split(
    ' ',
  ),
);
const UNITS = new Set(
  'm mm cm dm km ft us-ft in yd mi fath kmi ch link us-ch us-mi us-in us-yd ind-ft ind-yd ind-ch'.split(' '),
);
const DATUMS = new Set(
  'wgs84 nad83 nad27 ch1903 ggrs87 potsdam carthage hermannskogel mgi osni52 ire65 rassadiran nzgd49 osgb36 s_jtsk beduaram gunung_segara rnb72 etrs89'.split(
    ' ',
  ),
);
const ELLIPSOIDS = new Set(
  'merit sgs85 grs80 iau76 airy apl4 nwl9d mod_airy andrae aust_sa grs67 bessel bess_nam clrk66 clrk80 clrk80ign clrk58 cpm delmbr engelis evrst30 evrst48 evrst56 evrst69 evrstss fschr60 fschr60m fschr68 helmert hough intl kaula lerch mprts new_intl plessis krass se_asia walbeck wgs60 wgs66 wgs84 sphere'.split(
    ' ',
  ),
);

/** PROJ's ellipsoids that proj4js lacks or (WGS 72) has under another name. */
const MORE_ELLIPSOIDS: Record<string, string> = {
  wgs72: '+a=6378135 +rf=298.26',
  pz90: '+a=6378136 +rf=298.25784',
  gsk2011: '+a=6378136.5 +rf=298.2564151',
  danish: '+a=6377019.2563 +rf=300',
};

/**
 * Checks a proj4 definition from a user or a file word by word. proj4js skips what it doesn't know (a misspelt
 * ellipsoid becomes WGS 84), so anything unknown is refused by name.
 */
export function checkProj4(text: string): string | Refusal {
  const words = text.trim().split(/\s+/);
  const kept: string[] = [];
  for (const word of words) {
    const found = /^\+?([A-Za-z0-9_]+)(?:=(.*))?$/.exec(word);
    const key = found?.[1]?.toLowerCase() ?? '';
    const value = found?.[2];
    if (!found || !PARAMETERS.has(key))
      return { refused: `Nadir doesn’t know the parameter “${word}” in the proj4 definition.` };
    if (!isKnownValue(key, value))
      return { refused: `Nadir doesn’t know the value in “${word}” in the proj4 definition.` };
    const named = key === 'ellps' ? MORE_ELLIPSOIDS[value?.toLowerCase() ?? ''] : undefined;
    kept.push(named ?? (word.startsWith('+') ? word : `+${word}`));
  }
  const projection = kept.find((word) => word.startsWith('+proj='));
  return projection ? kept.join(' ') : { refused: 'The definition names no projection (+proj=…).' };
}

function isKnownValue(key: string, value: string | undefined): boolean {
  switch (key) {
    case 'proj':
      return PROJECTIONS.has(value ?? '');
    case 'units':
      return UNITS.has(value ?? '');
    case 'datum':
      return DATUMS.has(value?.toLowerCase() ?? '');
    case 'ellps':
      return ELLIPSOIDS.has(value?.toLowerCase() ?? '') || MORE_ELLIPSOIDS[value?.toLowerCase() ?? ''] !== undefined;
    case 'nadgrids':
      return value === '@null';
    case 'sweep':
      return value === 'x' || value === 'y';
    case 'axis':
      return /^[ew][ns]u?$|^[ns][ew]u?$/.test(value ?? '');
    case 'pm':
      return value !== undefined && (MERIDIANS.has(value.toLowerCase()) || Number.isFinite(Number(value)));
    case 'towgs84':
      return /^[-+\d.eE]+(,[-+\d.eE]+){2}((,[-+\d.eE]+){4})?$/.test(value ?? '');
    case 'no_defs':
    case 'no_uoff':
    case 'no_off':
    case 'south':
    case 'approx':
    case 'over':
    case 'wktext':
    case 'r_a':
    case 'type':
    case 'title':
    case 'vunits':
    case 'vto_meter':
    case 'geoid_crs':
      return true;
    default:
      return value !== undefined && value !== '' && Number.isFinite(Number(value));
  }
}

const MERIDIANS = new Set(
  'greenwich lisbon paris bogota madrid rome bern jakarta ferro brussels stockholm athens oslo'.split(' '),
);
