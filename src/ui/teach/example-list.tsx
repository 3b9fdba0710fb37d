import type { LessonExample } from '../../session/teaching/port.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { useSession } from '../session-context.ts';
import { mapCommands } from '../ui-state.ts';
import { pointedExample } from './marking.ts';

/** The marked examples on the active image: what each is, its angle, and how to remove it. */
export function ExampleList() {
  const { layers, teaching } = useSession();
  const { examples } = teaching.lesson.value;
  const active = layers.active.value?.layerId;
  const here = examples.filter(({ layerId }) => layerId === active);
  const elsewhere = examples.length - here.length;
  if (examples.length === 0) return null;
  return (
    <>
      <ul class="example-list" aria-label="Examples">
        {here.map((example, index) => (
          <ExampleRow key={example.id} example={example} number={index + 1} />
        ))}
      </ul>
      <p class="tally">
        {elsewhere > 0 && `${elsewhere} more on other images. `}
        <button type="button" class="action" onClick={() => teaching.clear()}>
          New class
        </button>
      </p>
    </>
  );
}

function ExampleRow({ example, number }: { example: LessonExample; number: number }) {
  const { teaching } = useSession();
  const { id, box, isOne } = example;
  const point = () => {
    pointedExample.value = id;
  };
  return (
    <li
      class="example-row"
      data-pointed={pointedExample.value === id}
      onMouseEnter={point}
      onMouseLeave={() => {
        pointedExample.value = null;
      }}
      onFocusCapture={point}
    >
      <button
        type="button"
        class="example-name"
        data-tip={`${Math.round(box.w)} × ${Math.round(box.h)} px. Show it on the map`}
        onClick={() => mapCommands.value?.centreOn(box.cx, box.cy)}
      >
        {number}. {isOne ? 'example' : 'not this'}
      </button>
      <label data-tip="Clockwise, in degrees">
        <span class="sr-only">Angle of example {number}</span>
        <input
          type="number"
          min={0}
          max={175}
          step={5}
          value={Math.round(box.thetaDeg)}
          onInput={(event) => {
            const thetaDeg = event.currentTarget.valueAsNumber;
            if (Number.isFinite(thetaDeg)) {
              teaching.change(id, { box: { ...box, thetaDeg: ((thetaDeg % 180) + 180) % 180 } });
            }
          }}
        />
        °
      </label>
      <IconButton
        icon="swipe"
        label={isOne ? `Example ${number} is not this` : `Example ${number} is this`}
        onClick={() => teaching.change(id, { isOne: !isOne })}
      />
      <IconButton icon="trash" label={`Remove example ${number}`} onClick={() => teaching.unmark(id)} />
    </li>
  );
}
