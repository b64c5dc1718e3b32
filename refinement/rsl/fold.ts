/**
 * # What chosen batches do
 *
 * Runs the application over batches, as the specification would, and remembers for each client the
 * latest reply. This is the checker's own account of what replicas do when they execute: a request
 * of a client whose latest is remembered takes effect only under a higher number than that, and of
 * clients only the last few are remembered.
 */
import type { Batch } from '../../protocol/rsl/messages.ts';
import type { Application, AppState } from '../../spec/apps/application.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Executed } from '../../spec/rsl/service.ts';

/** Where some batches have led. */
export interface Fold {
  readonly app: AppState;
  /**
   * What each remembered client was served last; whoever was served longest ago comes first. Empty
   * where every request takes effect.
   */
  readonly latest: ReadonlyMap<EndPoint, Executed>;
}

/** Where one more batch leads, and which of its requests take effect. */
export interface Folded {
  readonly fold: Fold;
  readonly rows: readonly Executed[];
}

/** How batches take effect. */
export interface Execution {
  readonly application: Application;
  /** How many clients are remembered; nothing where every request takes effect. */
  readonly sessions: number | undefined;
}

export const beginningOf = ({ application }: Execution): Fold => ({
  app: application.initial,
  latest: new Map(),
});

const NOTHING: readonly never[] = [];

export function foldBatch(fold: Fold, batch: Batch, { application, sessions }: Execution): Folded {
  const latest = sessions === undefined ? undefined : new Map(fold.latest);
  const rows: Executed[] = [];
  let { app } = fold;
  for (const { client, seqno, request } of batch) {
    const last = latest?.get(client);
    if (last !== undefined && last.seqno >= seqno) continue;
    const handled = application.handle(app, request);
    app = handled.state;
    const row = { client, seqno, request, reply: handled.reply };
    rows.push(row);
    if (latest !== undefined) remember(latest, row, sessions as number);
  }
  if (rows.length === 0) return { fold, rows: NOTHING };
  return { fold: { app, latest: latest ?? fold.latest }, rows };
}

function remember(latest: Map<EndPoint, Executed>, row: Executed, sessions: number): void {
  latest.delete(row.client);
  if (latest.size >= sessions) {
    for (const oldest of latest.keys()) {
      latest.delete(oldest);
      break;
    }
  }
  latest.set(row.client, row);
}
