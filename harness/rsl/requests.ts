/**
 * # What clients ask of a replicated service
 */
import type { Parameters } from '../../protocol/rsl/configuration.ts';
import type { Message } from '../../protocol/rsl/messages.ts';
import { wireOf } from '../../refinement/rsl/wire.ts';
import type { Application } from '../../spec/apps/application.ts';
import { counter, INCREMENT } from '../../spec/apps/counter.ts';
import { keyValue } from '../../spec/apps/keyValue.ts';
import { encodeRequest } from '../../spec/apps/keyValueMessages.ts';
import type { Bytes } from '../../spec/framework/bytes.ts';
import type { Random } from '../simulation/random.ts';
import type { Conversation } from '../simulation/requestClient.ts';

export const APPLICATIONS = ['counter', 'kv'] as const;
export type ApplicationName = (typeof APPLICATIONS)[number];

interface Asked {
  readonly application: Application;
  /** Something that it may be asked; few different things, so that they often meet. */
  readonly request: (random: Random) => Bytes;
}

/** How often a client asks something that means nothing. */
const NONSENSE = 0.02;

const CUT_SHORT = encodeRequest({ type: 'set', key: 'x', value: '0' });

/** Nothing at all, requests that end within a length, one with a byte too many, and no UTF-8. */
export const NOTHING_MEANT: readonly Bytes[] = [
  '\x00\xff',
  CUT_SHORT.slice(0, 4),
  CUT_SHORT.slice(0, 6),
  CUT_SHORT.slice(0, -3),
  `${encodeRequest({ type: 'get', key: 'x' })}y`,
  encodeRequest({ type: 'get', key: 'x' }).replace('x', '\xff'),
];

const KEYS = ['x', 'y', ''] as const;

/** How many bytes a request has at least, and at most. */
const SHORTEST = Math.min(...NOTHING_MEANT.map(({ length }) => length));
export const LONGEST = encodeRequest({ type: 'set', key: 'x', value: '0' }).length;

/** Whether every request is a full batch of its own. */
export const isEachFull = ({ maxBatchSize, maxBatchBytes }: Parameters): boolean =>
  maxBatchSize === 1 || maxBatchBytes <= SHORTEST;

/** Whether as many requests as a batch may have never have too many bytes. */
export const isEachShort = ({ maxBatchSize, maxBatchBytes }: Parameters): boolean =>
  maxBatchSize * LONGEST <= maxBatchBytes;

export const ASKED: Readonly<Record<ApplicationName, Asked>> = {
  counter: { application: counter, request: () => INCREMENT },
  kv: {
    application: keyValue,
    request: (random) => {
      const key = random.pick(KEYS);
      const value = String(random.below(4));
      switch (random.below(4)) {
        case 0:
          return encodeRequest({ type: 'get', key });
        case 1:
          return encodeRequest({ type: 'delete', key });
        default:
          return encodeRequest({ type: 'set', key, value });
      }
    },
  },
};

export const conversationWith = (name: ApplicationName): Conversation<Message> => ({
  ask: (seqno, random) => {
    const request = random.happens(NONSENSE)
      ? random.pick(NOTHING_MEANT)
      : ASKED[name].request(random);
    return { type: 'request', seqno, request };
  },
  answered: (msg) => (msg.type === 'reply' ? msg.seqno : undefined),
});

/** The same conversation in bytes. */
export function conversationInBytes(name: ApplicationName): Conversation<Uint8Array> {
  const { ask, answered } = conversationWith(name);
  const wire = wireOf(ASKED[name].application, true);
  return {
    ask: (seqno, random) => wire.write(ask(seqno, random)),
    answered: (bytes) => answered(wire.read(bytes)),
  };
}
