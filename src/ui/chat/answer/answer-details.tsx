import { Fragment } from 'preact';
import { inputBandsOf } from '../../../session/asking/slices/input-bands.ts';
import type { Answer, Generation } from '../../../session/document.ts';
import type { StageTimings } from '../../../vlm/types.ts';
import { formatDuration, formatGrouped, formatSample } from '../../format/format.ts';
import { ModelViewButton } from '../../model-view/model-view.tsx';
import { stretchWords } from '../../model-view/stretch-words.ts';
import { bandLabel } from '../../model-view/tensor-picture.ts';
import { useSession } from '../../session-context.ts';

const endings: Record<string, string> = {
  end: 'complete',
  'max-tokens': 'cut at the length limit',
  'stop-string': 'stopped at a stop string',
  repetition: 'stopped at a repetition',
  aborted: 'stopped',
};

/** Other numbers are shown by the model's own names for them. */
const numberNames: Record<string, string> = {
  stated: 'Number written',
  malformed: 'Malformed boxes',
  countedPart: 'Share counted',
  known: 'Probability that the region contains it',
  changed: 'Probability of a change (uncalibrated)',
};

/** How the answer was made: enough to reproduce it, and to see what the model saw. */
export function AnswerDetails({ answer }: { answer: Answer }) {
  const { region, stretch, model, backend } = answer;
  const info = useSession().layers.active.value?.info;
  const read = inputBandsOf(answer);
  const bands = model.bands.map(({ name }) => {
    const source = read.find((each) => each.name === name)?.source;
    const shown = source === undefined ? 'none' : (info?.bands[source]?.name ?? `band ${source + 1}`);
    return `${bandLabel(name)}: ${shown}`;
  });
  const range = (index: number) => {
    const limits = stretch.ranges[index];
    return limits ? `${formatSample(limits[0])}–${formatSample(limits[1])}` : '';
  };
  return (
    <div class="details">
      <dl class="facts">
        {answer.prompt !== '' && (
          <>
            <dt>Prompt</dt>
            <dd>{answer.prompt}</dd>
          </>
        )}
        <dt>Region</dt>
        <dd>
          {formatGrouped(region.width)} × {formatGrouped(region.height)} px at {formatGrouped(region.x)},{' '}
          {formatGrouped(region.y)}
        </dd>
        <dt>Slices</dt>
        <dd>
          {answer.progress.total}, {answer.slicing}
        </dd>
        {!answer.plan && (
          <>
            <dt>Generation</dt>
            <dd>{generationWords(answer.generation)}</dd>
          </>
        )}
        <dt>Bands</dt>
        <dd>{bands.join(', ')}</dd>
        <dt>Stretch</dt>
        <dd>
          {stretchWords(stretch)}: {read.map(({ source }) => range(source)).join(', ')}
        </dd>
        {answer.before && (
          <>
            <dt>Earlier</dt>
            <dd>
              {answer.before.fileName}; stretch: {answer.before.stretch.method}
              {answer.before.stretch.method === 'percentile' &&
                ` ${answer.before.stretch.low}–${answer.before.stretch.high} %`}
            </dd>
          </>
        )}
        {Object.entries(answer.numbers).map(([name, value]) => (
          <Fragment key={name}>
            <dt>{numberNames[name] ?? name}</dt>
            <dd>{Number(value.toFixed(2))}</dd>
          </Fragment>
        ))}
        <dt>Model</dt>
        <dd>
          {model.name} {model.version} <code class="hash">{model.hash}</code>
        </dd>
        {answer.adapter && (
          <>
            <dt>Adapter</dt>
            <dd>
              {answer.adapter.name}, {answer.adapter.partial ? 'Partial LoRA' : 'LoRA'} of rank {answer.adapter.rank}{' '}
              <code class="hash">{answer.adapter.hash}</code>
            </dd>
          </>
        )}
        <dt>Scores</dt>
        <dd>{model.scoreMeaning}</dd>
        <dt>Backend</dt>
        <dd>{backend.label}</dd>
        <dt>Asked at</dt>
        <dd>{new Date(answer.createdAt).toLocaleString()}</dd>
      </dl>
      <ModelViewButton answer={answer} />
      {answer.timings && <StageTimes timings={answer.timings} />}
      <ol class="raw-list">
        {answer.raw.map((slice, index) => (
          <li key={`${slice.tile.x},${slice.tile.y},${slice.tile.width}`}>
            <h4>
              Slice {index + 1}: {formatGrouped(slice.tile.width)} × {formatGrouped(slice.tile.height)} px,{' '}
              {endings[slice.stopReason] ?? slice.stopReason}
            </h4>
            <h5>Raw text</h5>
            <pre>{slice.rawText}</pre>
            {slice.dialectText !== slice.rawText && (
              <>
                <h5>With boxes written out</h5>
                <pre>{slice.dialectText}</pre>
              </>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}

function generationWords(generation: Generation | undefined): string {
  if (!generation) return 'not recorded';
  const { maxNewTokens, temperature, topP, seed } = generation;
  const chosen =
    temperature === 0 ? 'the likeliest token each time' : `temperature ${temperature}, top p ${topP}, seed ${seed}`;
  return `${chosen}; at most ${maxNewTokens} tokens a slice`;
}

function StageTimes({ timings }: { timings: StageTimings }) {
  const stages = [
    { name: 'Vision', ms: timings.visionMs },
    { name: 'Connector', ms: timings.connectorMs },
    { name: 'Prefill', ms: timings.prefillMs },
    { name: 'Decode', ms: timings.decodeMs },
    { name: 'Masks', ms: timings.refineMs },
  ];
  const longest = Math.max(1, ...stages.map((stage) => stage.ms));
  return (
    <>
      <h4>
        {timings.promptTokens} prompt and {timings.newTokens} new tokens, {timings.tokensPerSecond.toFixed(1)} tok/s,{' '}
        {formatDuration(timings.totalMs)} in all
      </h4>
      <ul class="stages">
        {stages.map(({ name, ms }) => (
          <li key={name}>
            <span>{name}</span>
            <span class="score-bar" aria-hidden="true">
              <span style={{ width: `${((ms / longest) * 100).toFixed(1)}%` }} />
            </span>
            <span>{formatDuration(ms)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
