/**
 * # Readers and writers
 *
 * Whoever wants to read or to write stands in a queue; the head of the queue is served when nobody writes, and a
 * writer only when nobody reads.
 *
 * The state machine is that of ReadersWriters.tla in the TLA+ Examples; with three actors it has 21,527 states (59,674
 * generated, 13 levels).
 */
import { clause } from '../../../spec/framework/verdict.ts';
import { invariants, type Model } from '../model.ts';

type Request = `${'read' | 'write'} ${number}`;

export interface Library {
  readonly readers: ReadonlySet<number>;
  readonly writers: ReadonlySet<number>;
  readonly waiting: readonly Request[];
}

const plus = (set: ReadonlySet<number>, item: number): ReadonlySet<number> =>
  new Set([...set, item]);
const minus = (set: ReadonlySet<number>, item: number): ReadonlySet<number> =>
  new Set([...set].filter((other) => other !== item));

export const readersWriters = (actors: number): Model<Library> => ({
  name: `readers and writers, ${actors} actors`,
  initial: () => [{ readers: new Set(), writers: new Set(), waiting: [] }],
  successors(s, visit) {
    for (let actor = 1; actor <= actors; actor++) {
      for (const request of [`read ${actor}`, `write ${actor}`] as const) {
        if (!s.waiting.includes(request)) {
          visit('ask', { ...s, waiting: [...s.waiting, request] });
        }
      }
    }
    const [head, ...waiting] = s.waiting;
    if (head !== undefined && s.writers.size === 0) {
      const actor = Number(head.split(' ')[1]);
      if (head.startsWith('read')) {
        visit('read', { ...s, readers: plus(s.readers, actor), waiting });
      } else if (s.readers.size === 0) {
        visit('write', { ...s, writers: plus(s.writers, actor), waiting });
      }
    }
    for (const actor of new Set([...s.readers, ...s.writers])) {
      visit(
        'stop',
        s.readers.has(actor)
          ? { ...s, readers: minus(s.readers, actor) }
          : { ...s, writers: minus(s.writers, actor) },
      );
    }
  },
  checkState: invariants({
    safe: (s) =>
      clause('nobody reads while somebody writes', s.readers.size === 0 || s.writers.size === 0)
      ?? clause('one at a time writes', s.writers.size <= 1),
  }),
});
