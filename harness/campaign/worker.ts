/** # A campaign's worker thread: runs the batches that it is handed, one at a time. */
import { type BatchRequest, type BatchResult, runBatch } from './batch.ts';
import type { Level } from './level.ts';
import { serviceNamed } from './services.ts';

/** What a worker is asked to do. */
export interface Order extends BatchRequest {
  readonly service: string;
  readonly level: Level;
}

const work = ({ service, level, ...request }: Order): BatchResult =>
  runBatch(serviceNamed(service, level), request);

// The pool calls whatever its worker file exports by default.
// biome-ignore lint/style/noDefaultExport: the pool's own convention.
export default work;
