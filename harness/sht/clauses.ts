/**
 * # The clauses of the hosts' guards
 *
 * Which clause may refuse which action. A campaign counts how often each did: a clause that never
 * refused anything may as well not be there, for all that the campaign knows. The table is
 * compared with the source of the protocol in a test, and so are the exemptions with what happens.
 */
import type { Clauses } from '../simulation/protocolService.ts';
import { isEndless, type ShtShape } from './shape.ts';

/** Of all actions that take a packet. */
export const OF_ITS_TYPE = 'the message is of the type that the action takes';
/** Of all actions on what has been accepted. */
export const WAITING = 'a message is waiting';
export const PROCESSED = 'it is of a type that the action processes';

/** In the order in which they are asked. */
export const CLAUSES = {
  accept: [
    OF_ITS_TYPE,
    'no other message is waiting',
    'it is the next of its sender',
    'its sender is known, or there is room for another',
    'its sender acknowledges what it is answered',
  ],
  acceptAgain: [OF_ITS_TYPE, 'no other message is waiting', 'it has been accepted before'],
  hearAck: [
    OF_ITS_TYPE,
    'it is news',
    'its sender is known, or there is room for another',
    'that was sent',
  ],
  tellNumbers: [OF_ITS_TYPE, 'the original does not know this'],
  ignore: [
    'the message is not to be accepted',
    'it was not accepted before',
    'it acknowledges nothing new',
    'it does not ask for numbers',
  ],
  resend: ['a host has not acknowledged everything', 'a resend period has passed'],
  get: [WAITING, PROCESSED, "the key is this host's own", 'there is a number left for an answer'],
  set: [
    WAITING,
    PROCESSED,
    "the key is this host's own",
    'the value is not too long',
    'there is a number left for an answer',
  ],
  redirect: [
    WAITING,
    PROCESSED,
    "the key is not this host's own",
    'the value is not too long',
    'there is a number left for an answer',
  ],
  shard: [
    WAITING,
    PROCESSED,
    'there were not too many delegations',
    'nothing is to be said against the order',
  ],
  delegate: [
    'there is an order',
    'there were not too many delegations',
    'the recipient of one has room',
  ],
  adopt: [
    WAITING,
    PROCESSED,
    'there were not too many delegations',
    'it comes from a host',
    'a host may have sent it',
  ],
  tellStatus: [
    WAITING,
    PROCESSED,
    'the original does not know this',
    'there is a number left for an answer',
  ],
  refuse: [
    WAITING,
    PROCESSED,
    'the original says nothing',
    'there were not too many delegations',
    'something is to be said against it',
    'there is a number left for an answer',
  ],
  discard: [WAITING, 'there were not too many delegations', 'nothing else is to be done about it'],
} as const satisfies Clauses;

/** A clause that cannot be the one that refuses, of one action or of all that have it. */
interface Exemption {
  readonly clause: string;
  readonly action?: keyof typeof CLAUSES;
  readonly because: string;
  /** In which configurations; in all of them, if nothing is said. */
  readonly where?: (shape: ShtShape) => boolean;
}

/** How many bytes nobody here has the time to write. */
const TEDIOUS = 2_000;

const isCompatible = ({ parameters }: ShtShape): boolean => parameters.compatible;
const isAlone = ({ hosts }: ShtShape): boolean => hosts === 1;

export const EXEMPT: readonly Exemption[] = [
  { clause: OF_ITS_TYPE, because: 'no action is asked about messages of other types' },
  { clause: 'the original does not know this', because: 'there is no such action then' },
  { clause: 'the original says nothing', because: 'there is no such action then' },
  {
    clause: 'that was sent',
    because: 'the original takes every acknowledgement',
    where: isCompatible,
  },
  {
    clause: 'it does not ask for numbers',
    because: 'the original does not know how',
    where: isCompatible,
  },
  {
    clause: 'a host may have sent it',
    because: 'it is asked only of what hosts have sent',
  },
  {
    clause: 'there is a number left for an answer',
    because: 'nobody comes to the last number',
    where: ({ parameters }) => parameters.maxSeqno === Number.MAX_SAFE_INTEGER,
  },
  {
    clause: 'there were not too many delegations',
    because: 'nobody takes part in so many',
    where: ({ parameters }) => parameters.maxDelegations === Number.MAX_SAFE_INTEGER,
  },
  {
    clause: 'there were not too many delegations',
    action: 'delegate',
    because: 'an order is taken only where a delegation may follow, and the others under way count',
    where: (shape) => isEndless(shape) || isAlone(shape),
  },
  {
    clause: 'the value is not too long',
    because: 'nobody here has the time for such a value',
    where: ({ parameters }) => parameters.maxValueBytes > TEDIOUS,
  },
  {
    clause: 'the value is not too long',
    action: 'redirect',
    because: 'a host alone has all keys',
    where: isAlone,
  },
  {
    clause: 'there is a number left for an answer',
    action: 'redirect',
    because: 'a host alone has all keys',
    where: isAlone,
  },
  {
    clause: "the key is this host's own",
    because: 'a host alone has all keys',
    where: isAlone,
  },
  {
    clause: 'the recipient of one has room',
    because: 'a host alone takes no order',
    where: isAlone,
  },
  {
    clause: 'a resend period has passed',
    because: 'a host alone waits for no other',
    where: isAlone,
  },
];

/** What the original does not do at all. */
const NEW: readonly string[] = ['tellNumbers', 'delegate', 'tellStatus', 'refuse'];

/** The clauses that may refuse something in a configuration. */
export const clausesFor = (shape: ShtShape): Clauses =>
  Object.fromEntries(
    Object.entries(CLAUSES).map(([action, clauses]) => [
      action,
      (clauses as readonly string[]).filter(
        (clause) =>
          !(shape.parameters.compatible && NEW.includes(action))
          && !EXEMPT.some(
            (each) =>
              each.clause === clause
              && (each.action ?? action) === action
              && (each.where?.(shape) ?? true),
          ),
      ),
    ]),
  );
