/** # What a campaign hopes to see of the hash table, and where there is no hope of it */
import type { Reason } from '../../protocol/sht/messages.ts';
import type { ShtShape } from './shape.ts';

export const NOTHING_SEEN = {
  'a key that had a value was deleted': false,
  'a redirect was followed to a reply': false,
  'a client was sent away while the key was on its way': false,
  'a key was served where it had come to before the rest of its range': false,
  'a range moved in several pieces': false,
  'a piece was cut because it would have had too many bytes': false,
  'a range without any values moved': false,
  'a range came back to where it had been before': false,
  'two ranges were on the move from one host': false,
  'an order was put off because its recipient had no room': false,
  'two delegations passed each other': false,
  'a delegation was sent again': false,
  'a delegation that came again was not adopted again': false,
  'keys that a stranger handed on were not adopted': false,
  'an order was not obeyed, and nothing said': false,
  'a client that asked again was answered again': false,
  'a client was not listened to because it acknowledges nothing': false,
  'somebody was turned away because there was no room': false,
  'a message came before the one before it': false,
  'what was never sent was acknowledged, and that was ignored': false,
  'a host had come to its end': false,
  'a request was refused: the value is too long': false,
  'a request was refused: only an administrator may move keys': false,
  'a request was refused: the range is empty': false,
  'a request was refused: the recipient is no host': false,
  'a request was refused: the recipient has given the order': false,
  'a request was refused: the keys are not all here': false,
  'a request was refused: some of the keys are on the move already': false,
  'a request was refused: there are too many orders': false,
};

export type Hope = keyof typeof NOTHING_SEEN;

/** How many messages nobody here leaves unacknowledged, and how many ranges there never are. */
const MANY = 100;
const TEDIOUS = 2_000;

const OF_SEVERAL: readonly Hope[] = [
  'a redirect was followed to a reply',
  'a client was sent away while the key was on its way',
  'a range without any values moved',
  'a range came back to where it had been before',
  'two delegations passed each other',
  'a delegation was sent again',
  'a delegation that came again was not adopted again',
];

const OF_PIECES: readonly Hope[] = [
  'a key was served where it had come to before the rest of its range',
  'a range moved in several pieces',
  'a piece was cut because it would have had too many bytes',
  'two ranges were on the move from one host',
  'an order was put off because its recipient had no room',
  'a request was refused: some of the keys are on the move already',
];

const refused = (reason: Reason): Hope => `a request was refused: ${reason}`;

/** What there is no hope of in some configuration. */
export function hopeless(shape: ShtShape): readonly Hope[] {
  const { hosts, keys, administrators, parameters } = shape;
  const { compatible, maxDelegations, maxDelegationKeys, maxDelegationBytes } = parameters;
  const { maxOrders, maxRanges, maxValueBytes } = parameters;
  const isStill = hosts === 1 || maxDelegations <= 3;
  const isWhole = isStill || compatible || maxDelegations <= 4;
  const bytes = maxDelegationBytes >= maxValueBytes * 2 && maxDelegationBytes > MANY;
  const isLarge = keys <= maxDelegationKeys;
  const when = (vain: boolean, ...hopes: readonly Hope[]): readonly Hope[] => (vain ? hopes : []);
  return [
    ...when(isStill, ...OF_SEVERAL),
    ...when(isWhole, ...OF_PIECES),
    ...when(isLarge && bytes, 'a range moved in several pieces', ...IN_ORDER),
    ...when(
      bytes || keys === 1 || maxDelegationKeys === 1,
      'a piece was cut because it would have had too many bytes',
    ),
    ...when(maxOrders === 1, 'two ranges were on the move from one host'),
    ...when(
      maxOrders === 1 || hosts <= 2,
      'an order was put off because its recipient had no room',
    ),
    ...when(
      parameters.maxDelegationsUnderWay > MANY,
      'an order was put off because its recipient had no room',
    ),
    ...when(!compatible, 'an order was not obeyed, and nothing said'),
    ...when(
      parameters.maxUnacked > MANY && parameters.maxUnackedBytes > MANY * MANY,
      'a client was not listened to because it acknowledges nothing',
    ),
    ...when(
      parameters.maxPeers >= hosts + shape.clients,
      'somebody was turned away because there was no room',
    ),
    ...when(compatible, 'what was never sent was acknowledged, and that was ignored'),
    ...when(maxDelegations > MANY, 'a host had come to its end'),
    ...when(compatible, ...REFUSALS),
    ...when(maxValueBytes > TEDIOUS, refused('the value is too long')),
    ...when(!administrators, refused('only an administrator may move keys')),
    ...when(isStill, refused('the keys are not all here'), refused('there are too many orders')),
    ...when(maxDelegations <= 3, ...OF_ORDERS),
    ...when(maxOrders > MANY && maxRanges > MANY, refused('there are too many orders')),
  ];
}

/** What takes orders that are not carried out at once. */
const IN_ORDER: readonly Hope[] = [
  'a key was served where it had come to before the rest of its range',
];

const OF_ORDERS: readonly Hope[] = [
  refused('only an administrator may move keys'),
  refused('the range is empty'),
  refused('the recipient is no host'),
  refused('the recipient has given the order'),
];

const REFUSALS = Object.keys(NOTHING_SEEN).filter((hope) =>
  hope.startsWith('a request was refused'),
) as readonly Hope[];
