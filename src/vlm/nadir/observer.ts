import type { BandTile } from '../../imagery/tiles.ts';
import type { AskIo } from '../backend.ts';
import type { GridSpec, Manifest } from '../manifest/manifest.ts';
import type { Engine, Evidence } from '../runtime/engine.ts';
import { isStoppedBy, throwIfStopped } from '../stopping.ts';
import type { FeatureGrid } from '../teaching/feature-grid.ts';
import { type Proposal, propose } from './heads/proposals.ts';
import { isShown, type Validity } from './heads/validity.ts';
import { fitProposals } from './masks/fit-proposals.ts';
import { normalise } from './normalise.ts';

/** The evidence of a tile, kept so that another question about the same tile needs no new run of the tower. */
export interface Seen {
  pixels: Float32Array;
  valid: Validity;
  evidence: Evidence;
  /** Null until they are requested. */
  proposals: readonly Proposal[] | null;
}

/** Runs the vision tower, the connector and the proposals on tiles. Remembers the last tile. */
export class Observer {
  private readonly manifest: Manifest;
  private readonly engine: Engine;
  private seen: Seen | null = null;

  constructor(manifest: Manifest, engine: Engine) {
    this.manifest = manifest;
    this.engine = engine;
  }

  /**
   * The proposals that the prompt's pointers refer to: the dense head's boxes, fitted if the model says so. Boxes that
   * lie mostly in nodata or padding are left out. The proposals are remembered with the tile.
   */
  async propose(seen: Seen, io: AskIo): Promise<readonly Proposal[]> {
    if (seen.proposals) return seen.proposals;
    const { manifest, engine } = this;
    const maps = { pixels: seen.pixels, neck: seen.evidence.neck };
    const shows = ({ box }: Proposal) => isShown(box, seen.valid, manifest.slicing.tile);
    const { heat, geom } = seen.evidence;
    const heads = manifest.detector ? propose(manifest.detector, heat, geom).filter(shows) : [];
    const fitted = await fitProposals(engine, manifest, maps, heads, isStoppedBy(io));
    const proposals = fitted.filter(shows);
    await throwIfStopped(io);
    seen.proposals = proposals;
    return proposals;
  }

  /** The neck's features, on its grid. */
  async features(tile: BandTile, { grid: [rows, cols], stride }: GridSpec, io: AskIo): Promise<FeatureGrid> {
    const { seen } = await this.look(tile, io);
    const data = seen.evidence.neck;
    return { rows, cols, stridePx: stride, channels: data.length / (rows * cols), data };
  }

  /** Runs the vision tower and the connector. The result is remembered for the next question about the same pixels. */
  async look(tile: BandTile, io: AskIo): Promise<{ seen: Seen; visionMs: number; connectorMs: number }> {
    const pixels = normalise(this.manifest, tile);
    if (this.seen && sameNumbers(this.seen.pixels, pixels) && sameMask(this.seen.valid, tile.valid))
      return { seen: this.seen, visionMs: 0, connectorMs: 0 };
    this.seen = null;
    const started = performance.now();
    io.on({ kind: 'stage', stage: 'vision' });
    await this.engine.see(pixels, isStoppedBy(io));
    const middle = performance.now();
    await throwIfStopped(io);
    io.on({ kind: 'stage', stage: 'connector' });
    const evidence = await this.engine.connect();
    await throwIfStopped(io);
    this.seen = { pixels, valid: tile.valid, evidence, proposals: null };
    return { seen: this.seen, visionMs: middle - started, connectorMs: performance.now() - middle };
  }
}

function sameMask(a: Validity, b: Validity): boolean {
  return a === b || (a !== null && b !== null && a.every((value, i) => value === b[i]));
}

function sameNumbers(a: Float32Array, b: Float32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
