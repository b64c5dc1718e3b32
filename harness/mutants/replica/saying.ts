/** # Mutants of how a running replica writes, refused because another message is sent. */
import { type NamedMutant, patch } from '../mutant.ts';
import { BATCH, MARSHAL, MEANS, PARSE, SENDS, STATE } from './terms.ts';

import { WRITES_BALLOT, WRITES_HEARTBEAT, WRITES_START } from './wire.ts';

/** B1: what a replica writes means something, but not what it is to say. */
export const saying: readonly NamedMutant[] = [
  { name: 'writes a ballot the wrong way round', clauses: [SENDS], patches: [WRITES_BALLOT] },
  { name: 'writes a heartbeat the wrong way round', clauses: [SENDS], patches: [WRITES_HEARTBEAT] },
  {
    name: 'writes suspicious for unsuspicious',
    clauses: [SENDS],
    patches: [patch(MARSHAL, 'msg.suspicious ? 1 : 0', 'msg.suspicious ? 0 : 1')],
  },
  {
    name: 'writes votes as proposals',
    clauses: [SENDS],
    patches: [patch(MARSHAL, 'withBatch(4,', 'withBatch(3,')],
  },
  { name: 'writes startingPhase2 as a state request', clauses: [SENDS], patches: [WRITES_START] },
  {
    name: 'swaps the truncation point and the ballot’s number in promises',
    clauses: [SENDS, MEANS],
    patches: [
      patch(
        MARSHAL,
        'at = put(votes.length, bytes, put(logTruncationPoint, bytes, at));',
        'at = put(votes.length, bytes, put(ballot.seqno, bytes, at));',
      ),
    ],
  },
  {
    name: 'writes a reply’s number as that of the reply after it',
    clauses: [SENDS],
    patches: [
      patch(
        MARSHAL,
        'put(seqno, bytes, put(6, bytes, 0))',
        'put(seqno + 1, bytes, put(6, bytes, 0))',
      ),
    ],
  },
  {
    name: 'takes any batch for the one that it knows',
    clauses: [SENDS, STATE],
    patches: [
      patch(PARSE, 'expected !== undefined && isRest(input, expected)', 'expected !== undefined'),
    ],
  },
  {
    name: 'takes any batch of the same length for the one that it knows',
    clauses: [SENDS, STATE],
    patches: [
      patch(
        BATCH,
        'Buffer.compare(known, view(bytes, at, bytes.length)) === 0',
        'known.length > 0',
      ),
    ],
  },
  {
    name: 'writes the next messages over the last ones',
    clauses: [SENDS, STATE],
    patches: [
      patch(
        'impl/framework/allocate.ts',
        'slab = new ArrayBuffer(SLAB);\n    used = 0;',
        'used = 0;',
      ),
    ],
  },
  {
    name: 'keeps room for a request, and not the request',
    clauses: [STATE],
    options: { settings: { application: 'kv' } },
    patches: [patch('impl/rsl/clients.ts', '  copy.set(request);\n', '')],
  },
];
