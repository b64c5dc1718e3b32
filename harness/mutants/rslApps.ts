/** # Mutants of the applications that run: B6, unless B0 comes first. */
import { type NamedMutant, patch, type ServiceMutant } from './mutant.ts';

const COUNTER = 'impl/apps/counter.ts';
const KEY_VALUE = 'impl/apps/keyValue.ts';

const REPLY = 'the reply is the application’s';
const AT_REST = 'the state at rest is the application’s';
const RESTORED = 'what is restored is the state that was at rest';

/** States are parts of messages, and whoever reads one wrongly is refused for that first. */
const READ = 'the implementation reads bytes as the wire format says';

/** No behaviour counts so far, and clients in behaviours set keys of ASCII. */
const ALONE = 'applications alone';

type AppMutant = NamedMutant & Partial<Pick<ServiceMutant, 'refusedBy'>>;

const counter: readonly AppMutant[] = [
  {
    name: 'counts whatever it is asked',
    clauses: [REPLY],
    patches: [patch(COUNTER, 'if (isIncrement(request)) {', 'if (request.length > 0) {')],
  },
  {
    name: 'replies with the count as it was',
    clauses: [REPLY],
    patches: [
      patch(
        COUNTER,
        '    if (isIncrement(request)) {\n',
        '    const before = this.serialize();\n    if (isIncrement(request)) {\n',
      ),
      patch(COUNTER, '    }\n    return this.serialize();', '    }\n    return before;'),
    ],
  },
  {
    name: 'begins again where it is restored',
    refusedBy: 'B0',
    clauses: [READ],
    patches: [patch(COUNTER, 'counter.#low = readHalf(state, 4);', 'counter.#low = 0;')],
  },
  {
    name: 'writes every reply into the same bytes',
    clauses: ['nobody changes what he gave'],
    patches: [
      patch(COUNTER, 'const bytes = new Uint8Array(BYTES);', 'const bytes = THE_BYTES;'),
      patch(COUNTER, 'const BYTES = 8;', 'const BYTES = 8;\nconst THE_BYTES = new Uint8Array(8);'),
    ],
  },
  {
    name: 'counts in 32 bits',
    clauses: [REPLY],
    ground: ALONE,
    patches: [
      patch(COUNTER, '      if (this.#low === 0) this.#high = (this.#high + 1) >>> 0;\n', ''),
    ],
  },
];

const keyValue: readonly AppMutant[] = [
  {
    name: 'says that a key was set when it was deleted',
    clauses: [REPLY],
    patches: [
      patch(KEY_VALUE, '? DELETE_FOUND : DELETE_UNFOUND', '? SET_SUCCESS : DELETE_UNFOUND'),
    ],
  },
  {
    name: 'deletes nothing',
    clauses: [REPLY, AT_REST],
    patches: [patch(KEY_VALUE, 'this.#values.delete(key) ?', 'this.#values.has(key) ?')],
  },
  {
    name: 'keeps the value that was set first',
    clauses: [REPLY, AT_REST],
    patches: [
      patch(
        KEY_VALUE,
        '    values.set(key, value);\n    return SET_SUCCESS;',
        '    if (!values.has(key)) values.set(key, value);\n    return SET_SUCCESS;',
      ),
    ],
  },
  {
    name: 'writes its entries in the order in which they came',
    clauses: [AT_REST, RESTORED],
    patches: [patch(KEY_VALUE, '[...values.keys()].sort()', '[...values.keys()]')],
  },
  {
    name: 'dies of a request without a length, as the original does',
    clauses: ['a service answers whatever it is asked'],
    patches: [patch(KEY_VALUE, '  if (bytes.length < at + LENGTH) return undefined;\n', '')],
  },
  {
    name: 'does not look at what comes after a key',
    clauses: [REPLY],
    ground: ALONE,
    patches: [patch(KEY_VALUE, '    if (keyEnd !== bytes.length) return INVALID_REQUEST;\n', '')],
  },
  {
    name: 'takes the bytes of a key for characters',
    clauses: [REPLY, AT_REST, RESTORED],
    ground: ALONE,
    patches: [
      patch(
        KEY_VALUE,
        `    const key = bytes.toString('utf8', 2 * LENGTH, keyEnd);
    const value =`,
        `    const key = bytes.toString('latin1', 2 * LENGTH, keyEnd);
    const value =`,
      ),
    ],
  },
  {
    name: 'loses the mark of a byte order before a value',
    clauses: [REPLY, AT_REST, RESTORED],
    ground: ALONE,
    patches: [
      patch(
        KEY_VALUE,
        "const value = bytes.toString('utf8', keyEnd + LENGTH);",
        "const value = bytes.toString('utf8', keyEnd + LENGTH).replace(/^\\ufeff/, '');",
      ),
    ],
  },
  {
    name: 'sets a key that is new when it is full',
    clauses: [REPLY],
    ground: ALONE,
    patches: [
      patch(KEY_VALUE, 'values.size >= this.#limits.keys', 'values.size > this.#limits.keys'),
    ],
  },
  {
    name: 'sets no key any more when it is full',
    clauses: [REPLY],
    ground: ALONE,
    patches: [patch(KEY_VALUE, ' && !values.has(key)) return SET_FAILURE', ') return SET_FAILURE')],
  },
  {
    name: 'measures values in bytes',
    clauses: [REPLY],
    ground: ALONE,
    patches: [
      patch(
        KEY_VALUE,
        'value.length <= this.#limits.valueLength',
        'Buffer.byteLength(value) <= this.#limits.valueLength',
      ),
    ],
  },
  {
    name: 'is restored from a state with a key that came before',
    clauses: ['what is no state cannot be restored'],
    ground: ALONE,
    patches: [
      patch(
        KEY_VALUE,
        "      if (this.#values.has(key)) throw noState(at, 'has a key that came before');\n",
        '',
      ),
    ],
  },
  {
    name: 'gives the length of the reply as that of the value',
    clauses: [REPLY],
    patches: [
      patch(
        KEY_VALUE,
        'writeField(value, reply, LENGTH);',
        'writeField(value, reply, LENGTH);\n    reply.writeInt32BE(size, LENGTH);',
      ),
    ],
  },
  {
    name: 'is restored without its last entry',
    refusedBy: 'B0',
    clauses: [READ],
    patches: [
      patch(
        KEY_VALUE,
        '      this.#values.set(key, value);\n      at = end;',
        '      if (end < bytes.length) this.#values.set(key, value);\n      at = end;',
      ),
    ],
  },
];

const of = (application: string, mutants: readonly AppMutant[]): readonly ServiceMutant[] =>
  mutants.map((mutant) => ({
    refusedBy: 'B6',
    options: { settings: { application } },
    ...mutant,
  }));

export const applications: readonly ServiceMutant[] = [
  ...of('counter', counter),
  ...of('kv', keyValue),
];
