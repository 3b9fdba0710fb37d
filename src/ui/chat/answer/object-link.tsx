import { useEffect, useRef } from 'preact/hooks';
import type { SceneObject } from '../../../session/document.ts';
import { certaintyTip, isUncertain } from '../../format/certainty.ts';
import { classColour } from '../../format/class-colour.ts';
import { meaningOf } from '../../format/model-classes.ts';
import { useSession } from '../../session-context.ts';
import { mapCommands } from '../../ui-state.ts';

interface Props {
  object: SceneObject;
  /** Number of objects in the answer. */
  total: number;
  /** The answer's words that belong to the link; without them the link is just the number. */
  phrase?: string;
}

const marks = { proposed: '', accepted: '✓', rejected: '✕' };

/** A link from the answer to its box: hovering highlights the box, clicking zooms to it. Named e.g. "airplane 1". */
export function ObjectLink({ object, total, phrase }: Props) {
  const session = useSession();
  const colour = classColour(object.label);
  const link = useRef<HTMLButtonElement>(null);
  const isSelected = session.review.selected.value === object.id;
  // When the object is selected on the map, scrolls the link into view.
  useEffect(() => {
    if (isSelected) link.current?.scrollIntoView({ block: 'nearest' });
  }, [isSelected]);
  const active = session.review.hovered.value === object.id || isSelected;
  const point = (id: string | null) => () => {
    session.review.hovered.value = id;
  };
  const uncertain = isUncertain(object);
  const tip = certaintyTip(object, meaningOf(session, object.label));
  return (
    <button
      ref={link}
      type="button"
      class="object-link"
      data-active={active}
      data-state={object.state}
      data-tip={`${object.label} ${object.number}, ${object.state}. ${tip}`}
      aria-description={`${object.number} of ${total}, ${object.state}${uncertain ? ', uncertain' : ''}`}
      style={{ '--class-colour': colour.hex, '--class-ink': colour.ink }}
      onMouseEnter={point(object.id)}
      onMouseLeave={point(null)}
      onFocus={point(object.id)}
      onBlur={point(null)}
      onClick={() => {
        session.review.selected.value = object.id;
        mapCommands.value?.zoomToObject(object.id);
      }}
    >
      <span class={phrase ? 'phrase' : 'sr-only'}>{phrase ?? object.label}</span>{' '}
      <span class="number-chip">
        {object.number}
        <span aria-hidden="true">{marks[object.state] || (uncertain ? '?' : '')}</span>
      </span>
    </button>
  );
}
