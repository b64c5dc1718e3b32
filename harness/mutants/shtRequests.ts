/** # Mutants of what clients of the hash table are answered, and of when. */
import { type NamedMutant, patch } from './mutant.ts';
import { EXECUTED, SPECIFIED } from './shtTerms.ts';

const DELIVERY = 'protocol/sht/singleDelivery.ts';
const HOST = 'protocol/sht/host.ts';
const REQUESTS = 'protocol/sht/requests.ts';
const SHT = 'protocol/sht/sht.ts';
const TELLING = 'protocol/sht/telling.ts';

/** B3. */
export const answers: readonly NamedMutant[] = [
  {
    name: 'answers for keys that it does not have',
    clauses: [SPECIFIED],
    patches: [
      patch(
        REQUESTS,
        `clause("the key is this host's own", isMine(h, key)) ?? canBeAnswered(h, src),`,
        'canBeAnswered(h, src),',
      ),
    ],
  },
  {
    name: 'sets keys that it does not have',
    clauses: ['S5', SPECIFIED],
    patches: [
      patch(
        REQUESTS,
        `clause("the key is this host's own", isMine(h, key))\n    ?? clause('the value`,
        `clause('the value`,
      ),
    ],
  },
  {
    name: 'stores nothing as an empty value',
    clauses: [SPECIFIED, 'S14'],
    patches: [
      patch(
        REQUESTS,
        'value === undefined ? h.table.without(key) : h.table.with(key, value);',
        "h.table.with(key, value ?? '');",
      ),
    ],
  },
  {
    name: 'takes an empty value for nothing',
    clauses: [SPECIFIED],
    patches: [patch(REQUESTS, 'value === undefined ? h.table', '!value ? h.table')],
  },
  {
    name: 'answers with nothing where a value is empty',
    clauses: [SPECIFIED],
    patches: [
      patch(REQUESTS, 'value: h.table.get(key) }', 'value: h.table.get(key) || undefined }'),
    ],
  },
  {
    name: 'does not set what has a value',
    clauses: [SPECIFIED],
    patches: [
      patch(
        REQUESTS,
        'const table = value === undefined ?',
        'const table = h.table.has(key) ? h.table : value === undefined ?',
      ),
    ],
  },
  {
    name: 'answers a set with what was there before',
    clauses: [SPECIFIED],
    patches: [
      patch(
        REQUESTS,
        "return tell({ ...h, table }, src, { type: 'reply', key, value });",
        "return tell({ ...h, table }, src, { type: 'reply', key, value: h.table.get(key) });",
      ),
    ],
  },
  {
    name: 'forgets a key when it is asked for it',
    clauses: [SPECIFIED],
    patches: [
      patch(
        REQUESTS,
        "tell(h, src, { type: 'reply', key, value: h.table.get(key) }),",
        `tell({ ...h, table: h.table.without(key) }, src, {
      type: 'reply',
      key,
      value: h.table.get(key),
    }),`,
      ),
    ],
  },
  {
    name: 'takes values that are too long',
    clauses: ['S15'],
    options: { settings: { valueBytes: 1 } },
    patches: [
      patch(
        REQUESTS,
        'value.length <= parameters.maxValueBytes;',
        'value.length <= parameters.maxValueBytes + 1;',
      ),
    ],
  },
  {
    name: 'redirects to itself',
    clauses: ['S21', 'S28'],
    patches: [
      patch(REQUESTS, 'owner: ownerOf(h.delegationMap, key) }),', 'owner: h.constants.me }),'),
    ],
  },
  {
    name: 'refuses nothing',
    clauses: ['S24'],
    options: { compatible: false },
    patches: [
      patch(
        TELLING,
        "clause('the original says nothing', !h.constants",
        "clause('the original says nothing', h.constants",
      ),
    ],
  },
  {
    name: 'tells strangers which keys there are',
    clauses: ['S25'],
    options: { compatible: false, settings: { administrators: true } },
    patches: [patch(TELLING, 'isAdministrator(h.constants, src) ? samples : 0', 'samples')],
  },
  {
    name: 'answers no client that asks for a key',
    clauses: ['S24'],
    patches: [
      patch(SHT, 'const PROCESSING = [get, set,', 'const PROCESSING = [set,'),
      patch(SHT, '  ignore,\n  get,\n', '  ignore,\n'),
    ],
  },
  {
    name: 'does not redirect',
    clauses: ['S24'],
    patches: [patch(REQUESTS, `own", !isMine(h, content.key))`, `own", false)`)],
  },
];

/** B4. */
export const packets: readonly NamedMutant[] = [
  {
    name: 'answers another client, too',
    clauses: [EXECUTED],
    options: { settings: { clients: 6 } },
    patches: [
      patch(
        REQUESTS,
        "tell(h, src, { type: 'reply', key, value: h.table.get(key) }),",
        `{
    const content = { type: 'reply', key, value: h.table.get(key) } as const;
    const { state, sends } = tell(h, src, content);
    const other = [...h.peers.keys()].at(-1) ?? src;
    if (other === src) return { state, sends };
    const again = tell(state, other, content);
    return { state: again.state, sends: [...sends, ...again.sends] };
  },`,
      ),
    ],
  },
  {
    name: 'answers for another key than it was asked for',
    clauses: [EXECUTED],
    patches: [
      patch(
        REQUESTS,
        "{ type: 'reply', key, value: h.table.get(key) }),",
        "{ type: 'reply', key: key ^ 1n, value: h.table.get(key) }),",
      ),
    ],
  },
  {
    name: 'answers to everybody’s face under the name of the first host',
    clauses: ['a host sends under its own name'],
    patches: [
      patch(
        HOST,
        'sends: [{ src: h.constants.me, dst, msg }],',
        'sends: [{ src: h.constants.hosts[0] ?? dst, dst, msg }],',
      ),
    ],
  },
  {
    name: 'answers under a new number whoever asks again',
    clauses: [EXECUTED],
    patches: [
      patch(
        DELIVERY,
        'unacked.slice(0, maxResent).map((msg) => ({ src, dst, msg }));',
        `unacked
    .slice(0, maxResent)
    .map((msg) => {
      const isReply = msg.content.type === 'reply';
      return { src, dst, msg: { ...msg, seqno: msg.seqno + (isReply ? unacked.length : 0) } };
    });`,
      ),
    ],
  },
];
