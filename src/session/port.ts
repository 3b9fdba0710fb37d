import type { AskingPort } from './asking/port.ts';
import type { CommandsPort } from './commands/port.ts';
import type { ComparisonPort } from './compare/port.ts';
import type { CoverPort } from './cover/port.ts';
import type { ExportingPort } from './exporting/port.ts';
import type { HistoryPort } from './history/port.ts';
import type { KeepingPort } from './keeping/port.ts';
import type { CrsPort, GroundPort, ImagesPort, LayersPort, OverviewsPort, VectorsPort } from './layers/port.ts';
import type { AdapterPort, ModelPort } from './model/port.ts';
import type { NoticesPort } from './notices/port.ts';
import type { OpeningPort } from './opening/port.ts';
import type { ReviewPort } from './review/port.ts';
import type { TeachingPort } from './teaching/port.ts';

/**
 * The document and what a user can do with it, in ports. A component or command takes the ports that it needs.
 *
 * A method throws a typed error and shows nothing: `ui/report.ts` turns the rejection into a notice. Methods that never
 * reject say so; they put a failure into their state or into `notices`. Failures of work that nobody awaits, such as a
 * worker's restart, are notices, too.
 */
export interface Session {
  readonly opening: OpeningPort;
  readonly layers: LayersPort;
  readonly images: ImagesPort;
  readonly ground: GroundPort;
  readonly crs: CrsPort;
  readonly vectors: VectorsPort;
  readonly overviews: OverviewsPort;
  readonly model: ModelPort;
  readonly adapter: AdapterPort;
  readonly comparison: ComparisonPort;
  readonly asking: AskingPort;
  readonly commands: CommandsPort;
  readonly review: ReviewPort;
  readonly exporting: ExportingPort;
  readonly history: HistoryPort;
  readonly keeping: KeepingPort;
  readonly notices: NoticesPort;
  readonly teaching: TeachingPort;
  readonly cover: CoverPort;
}
