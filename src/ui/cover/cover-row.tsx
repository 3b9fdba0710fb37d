import { amountText } from '../../plan/write/en/terms.ts';
import type { CoverLayer } from '../../session/cover/port.ts';
import { download } from '../download.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { MoreMenu } from '../parts/more-menu.tsx';
import { report } from '../report.ts';
import { useSession } from '../session-context.ts';
import { mapCommands } from '../ui-state.ts';
import { CoverLegend } from './cover-legend.tsx';
import { MapButtons } from './map-buttons.tsx';

/** The mapped land cover as a layer of the map, with its legend. */
export function CoverRow({ layer }: { layer: CoverLayer }) {
  const { cover } = useSession();
  const { shown, region } = layer;
  return (
    <section class="cover layer-row" aria-label="Land cover" data-hidden={!shown.visible}>
      <div class="layer-head">
        <label class="check vector-name">
          <input
            type="checkbox"
            checked={shown.visible}
            onChange={(event) => cover.look({ visible: event.currentTarget.checked })}
          />
          <span>Land cover</span>
        </label>
        <IconButton icon="fit" label="Zoom to land cover" onClick={() => mapCommands.value?.zoomToWindow(region)} />
        <IconButton icon="close" label="Remove land cover" onClick={() => cover.remove()} />
      </div>
      <label class="slider">
        <span>Opacity</span>
        <input
          type="range"
          min={0}
          max={100}
          step={5}
          aria-label="Opacity of land cover"
          value={Math.round(shown.opacity * 100)}
          disabled={!shown.visible}
          onInput={(event) => cover.look({ opacity: event.currentTarget.valueAsNumber / 100 })}
        />
        <output>{Math.round(shown.opacity * 100)} %</output>
      </label>
      <CoverLegend layer={layer} />
      <Remarks layer={layer} />
      <div class="cover-actions">
        <SaveButton />
      </div>
      <MapButtons again />
    </section>
  );
}

/** How it was made, and what is missing of it. */
function Remarks({ layer }: { layer: CoverLayer }) {
  const { layers, model } = useSession();
  const scene = layers.active.value;
  const { coverage, region, raster, model: by, classes, stretch } = layer;
  const remarks: string[] = [];
  const gsd = scene?.info.gsdMetres;
  const cell = gsd
    ? amountText({ value: (raster.cellWidth * (gsd.x + gsd.y)) / 2, unit: 'm' })
    : `${raster.cellWidth} px`;
  const iou = classes[0]?.iou;
  const quality = iou === null || iou === undefined ? 'not measured' : `mean IoU ${iou.toFixed(2)} on held-out images`;
  remarks.push(`Cells of ${cell}, by ${by.name} ${by.version}: ${quality}.`);
  if (scene && (region.width < scene.info.width || region.height < scene.info.height))
    remarks.push('Of a part of the scene.');
  const missing = coverage.total - coverage.answered - coverage.empty;
  if (missing > 0) {
    const failed = coverage.failed > 0 ? `, ${coverage.failed} failed` : '';
    remarks.push(`${missing} of ${coverage.total} tiles are missing${failed}: map it again.`);
  }
  const now = model.state.value;
  const isOther = now.status === 'ready' && now.loaded.model.hash !== by.hash;
  const isRestretched = scene !== null && JSON.stringify(scene.stretch.ranges) !== JSON.stringify(stretch.ranges);
  if (isOther || isRestretched) {
    remarks.push(`Made ${isOther ? 'by another model' : 'with another stretch'} than now.`);
  }
  return (
    <>
      {remarks.map((remark) => (
        <p class="note" key={remark}>
          {remark}
        </p>
      ))}
    </>
  );
}

function SaveButton() {
  const session = useSession();
  const { formats } = session.exporting;
  const [first, ...others] = [...formats.filter(({ about }) => about), ...formats.filter(({ about }) => !about)];
  if (!first) return null;
  const save = (id: string) =>
    void report(session.notices, 'export', async () => download(await session.cover.exportAs(id)));
  return (
    <div class="split-button">
      <button
        type="button"
        class="action"
        data-tip="A raster of the classes, with place, colours and names"
        onClick={() => save(first.id)}
      >
        Export {first.label}
      </button>
      <MoreMenu
        label="More formats of land cover"
        menuLabel="Formats of land cover"
        class="action"
        disabled={false}
        items={others.map(({ id, label, extension }) => ({
          key: id,
          text: label,
          note: `.${extension}`,
          run: () => save(id),
        }))}
      />
    </div>
  );
}
