import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { PixelWindow } from '../../geo/types.ts';
import type { BandTile } from '../../imagery/tiles.ts';
import { NadirError } from '../../lib/errors.ts';
import { inputBandsOf } from '../../session/asking/slices/input-bands.ts';
import { type Answer, tilesSeen } from '../../session/document.ts';
import { formatGrouped, formatSample } from '../format/format.ts';
import { DialogFrame } from '../parts/dialog-frame.tsx';
import { Icon } from '../parts/icon.tsx';
import { useSession } from '../session-context.ts';
import { mapCommands, slicesShown } from '../ui-state.ts';
import { stretchWords } from './stretch-words.ts';
import { bandLabel, tensorPictures } from './tensor-picture.ts';
import './model-view.css';

const pageSize = 12;

/** Under an answer: pictures of the model's input, and the slices on the map. */
export function ModelViewButton({ answer }: { answer: Answer }) {
  const open = useSignal(false);
  const titleId = useId();
  const isOnMap = slicesShown.value === answer.id;
  if (tilesSeen(answer).length === 0) return null;
  return (
    <div class="model-view-actions">
      <button
        type="button"
        class="action"
        aria-haspopup="dialog"
        onClick={() => {
          open.value = true;
        }}
      >
        <Icon name="eye" size={14} />
        What the model saw
      </button>
      <button
        type="button"
        class="action"
        aria-pressed={isOnMap}
        data-tip="Draws the slices that the model was given on the map"
        onClick={() => {
          slicesShown.value = isOnMap ? null : answer.id;
        }}
      >
        Slices on the map
      </button>
      <DialogFrame class="model-view" open={open} id={titleId} title="What the model saw">
        <ModelView answer={answer} />
      </DialogFrame>
    </div>
  );
}

function ModelView({ answer }: { answer: Answer }) {
  const session = useSession();
  const shown = useSignal(pageSize);
  const info =
    session.layers.all.value.find((layer) => layer.layerId === answer.layerId)?.info ??
    session.layers.active.value?.info;
  const { stretch, model } = answer;
  const tiles = tilesSeen(answer);
  const read = inputBandsOf(answer);
  const channels = model.bands.map(({ name }) => ({
    label: bandLabel(name).replace(/^./, (first) => first.toUpperCase()),
    band: read.find((each) => each.name === name)?.source ?? null,
  }));
  return (
    <>
      <p>
        {tiles.length === 1 ? 'One slice' : `${tiles.length} slices`} of {model.tileSize} × {model.tileSize} pixels for{' '}
        {model.name}, read with the bands and the stretch that the answer recorded. Colour ramps, indices and layers
        above are only for viewing; the model doesn’t get them.
      </p>
      <dl class="facts">
        {channels.map(({ label, band }) => {
          const range = band === null ? undefined : stretch.ranges[band];
          return (
            <div class="fact" key={label}>
              <dt>{label}</dt>
              <dd>
                {band === null
                  ? 'none: the model gets zeros'
                  : `${info?.bands[band]?.name ?? `band ${band + 1}`}${range ? `, ${formatSample(range[0])} to ${formatSample(range[1])}` : ''}`}
              </dd>
            </div>
          );
        })}
        <div class="fact">
          <dt>Stretch</dt>
          <dd>{stretchWords(stretch)}</dd>
        </div>
      </dl>
      <ol class="model-slices">
        {tiles.slice(0, shown.value).map((tile, index) => (
          <Slice key={`${tile.x},${tile.y},${tile.width}`} answer={answer} tile={tile} number={index + 1} />
        ))}
      </ol>
      {tiles.length > shown.value && (
        <button
          type="button"
          class="action"
          onClick={() => {
            shown.value += pageSize;
          }}
        >
          Show {Math.min(pageSize, tiles.length - shown.value)} more
        </button>
      )}
      {answer.before && <p class="note">The earlier image of the comparison is not shown here.</p>}
    </>
  );
}

function Slice({ answer, tile, number }: { answer: Answer; tile: PixelWindow; number: number }) {
  const session = useSession();
  const read = useSignal<BandTile | NadirError | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    session.asking
      .readModelInput(answer, tile, stop.signal)
      .then((found) => {
        read.value = found;
      })
      .catch((thrown: unknown) => {
        const error = NadirError.from(thrown);
        if (error.code !== 'ABORTED') read.value = error;
      });
    return () => stop.abort();
  }, [session, answer.id, tile.x, tile.y, tile.width]);
  const found = read.value;
  return (
    <li>
      {found === null && (
        <p class="model-slice-wait">
          <span class="spinner" aria-hidden="true" />
          Reading
        </p>
      )}
      {found instanceof NadirError && (
        <p class="note invalid" role="alert">
          {found.message} <code>{found.code}</code>
        </p>
      )}
      {found !== null && !(found instanceof NadirError) && <Pictures tile={found} number={number} />}
      <button
        type="button"
        class="link-button"
        data-tip="Shows this slice on the map"
        onClick={(event) => {
          event.currentTarget.closest('dialog')?.close();
          slicesShown.value = answer.id;
          mapCommands.value?.zoomToWindow(tile);
        }}
      >
        Slice {number}
      </button>
      <span class="note">
        {formatGrouped(tile.width)} × {formatGrouped(tile.height)} px at {formatGrouped(tile.x)},{' '}
        {formatGrouped(tile.y)}
        {found !== null && !(found instanceof NadirError) && found.validFraction < 1
          ? `, ${Math.round(found.validFraction * 100)} % valid`
          : ''}
      </span>
    </li>
  );
}

function Pictures({ tile, number }: { tile: BandTile; number: number }) {
  return (
    <div class="model-pictures">
      {tensorPictures(tile).map(({ label, image }) => (
        <Picture image={image} label={`Slice ${number}, ${label}`} key={label} />
      ))}
    </div>
  );
}

function Picture({ image, label }: { image: ImageData; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => canvas.current?.getContext('2d')?.putImageData(image, 0, 0), [image]);
  return <canvas ref={canvas} width={image.width} height={image.height} role="img" aria-label={label} />;
}
