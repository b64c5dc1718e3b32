/** # A campaign's worker thread: runs the batches that it is handed, one at a time. */
import { type BatchRequest, type BatchResult, runBatch } from './batch.ts';

const work = (request: BatchRequest): BatchResult => runBatch(request);

// The pool calls whatever its worker file exports by default.
// biome-ignore lint/style/noDefaultExport: the pool's own convention.
export default work;
