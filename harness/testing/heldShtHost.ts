/**
 * # A host of the hash table in a test's hand
 *
 * The host that runs in production, which takes a step when the test says so. What it sends is kept
 * for the test to look at.
 */
import { OrderedIo } from '../../impl/framework/orderedIo.ts';
import { ShtHost } from '../../impl/sht/host.ts';
import { marshal } from '../../impl/sht/marshal.ts';
import type { Content, Message } from '../../impl/sht/messages.ts';
import { DEFAULT, type Parameters } from '../../impl/sht/parameters.ts';
import { parse } from '../../impl/sht/parse.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';

/** The hosts; the one in hand is the first, which begins with all keys, unless told otherwise. */
export const HELD_HOSTS: readonly EndPoint[] = ['a0', 'b0', 'c0'];

/** Small numbers, of which few are the same. */
export const SMALL: Parameters = {
  ...DEFAULT,
  maxValueBytes: 8,
  maxDelegationKeys: 3,
  maxDelegationBytes: 10,
  maxDelegationsUnderWay: 2,
  maxOrders: 2,
  maxRanges: 6,
  maxUnacked: 4,
  maxUnackedBytes: 12,
  maxPeers: 5,
  resendPeriod: 100,
  maxResent: 2,
};

export interface Sent {
  readonly dst: EndPoint;
  readonly msg: Message | undefined;
}

export class HeldShtHost {
  now = 1_000;
  readonly host: ShtHost;
  readonly #parameters: Parameters;
  readonly #numbers = new Map<EndPoint, number>();
  #inbox: { readonly src: EndPoint; readonly bytes: Uint8Array }[] = [];
  #sent: Sent[] = [];

  constructor(
    parameters: Partial<Parameters> = {},
    { me = 'a0', ...who }: { me?: EndPoint; administrators?: readonly EndPoint[] } = {},
  ) {
    this.#parameters = { ...SMALL, ...parameters };
    const aliases = new Map([['beef', 'b0']]);
    this.host = new ShtHost(me, { hosts: HELD_HOSTS, aliases, ...who }, this.#parameters);
  }

  /** How many packets have not been received. */
  get waiting(): number {
    return this.#inbox.length;
  }

  /** Puts a packet where the host finds it. */
  arrive(src: EndPoint, msg: Message | Uint8Array): void {
    this.#inbox.push({ src, bytes: msg instanceof Uint8Array ? msg : marshal(msg) });
  }

  /** The host takes one step, and this was it. */
  step(wake = this.#inbox.length > 0 ? ('packet' as const) : ('deadline' as const)): string {
    const io = new OrderedIo({
      receive: () => this.#inbox.shift(),
      readClock: () => this.now,
      send: (dst, bytes) => {
        this.#sent.push({ dst, msg: parse(bytes, this.#parameters.compatible) });
      },
    });
    return this.host.step(io, wake);
  }

  /** A packet comes, and the host does something about it. */
  hear(src: EndPoint, msg: Message | Uint8Array): string {
    this.arrive(src, msg);
    return this.step();
  }

  /** The next message of somebody comes; gives what the host does about it in the end. */
  ask(src: EndPoint, content: Content): string {
    const seqno = (this.#numbers.get(src) ?? 0) + 1;
    const taken = this.hear(src, { type: 'single', seqno, dst: 'a0', content });
    if (taken !== 'accept') return taken;
    this.#numbers.set(src, seqno);
    return this.step('deadline');
  }

  /** What the host has sent since the last look. */
  sent(): readonly Sent[] {
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }

  /** What it has said in single messages since the last look. */
  said(): readonly Content[] {
    return this.sent().flatMap(({ msg }) => (msg?.type === 'single' ? [msg.content] : []));
  }
}
