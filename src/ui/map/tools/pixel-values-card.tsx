import { coverText } from '../../cover/cover-text.ts';
import { formatBandSample, formatGrouped, formatLonLat } from '../../format/format.ts';
import { IconButton } from '../../parts/icon-button.tsx';
import { useSession } from '../../session-context.ts';
import { mapTool } from '../../ui-state.ts';
import { pixelReading } from './tool-state.ts';

/** What lies at the clicked place: coordinates, and every band's value in every visible layer. */
export function PixelValuesCard() {
  const session = useSession();
  const found = pixelReading.value;
  if (mapTool.value !== 'values') return null;
  if (!found) {
    return (
      <p class="map-hint" role="status">
        Click a pixel to read its values; Enter reads the middle of the map.
      </p>
    );
  }
  const { xPx, yPx, layers } = found;
  const ground = coverText(session.cover.at(xPx, yPx));
  const lonLat = session.ground.toLonLat(xPx, yPx);
  const crs = session.ground.toCrs(xPx, yPx);
  const reference = session.layers.active.value?.info.georeference;
  const crsName = reference?.kind === 'affine' ? (reference.crs ?? reference.crsName ?? 'CRS not stated') : null;
  return (
    <section class="map-card" aria-label="Pixel values" aria-live="polite">
      <header>
        <h3>Pixel values</h3>
        <IconButton
          icon="close"
          label="Close values"
          onClick={() => {
            pixelReading.value = null;
          }}
        />
      </header>
      <dl class="facts">
        <dt>Pixel</dt>
        <dd>
          column {Math.floor(xPx)}, row {Math.floor(yPx)}
        </dd>
        {lonLat && (
          <>
            <dt>Lon/lat</dt>
            <dd>{formatLonLat(lonLat)}</dd>
          </>
        )}
        {crs && (
          <>
            <dt>{crsName}</dt>
            <dd>
              {formatGrouped(crs[0], 2)}, {formatGrouped(crs[1], 2)}
            </dd>
          </>
        )}
        {ground && (
          <>
            <dt>Land cover</dt>
            <dd>{ground}</dd>
          </>
        )}
      </dl>
      {layers === null && <p class="muted">Reading…</p>}
      {layers?.map((layer) => (
        <table class="values" key={layer.layerId}>
          <caption>
            {layer.name}
            <small>
              {' '}
              column {layer.colPx}, row {layer.rowPx}
            </small>
          </caption>
          <tbody>
            {layer.values?.map((value, band) => (
              <tr key={layer.bands[band]?.name ?? band}>
                <th scope="row">
                  {band + 1}. {layer.bands[band]?.name ?? `Band ${band + 1}`}
                </th>
                <td>{formatBandSample(value, layer.bands[band]?.nodata)}</td>
              </tr>
            )) ?? (
              <tr>
                <td colSpan={2} class="muted">
                  Nothing here
                </td>
              </tr>
            )}
          </tbody>
        </table>
      ))}
    </section>
  );
}
