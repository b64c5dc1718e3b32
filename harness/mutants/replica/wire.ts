/** # Mutants of what running replicas read and write. */
import { type NamedMutant, type Patch, patch } from '../mutant.ts';
import { BATCH, END_POINTS, MARSHAL, MEANS, MESSAGES, PARSE } from './terms.ts';

const FRAMEWORK = 'impl/framework/marshal.ts';

const READS_BALLOT = patch(
  PARSE,
  'const seqno = u64.read(input);\n  const proposer = u64.read(input);',
  'const proposer = u64.read(input);\n  const seqno = u64.read(input);',
);
export const WRITES_BALLOT = patch(
  MARSHAL,
  'put(proposer, bytes, put(seqno, bytes, at))',
  'put(seqno, bytes, put(proposer, bytes, at))',
);
const READS_HEARTBEAT = patch(
  PARSE,
  'const suspicious = u64.read(input);\n  const checkpoint = u64.read(input);',
  'const checkpoint = u64.read(input);\n  const suspicious = u64.read(input);',
);
export const WRITES_HEARTBEAT = patch(
  MARSHAL,
  'msg.suspicious ? 1 : 0, msg.checkpoint',
  'msg.checkpoint, msg.suspicious ? 1 : 0',
);

/** What is said of one message instead of another where messages are read. */
const readsCase = (number: number, reading: string, other: number): Patch =>
  patch(
    PARSE,
    `case ${number}:\n      return ${reading};\n    case ${other}:`,
    `case ${other}:\n      return ${reading};\n    case ${number}:`,
  );

export const WRITES_START = patch(MARSHAL, 'numbers(9,', 'numbers(7,');
export const WRITES_STATE_REQUEST = patch(
  MARSHAL,
  "case 'appStateRequest':\n      return numbers(7,",
  "case 'appStateRequest':\n      return numbers(9,",
);

