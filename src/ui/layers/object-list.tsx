import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { SceneObject } from '../../session/document.ts';
import { certaintyTip, isUncertain } from '../format/certainty.ts';
import { classColour } from '../format/class-colour.ts';
import { formatScore } from '../format/format.ts';
import { meaningOf } from '../format/model-classes.ts';
import { ExportButton } from '../parts/export-button.tsx';
import { Icon } from '../parts/icon.tsx';
import { useSession } from '../session-context.ts';
import { boxesVisible, classFilter, isHidden, mapCommands } from '../ui-state.ts';

const pageSize = 200;

/** Every object, one per line. Tab or the arrow keys move, A accepts, Delete rejects, Enter zooms. */
export function ObjectList() {
  const { review } = useSession();
  const shownCount = useSignal(pageSize);
  const list = useRef<HTMLDivElement>(null);
  const selectedId = review.selected.value;
  const found = review.objects.value;
  // Sorted by name and number, so that nothing moves when another answer includes the object.
  const all = found
    .filter((object) => !isHidden(object) && !review.hiddenLabels.value.has(object.label))
    .sort((a, b) => a.label.localeCompare(b.label) || a.number - b.number);
  const hidden = [...review.hiddenLabels.value]
    .filter((label) => found.some((object) => object.label === label))
    .sort();
  const labels = [...new Set(all.map((object) => object.label))].sort();
  const filter = classFilter.value !== null && labels.includes(classFilter.value) ? classFilter.value : null;
  const objects = filter === null ? all : all.filter((object) => object.label === filter);

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [selectedId]);
  // A filter on a class that no longer exists would hide everything for no visible reason.
  useEffect(() => {
    if (classFilter.value !== null && filter === null) classFilter.value = null;
  }, [filter]);

  if (all.length === 0) {
    const words =
      found.length > 0
        ? 'The boxes of every answer are hidden. Show them in the conversation.'
        : 'No objects yet. Count, find or segment something in the conversation.';
    return hidden.length > 0 ? <HiddenClasses labels={hidden} /> : <p class="empty">{words}</p>;
  }
  const tally = (state: SceneObject['state']) => objects.filter((object) => object.state === state).length;
  return (
    <div class="objects">
      <label class="field-row">
        <span>Class</span>
        <select
          value={filter ?? ''}
          onChange={(event) => {
            classFilter.value = event.currentTarget.value || null;
          }}
        >
          <option value="">All ({all.length})</option>
          {labels.map((label) => (
            <option value={label} key={label}>
              {label} ({all.filter((object) => object.label === label).length})
            </option>
          ))}
        </select>
      </label>
      <p class="tally">
        {tally('proposed')} open, {tally('accepted')} accepted, {tally('rejected')} rejected
      </p>
      <HiddenClasses labels={hidden} />
      <div
        class="object-list"
        role="listbox"
        aria-label="Objects"
        ref={list}
        onMouseLeave={() => {
          review.hovered.value = null;
        }}
      >
        {objects.slice(0, shownCount.value).map((object, index) => (
          <ObjectRow key={object.id} object={object} place={`${index + 1} of ${objects.length}`} />
        ))}
      </div>
      {objects.length > shownCount.value && (
        <button
          type="button"
          class="action"
          onClick={() => {
            shownCount.value += pageSize;
          }}
        >
          Show {Math.min(pageSize, objects.length - shownCount.value)} more
        </button>
      )}
      <DecisionButtons object={objects.find((object) => object.id === selectedId)} />
      <ExportButton
        text={() => 'Export all'}
        tip={(format) => `${format} with the objects of every answer, except rejected ones`}
      />
    </div>
  );
}

/** Classes that a typed command hid, each with a way back. */
function HiddenClasses({ labels }: { labels: readonly string[] }) {
  const { review } = useSession();
  if (labels.length === 0) return null;
  return (
    <p class="tally">
      Hidden:{' '}
      {labels.map((label) => (
        <button type="button" class="action" key={label} onClick={() => review.showLabel(label)}>
          Show {label}
        </button>
      ))}
    </p>
  );
}

/** Accept and reject buttons for the selected object. Pressing one again undoes the decision. */
function DecisionButtons({ object }: { object: SceneObject | undefined }) {
  const { review } = useSession();
  const decisions = [
    { state: 'accepted', name: 'Accept', key: 'A', icon: 'check' },
    { state: 'rejected', name: 'Reject', key: 'Delete', icon: 'close' },
  ] as const;
  return (
    <div class="decisions">
      {decisions.map(({ state, name, key, icon }) => (
        <button
          type="button"
          class="button"
          key={state}
          aria-label={`${name} object`}
          data-tip={object ? `${name} ${object.label} ${object.number} (${key})` : 'Select an object first'}
          disabled={!object}
          aria-pressed={object?.state === state}
          onClick={() => object && review.setState(object.id, object.state === state ? 'proposed' : state)}
        >
          <Icon name={icon} size={14} />
          {name}
        </button>
      ))}
    </div>
  );
}

function moveFocus(from: HTMLElement, step: 1 | -1): void {
  const next = step > 0 ? from.nextElementSibling : from.previousElementSibling;
  if (next instanceof HTMLElement) next.focus();
}

function ObjectRow({ object, place }: { object: SceneObject; place: string }) {
  const session = useSession();
  const colour = classColour(object.label);
  const isHovered = session.review.hovered.value === object.id;
  const uncertain = isUncertain(object);
  const scoreTip = certaintyTip(object, meaningOf(session, object.label));
  const spoken = `${object.label} ${object.number}, ${place}, ${object.state}${uncertain ? ', uncertain' : ''}`;
  return (
    <div
      class="object-row"
      role="option"
      tabIndex={0}
      data-state={object.state}
      data-hovered={isHovered}
      aria-selected={session.review.selected.value === object.id}
      style={{ '--class-colour': colour.hex, '--class-ink': colour.ink }}
      onMouseEnter={() => {
        session.review.hovered.value = object.id;
      }}
      onFocus={() => {
        session.review.selected.value = object.id;
      }}
      onClick={() => {
        session.review.selected.value = object.id;
        boxesVisible.value = true;
      }}
      onDblClick={() => mapCommands.value?.zoomToObject(object.id)}
      onKeyDown={(event) => {
        if (event.key === 'ArrowDown') moveFocus(event.currentTarget, 1);
        else if (event.key === 'ArrowUp') moveFocus(event.currentTarget, -1);
        else if (event.key === 'Enter') mapCommands.value?.zoomToObject(object.id);
        else return;
        event.preventDefault();
      }}
    >
      <span class="sr-only">{spoken}</span>
      <span class="number-chip" aria-hidden="true">
        {object.number}
      </span>
      <span class="object-label" aria-hidden="true">
        {object.label}
      </span>
      {object.score !== null && (
        <span class="count" aria-hidden="true" data-tip={scoreTip}>
          {formatScore(object.score)}
        </span>
      )}
      <span class="object-state" aria-hidden="true" data-tip={uncertain ? scoreTip : undefined}>
        {object.state !== 'proposed' ? object.state : uncertain ? 'uncertain' : 'open'}
      </span>
    </div>
  );
}
