/**
 * # Two-phase commit
 *
 * Resource managers prepare or abort by themselves; a transaction manager commits when all have told it that they are
 * prepared, or aborts whenever it likes. Messages, once sent, stay.
 *
 * The state machine is that of TwoPhase.tla (transaction_commit) in the TLA+ Examples, without the aborts that a
 * resource manager might send: 288 states for 3 resource managers (1,146 generated, 11 levels),
 * 8,832 for 5 and 50,816 for 6.
 */
import { clause } from '../../../spec/framework/verdict.ts';
import { invariants, type Model } from '../model.ts';

type Resource = 'working' | 'prepared' | 'committed' | 'aborted';

export interface TwoPhase {
  readonly resources: readonly Resource[];
  readonly manager: 'init' | 'committed' | 'aborted';
  /** From whom the transaction manager has heard that it is prepared. */
  readonly heard: ReadonlySet<number>;
  /** The messages: the number of a prepared resource manager, and what the transaction manager said. */
  readonly sent: ReadonlySet<number | 'commit' | 'abort'>;
}

const plus = <T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> => new Set([...set, item]);

export const twoPhase = (resources: number): Model<TwoPhase> => ({
  name: `two-phase commit with ${resources} resource managers`,
  initial: () => [
    {
      resources: new Array<Resource>(resources).fill('working'),
      manager: 'init',
      heard: new Set(),
      sent: new Set(),
    },
  ],
  successors(s, visit) {
    if (s.manager === 'init') {
      if (s.heard.size === resources) {
        visit('commit', { ...s, manager: 'committed', sent: plus(s.sent, 'commit') });
      }
      visit('abort', { ...s, manager: 'aborted', sent: plus(s.sent, 'abort') });
    }
    s.resources.forEach((resource, index) => {
      const become = (state: Resource) => ({ ...s, resources: s.resources.with(index, state) });
      if (s.manager === 'init' && s.sent.has(index)) {
        visit('hear prepared', { ...s, heard: plus(s.heard, index) });
      }
      if (resource === 'working') {
        visit('prepare', { ...become('prepared'), sent: plus(s.sent, index) });
        visit('choose to abort', become('aborted'));
      }
      if (s.sent.has('commit')) visit('hear commit', become('committed'));
      if (s.sent.has('abort')) visit('hear abort', become('aborted'));
    });
  },
  checkState: invariants({
    consistent: (s) =>
      clause(
        'no two resource managers decide differently',
        !(s.resources.includes('committed') && s.resources.includes('aborted')),
      ),
  }),
});