/** B0: bytes mean something else to a replica than they do. */
export const reading: readonly Omit<NamedMutant, 'clauses'>[] = [
  { name: 'swaps a ballot’s number and proposer', patches: [READS_BALLOT, WRITES_BALLOT] },
  { name: 'reads a ballot the wrong way round', patches: [READS_BALLOT] },
  {
    name: 'swaps a heartbeat’s suspicion and checkpoint',
    patches: [READS_HEARTBEAT, WRITES_HEARTBEAT],
  },
  { name: 'reads a heartbeat the wrong way round', patches: [READS_HEARTBEAT] },
  {
    name: 'swaps a ballot and an operation in proposals and votes',
    patches: [
      patch(
        PARSE,
        `  const ballot = readBallot(input);
  const operation = u64.read(input);
  if (ballot === undefined || operation === undefined) return undefined;
  const expected`,
        `  const operation = u64.read(input);
  const ballot = readBallot(input);
  if (ballot === undefined || operation === undefined) return undefined;
  const expected`,
      ),
      patch(
        MARSHAL,
        `  const at = putBallot(ballot, bytes, put(number, bytes, 0));
  bytes.set(batch.bytes, put(operation, bytes, at));`,
        `  const at = putBallot(ballot, bytes, put(operation, bytes, put(number, bytes, 0)));
  bytes.set(batch.bytes, at);`,
      ),
    ],
  },
  {
    name: 'swaps a client’s name and number in batches',
    patches: [
      patch(
        BATCH,
        `    const client = readClient(input);
    if (client === undefined) return undefined;
    const seqno = u64.read(input);
    if (seqno === undefined) return undefined;`,
        `    const seqno = u64.read(input);
    if (seqno === undefined) return undefined;
    const client = readClient(input);
    if (client === undefined) return undefined;`,
      ),
    ],
  },
  {
    name: 'swaps the ballot and the operation of a vote that is promised',
    patches: [
      patch(
        PARSE,
        'const operation = u64.read(input);\n    const votedIn = readBallot(input);',
        'const votedIn = readBallot(input);\n    const operation = u64.read(input);',
      ),
    ],
  },
  {
    name: 'takes suspicious for unsuspicious',
    patches: [patch(PARSE, 'suspicious: suspicious !== 0', 'suspicious: suspicious === 0')],
  },
  {
    name: 'takes only a 1 for suspicious',
    patches: [patch(PARSE, 'suspicious: suspicious !== 0', 'suspicious: suspicious === 1')],
  },
  {
    name: 'swaps the case numbers of proposals and votes where it reads',
    patches: [readsCase(3, "readBallotBatch('2a', input, known)", 4)],
  },
  {
    name: 'has state requests and startingPhase2 swapped, for itself and all others like it',
    patches: [
      patch(PARSE, 'case 9:\n      return', 'case 7:\n      return'),
      patch(PARSE, 'case 7:\n      return readAppState', 'case 9:\n      return readAppState'),
      WRITES_START,
      WRITES_STATE_REQUEST,
    ],
  },
  {
    name: 'reads the lower half of a number first',
    patches: [
      patch(
        FRAMEWORK,
        'return high * 2 ** 32 + readHalf(bytes, at + 4);',
        'return readHalf(bytes, at + 4) * 2 ** 32 + high;',
      ),
    ],
  },
  {
    name: 'reads numbers that are no exact ones',
    patches: [patch(FRAMEWORK, '    if (high > MAX_SAFE_HIGH) return undefined;\n', '')],
  },
  {
    name: 'reads messages with something after them',
    patches: [patch(PARSE, 'return input.at === bytes.length ? msg : undefined;', 'return msg;')],
  },
  {
    name: 'reads one vote more than the original does',
    options: { compatible: true },
    patches: [patch(MESSAGES, 'MAX_COMPATIBLE_VOTES = 7', 'MAX_COMPATIBLE_VOTES = 8')],
  },
  {
    name: 'reads no more votes than the original does',
    options: { compatible: false },
    patches: [
      patch(
        PARSE,
        'compatible ? MAX_COMPATIBLE_VOTES : Number.POSITIVE_INFINITY',
        'MAX_COMPATIBLE_VOTES',
      ),
    ],
  },
  {
    name: 'reads messages that the original does not know',
    options: { compatible: true },
    patches: [
      patch(PARSE, 'compatible ? undefined : readVoteRequest(input)', 'readVoteRequest(input)'),
    ],
  },
  {
    name: 'reads batches of 101',
    patches: [patch(MESSAGES, 'MAX_BATCH_SIZE = 100', 'MAX_BATCH_SIZE = 101')],
  },
  {
    name: 'reads batches of less than 100',
    patches: [patch(MESSAGES, 'MAX_BATCH_SIZE = 100', 'MAX_BATCH_SIZE = 99')],
  },
  {
    name: 'of two votes for one operation takes the last',
    patches: [patch(PARSE, 'if (!first.has(operation)) first.set', 'first.set')],
  },
  {
    name: 'cuts names of clients',
    patches: [
      patch(
        END_POINTS,
        'const id = toHex(bytes, from, to);',
        'const id = toHex(bytes, from, from + 1);',
      ),
    ],
  },
  {
    name: 'takes names for one another that lie in the same place',
    patches: [
      patch(
        END_POINTS,
        'if (known[index] !== bytes[from + index]) return false;',
        'if (known[index] === undefined) return false;',
      ),
    ],
  },
  {
    name: 'reads a request without its first byte',
    patches: [
      patch(
        PARSE,
        "return { type: 'request', seqno, request: asked };",
        "return { type: 'request', seqno, request: asked.subarray(1) };",
      ),
    ],
  },
];

/** B0: a replica writes what nobody can read. */
export const writing: readonly NamedMutant[] = [
  {
    name: 'says one vote fewer than it writes',
    clauses: [MEANS],
    patches: [
      patch(MARSHAL, 'put(votes.length, bytes,', 'put(Math.max(votes.length - 1, 0), bytes,'),
    ],
  },
  {
    name: 'says one request fewer than it writes',
    clauses: [MEANS],
    patches: [
      patch(
        BATCH,
        'u64.write(requests.length, bytes, 0)',
        'u64.write(Math.max(requests.length - 1, 0), bytes, 0)',
      ),
    ],
  },
  {
    name: 'counts the digits of a name as its bytes',
    clauses: [MEANS],
    patches: [
      patch(
        BATCH,
        'u64.write(client.length / 2, bytes, at)',
        'u64.write(client.length, bytes, at)',
      ),
    ],
  },
  {
    name: 'writes messages that the original does not know',
    clauses: [MEANS],
    options: { compatible: true },
    patches: [
      patch(
        'impl/rsl/stateTransfer.ts',
        'replyCache: constants.parameters.compatible ? undefined : [...replyCache]',
        'replyCache: [...replyCache]',
      ),
    ],
  },
];
