import { useEffect, useRef } from 'preact/hooks';
import { useSession } from '../../session-context.ts';
import { mapCommands } from '../../ui-state.ts';
import { comparedLayers, flickerHidden, swipe } from './swipe-state.ts';

const flickerEveryMs = 900;
const keyStep = 0.02;

/** Compares the two topmost visible layers: with a line to drag, or by alternately showing and hiding the upper one. */
export function SwipeHandle() {
  const session = useSession();
  const now = swipe.value;
  const frame = useRef<HTMLDivElement>(null);
  const pair = comparedLayers(session);
  const nameOf = (layerId: string | undefined) =>
    session.layers.all.value.find((layer) => layer.layerId === layerId)?.name ?? '';
  // Hiding or moving a layer changes which two are compared.
  useEffect(() => {
    if (!swipe.value || flickerHidden.value !== null) return;
    if (!pair) swipe.value = null;
    else if (swipe.value.layerId !== pair.upper) swipe.value = { ...swipe.value, layerId: pair.upper };
  }, [pair?.upper, pair === null]);
  useEffect(() => {
    if (now?.mode !== 'flicker') {
      flickerHidden.value = null;
      return;
    }
    const turn = () => {
      flickerHidden.value = flickerHidden.peek() === null ? now.layerId : null;
    };
    // No automatic blinking under reduced motion; the button below still toggles it.
    const timer = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : setInterval(turn, flickerEveryMs);
    return () => {
      clearInterval(timer);
      flickerHidden.value = null;
    };
  }, [now?.mode, now?.layerId]);
  if (!now) return null;
  if (now.mode === 'flicker') {
    const shown = flickerHidden.value === null ? pair?.upper : pair?.lower;
    return (
      <p class="map-hint flicker-hint">
        <span>{nameOf(shown)}</span>
        <button
          type="button"
          class="action"
          onClick={() => {
            flickerHidden.value = flickerHidden.peek() === null ? now.layerId : null;
          }}
        >
          Turn
        </button>
      </p>
    );
  }
  const moveTo = (position: number) => {
    swipe.value = { ...now, position: Math.min(1, Math.max(0, position)) };
    mapCommands.value?.redraw();
  };
  const dragTo = (event: PointerEvent) => {
    const box = frame.current?.parentElement?.getBoundingClientRect();
    if (box && event.buttons === 1) moveTo((event.clientX - box.left) / box.width);
  };
  return (
    <div
      class="swipe-line"
      ref={frame}
      role="slider"
      tabIndex={0}
      aria-label={`Swipe: ${nameOf(pair?.upper)} left, ${nameOf(pair?.lower)} right`}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(now.position * 100)}
      style={{ left: `${now.position * 100}%` }}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={dragTo}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') moveTo(now.position - keyStep);
        else if (event.key === 'ArrowRight') moveTo(now.position + keyStep);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <span class="swipe-name left" aria-hidden="true">
        {nameOf(pair?.upper)}
      </span>
      <span class="swipe-name right" aria-hidden="true">
        {nameOf(pair?.lower)}
      </span>
      <span class="swipe-grip" aria-hidden="true" />
    </div>
  );
}
