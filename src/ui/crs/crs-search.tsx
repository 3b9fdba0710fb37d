import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { CrsHit } from '../../imagery/place.ts';
import { formatGrouped } from '../format/format.ts';
import { useSession } from '../session-context.ts';

const shownHits = 60;

/** A list of the CRSs that the app knows, filtered by code or words of the name. Arrow keys move, Enter picks. */
export function CrsSearch({ onPick }: { onPick: (code: number) => void }) {
  const session = useSession();
  const query = useSignal('');
  const result = useSignal<{ found: CrsHit[]; total: number } | null>(null);
  const active = useSignal(-1);
  // If Enter comes before the results for the typed text, it picks the best of those results, not of the list still
  // shown.
  const searching = useSignal(true);
  const wanted = useSignal(false);
  useEffect(() => {
    let stale = false;
    searching.value = true;
    session.crs
      .search(query.value, shownHits)
      .catch(() => ({ found: [], total: 0 }))
      .then((next) => {
        if (stale) return;
        const best = wanted.value ? next.found[0] : undefined;
        searching.value = wanted.value = false;
        result.value = next;
        active.value = best ? 0 : -1;
        if (best) onPick(best.code);
      });
    return () => {
      stale = true;
    };
  }, [query.value, session, result, active, searching, wanted]);

  const hits = result.value?.found ?? [];
  const pick = (index: number) => {
    const hit = hits[index];
    if (!hit) return;
    active.value = index;
    onPick(hit.code);
    document.getElementById(optionId(hit))?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      pick(Math.max(0, Math.min(hits.length - 1, active.value + step)));
    } else if (event.key === 'Enter' && active.value < 0 && hits.length > 0) {
      // The first Enter selects the best match, the second one accepts it.
      event.preventDefault();
      if (searching.value) wanted.value = true;
      else pick(0);
    }
  };
  const chosen = hits[active.value];
  return (
    <div class="crs-search">
      <label for="crs-query">Search by EPSG code or name</label>
      <input
        id="crs-query"
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="crs-hits"
        aria-autocomplete="list"
        {...(chosen ? { 'aria-activedescendant': optionId(chosen) } : {})}
        autocomplete="off"
        spellcheck={false}
        autofocus
        placeholder="32611, utm 33n, lambert 93 …"
        value={query.value}
        onInput={(event) => {
          query.value = event.currentTarget.value;
        }}
        onKeyDown={onKeyDown}
      />
      <div id="crs-hits" class="crs-hits" role="listbox" aria-label="Coordinate systems">
        {hits.map((hit, index) => (
          <div
            key={hit.code}
            id={optionId(hit)}
            class="crs-hit"
            role="option"
            tabIndex={-1}
            aria-selected={index === active.value}
            onClick={() => pick(index)}
            onKeyDown={onKeyDown}
          >
            <span class="crs-code">{hit.code}</span>
            <span>{hit.name}</span>
            <span class="muted">{hit.hasLonLat ? (hit.geographic ? 'degrees' : '') : 'no lon/lat'}</span>
          </div>
        ))}
      </div>
      <p class="note" role="status">
        {result.value && hits.length === 0
          ? 'No coordinate system has that code or name. Paste its definition below.'
          : result.value && query.value.trim() !== '' && hits.length < result.value.total
            ? `The best ${hits.length} of ${formatGrouped(result.value.total)}; type more to narrow them.`
            : query.value.trim() === ''
              ? 'Common systems. Search finds about 5,900 more by code or name, offline.'
              : ''}
      </p>
    </div>
  );
}

const optionId = (hit: CrsHit) => `crs-${hit.code}`;
