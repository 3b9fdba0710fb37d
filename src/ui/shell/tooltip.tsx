import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

const delayMs = 400;
const gapPx = 6;

function place(element: HTMLElement, leftPx: number, topPx: number): void {
  element.style.transform = `translate(${Math.round(leftPx)}px, ${Math.round(topPx)}px)`;
  element.style.visibility = 'visible';
}

/**
 * One tooltip for every element with `data-tip`. It appears after a moment on hover, at once on keyboard focus, and
 * disappears on Escape. It repeats or explains an accessible name, so it is hidden from screen readers.
 */
export function Tooltip() {
  const shown = useSignal<{ text: string; rect: DOMRect; toLeft: boolean } | null>(null);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let timer = 0;
    const listening = new AbortController();
    const options = { signal: listening.signal, capture: true };
    const owner = (event: Event) =>
      event.target instanceof Element ? event.target.closest<HTMLElement>('[data-tip]') : null;
    const hide = () => {
      clearTimeout(timer);
      shown.value = null;
    };
    const show = (element: HTMLElement) => {
      if (!element.isConnected || !element.dataset.tip) return;
      const toLeft = element.closest('[data-tip-side="left"]') !== null;
      shown.value = { text: element.dataset.tip, rect: element.getBoundingClientRect(), toLeft };
    };
    document.addEventListener(
      'pointerover',
      (event) => {
        hide();
        const element = owner(event);
        if (element && event.pointerType === 'mouse') timer = setTimeout(() => show(element), delayMs);
      },
      options,
    );
    document.addEventListener(
      'focusin',
      (event) => {
        hide();
        const element = owner(event);
        if (element?.matches(':focus-visible')) show(element);
      },
      options,
    );
    for (const name of ['focusout', 'pointerdown', 'scroll'] as const) document.addEventListener(name, hide, options);
    document.addEventListener('keydown', (event) => event.key === 'Escape' && hide(), options);
    return () => {
      clearTimeout(timer);
      listening.abort();
    };
  }, [shown]);

  const tip = shown.value;
  useEffect(() => {
    const element = box.current;
    if (!element || !tip) return;
    const { width, height } = element.getBoundingClientRect();
    if (tip.toLeft) {
      const middle = tip.rect.top + tip.rect.height / 2 - height / 2;
      place(element, tip.rect.left - width - gapPx, middle);
      return;
    }
    const left = Math.min(Math.max(gapPx, tip.rect.left + tip.rect.width / 2 - width / 2), innerWidth - width - gapPx);
    const below = tip.rect.bottom + gapPx;
    place(element, left, below + height > innerHeight ? tip.rect.top - height - gapPx : below);
  }, [tip]);

  if (!tip) return null;
  return (
    <div class="tooltip" ref={box} aria-hidden="true" key={tip.text}>
      {tip.text}
    </div>
  );
}
