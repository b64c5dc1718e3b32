import { stepOf } from '../../protocol/framework/steps.ts';
import { assign } from '../../protocol/sht/delegationMap.ts';
import { done, type Host, tell } from '../../protocol/sht/host.ts';

import {
  allows,
  contentOf,
  delegates,
  does,
  handsOver,
  isHost,
  leaves,
  only,
  orders,
  says,
  type Wrong,
} from './shtChanges.ts';

/** Each with the law by which it is refused some time. */
export const WRONG_KEYS: Wrong = [
  ['forgets orders', 'S23', leaves('set', (after) => ({ ...after, orders: [] }))],
  ['takes orders to hand keys to itself', 'S18', orders((h, o) => o.recipient === h.constants.me)],
  ['takes orders to hand keys to nobody', 'S18', orders((_, o) => o.recipient === 'nobody')],
  [
    'takes orders for keys of others',
    'S18',
    orders((h, o) => o.recipient !== h.constants.me && isHost(h, o.recipient)),
  ],
  [
    'hands on keys of others at once',
    'S4',
    orders((h, o) => h.constants.parameters.compatible && isHost(h, o.recipient)),
  ],
  ['adopts from strangers', 'S4', allows('adopt', (h) => contentOf(h)?.type === 'delegate')],
  [
    'still has what it hands on',
    'S4',
    leaves(handsOver, (after, h) => ({ ...after, delegationMap: h.delegationMap })),
  ],
  [
    'still stores what it hands on',
    'S5',
    leaves(handsOver, (after, h) => ({ ...after, table: h.table })),
  ],
  [
    'hands on keys without their values',
    'the step is one of the specification',
    delegates((d) => ({ ...d, table: d.table.outside(0n, 8n) })),
  ],
  [
    'hands on a key more than it had',
    'S4',
    delegates((d) => ({ ...d, range: { ...d.range, high: d.range.high + 1n } })),
  ],
  ['hands on more than the range', 'S6', delegates((d, h) => ({ ...d, table: h.table }))],
  [
    'hands on too much at a time',
    'S15',
    only('delegate', (action) => ({
      ...action,
      step: (h: Host) => {
        const parameters = {
          ...h.constants.parameters,
          maxDelegationKeys: 9,
          maxDelegationBytes: 99,
        };
        const generous = { ...h, constants: { ...h.constants, parameters } };
        const { state, sends } = stepOf(action, generous, { packet: undefined, now: 0 }, undefined);
        return { state: { ...state, constants: h.constants }, sends };
      },
    })),
  ],
  ['does not adopt what it should', 'S4', leaves('adopt', (_, h) => done(h))],
  [
    'adopts the range and not the values',
    'the step is one of the specification',
    leaves('adopt', (after, h) => ({ ...after, table: h.table })),
  ],
  [
    'adopts a key less',
    'S4',
    leaves('adopt', (after, h) => {
      const content = contentOf(h);
      if (content?.type !== 'delegate') return after;
      const { low, high } = content.range;
      return {
        ...after,
        delegationMap: assign(h.delegationMap, { low, high: high - 1n }, h.constants.me),
      };
    }),
  ],
  ['forgets a delegation', 'S15', leaves('adopt', (after) => ({ ...after, numDelegations: 1 }))],
  ['counts backwards', 'S17', leaves('set', (after) => ({ ...after, numDelegations: 1 }))],
  [
    'does not join ranges',
    'S15',
    leaves('adopt', (after) => ({
      ...after,
      delegationMap: after.delegationMap.flatMap(({ low, owner }) =>
        low === 0n
          ? [
              { low, owner },
              { low: 1n, owner },
            ]
          : [{ low, owner }],
      ),
      numDelegations: after.numDelegations + 9,
    })),
  ],
  [
    'takes a stranger for an owner',
    'S3',
    leaves('accept', (after) => ({ ...after, delegationMap: [{ low: 0n, owner: 'mallory' }] })),
  ],
  [
    'has no owner for the first key',
    'S1',
    leaves('redirect', (after) => ({
      ...after,
      delegationMap: after.delegationMap.map(({ low, owner }, index) => ({
        low: index === 0 ? 1n : low,
        owner,
      })),
    })),
  ],
  [
    'stores the empty value for nothing',
    'the step is one of the specification',
    leaves('set', (after, h) => {
      const content = contentOf(h);
      return content?.type === 'set'
        ? { ...after, table: after.table.with(content.key, content.value ?? '') }
        : after;
    }),
  ],
  [
    'sets a key of others',
    'S5',
    leaves('redirect', (after, h) => {
      const content = contentOf(h);
      return content?.type === 'set'
        ? { ...after, table: after.table.with(content.key, 'x') }
        : after;
    }),
  ],
  [
    'stores values that are too long',
    'S15',
    allows('set', (h, _, rightly) => {
      const content = contentOf(h);
      return (
        rightly
        || (content?.type === 'set'
          && content.value === 'too long'
          && h.numDelegations === 1
          && h.delegationMap[0]?.owner === h.constants.me)
      );
    }),
  ],
  [
    'answers without setting',
    'the step is one of the specification',
    leaves('set', (after, h) => ({ ...after, table: h.table })),
  ],
  [
    'answers for keys of others',
    'the step is one of the specification',
    allows('get', (h) => contentOf(h)?.type === 'get'),
  ],
  [
    'answers for another key',
    'what a server replies was executed',
    says('get', (content) =>
      content.type === 'reply' ? { ...content, key: content.key ^ 1n } : content,
    ),
  ],
  [
    'answers what was never asked',
    'what a server replies was executed',
    does('redirect', (_, h) =>
      tell(done(h), h.received?.src ?? '', { type: 'reply', key: 0n, value: undefined }),
    ),
  ],
  [
    'redirects to itself',
    'S28',
    says('redirect', (content, h) =>
      content.type === 'redirect' ? { ...content, owner: h.constants.me } : content,
    ),
  ],
  [
    'tells everybody which keys there are',
    'S25',
    says('tellStatus', (content, h) =>
      content.type === 'status'
        ? { ...content, samples: [...h.table].map(([key]) => key) }
        : content,
    ),
  ],
  [
    'redirects to whomever',
    'S28',
    says('redirect', (content, h) => {
      const [owner] = h.constants.hosts.filter((host) => host !== h.constants.me).toReversed();
      return content.type === 'redirect' && owner !== undefined ? { ...content, owner } : content;
    }),
  ],
  [
    'refuses for another reason',
    'S28',
    says('refuse', (content) =>
      content.type === 'refusal' ? { ...content, reason: 'there are too many orders' } : content,
    ),
  ],
  [
    'counts its keys wrongly',
    'S28',
    says('tellStatus', (content) =>
      content.type === 'status' ? { ...content, keys: content.keys + 1 } : content,
    ),
  ],
];
