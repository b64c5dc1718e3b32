/**
 * # From the running host to the protocol's (B1)
 *
 * Compares a host that runs with the state that the protocol says it is in, where both lie: for
 * every field of that state, what there is of it in the running one. Order counts among peers, for
 * it is the order in which messages are sent again.
 *
 * Messages are never changed, so of each it is remembered which one of the running host's it was
 * found to be. Of the table only those keys are looked at in which the protocol's has changed, and
 * how many there are. Every so often all that is remembered is forgotten: whatever was changed that
 * must not be, comes out then.
 */
import type { HostState, PeerState, Waiting } from '../../impl/sht/hostState.ts';
import type * as impl from '../../impl/sht/messages.ts';
import type { Host } from '../../protocol/sht/host.ts';
import type { KeyRange, Value } from '../../protocol/sht/keys.ts';
import type { Content, Order, OwnedRange, SingleMessage } from '../../protocol/sht/messages.ts';
import type { Peer, Peers } from '../../protocol/sht/singleDelivery.ts';
import { type Difference, difference } from '../../spec/framework/difference.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import { equal } from '../../spec/framework/equal.ts';
import type { OrderedMap } from '../../spec/framework/orderedMap.ts';
import {
  type Comparison,
  inFields,
  inMap,
  inOrder,
  same,
  within,
} from '../framework/comparison.ts';
import { abstractContent } from './messages.ts';

/** Where a running host is not in the state that the protocol says. */
export function hostComparison(): Comparison<HostState, Host> {
  const ofHost = new WeakMap<HostState, OneHost>();
  return (actual, expected) => {
    let one = ofHost.get(actual);
    if (one === undefined) {
      one = new OneHost();
      ofHost.set(actual, one);
    }
    return one.compare(actual, expected);
  };
}

/** After so many comparisons of one host all is forgotten; or as many as its table has keys. */
const FORGET_AFTER = 64;

/** Compares one running host, again and again. */
class OneHost {
  readonly #found = new Map<SingleMessage, impl.SingleMessage>();
  /** The protocol's table, as the host's own was found to be; nothing if not known. */
  #table: OrderedMap<Value> | undefined;
  /** How many peers there were when they were found to be in the right order. */
  #inOrder = -1;
  #comparisons = 0;
  readonly #inPeer = peerComparison((actual, expected) => this.#sameMessage(actual, expected));
  readonly #inAll = inHost(
    (actual, expected) => this.#sameMessage(actual, expected),
    (actual, expected) => this.#sameTable(actual, expected),
    (actual, expected) => this.#samePeers(actual, expected),
  );

  compare(actual: HostState, expected: Host): Difference | undefined {
    if (this.#comparisons++ > Math.max(FORGET_AFTER, expected.table.size)) {
      this.#comparisons = 0;
      this.#found.clear();
      this.#table = undefined;
      this.#inOrder = -1;
    }
    return this.#inAll(actual, expected);
  }

  /** Their order changes only where peers are added or forgotten. */
  #samePeers(actual: HostState['peers'], expected: Peers): Difference | undefined {
    if (actual.size !== this.#inOrder || actual.size !== expected.size) {
      const differs = inOrder([...actual.keys()], [...expected.keys()], same);
      if (differs !== undefined) return within('.keys()', differs);
      this.#inOrder = actual.size;
    }
    for (const [id, peer] of expected) {
      const other = actual.get(id);
      const differs = other === undefined ? same(other, peer) : this.#inPeer(other, peer);
      if (differs !== undefined) return within(`.get(${id})`, differs);
    }
    return undefined;
  }

  #sameMessage(actual: impl.SingleMessage, expected: SingleMessage): Difference | undefined {
    if (this.#found.get(expected) === actual) return undefined;
    const differs = inMessage(actual, expected);
    if (differs === undefined) this.#found.set(expected, actual);
    return differs;
  }

  #sameTable(actual: HostState['table'], expected: OrderedMap<Value>): Difference | undefined {
    const known = this.#table;
    this.#table = undefined;
    const differs =
      sameSize(actual, expected)
      ?? (known === undefined
        ? inOrder(actual, expected, inEntry)
        : sameAt(known.differences(expected), actual, expected));
    if (differs === undefined) this.#table = expected;
    return differs;
  }
}

function sameSize(
  actual: { readonly size: number },
  expected: { readonly size: number },
): Difference | undefined {
  const differs = same(actual.size, expected.size);
  return differs && within('.size', differs);
}

/** Compares what two tables have at some keys. */
function sameAt(
  keys: Iterable<bigint>,
  actual: HostState['table'],
  expected: OrderedMap<Value>,
): Difference | undefined {
  for (const key of keys) {
    const differs = same(actual.get(key), expected.get(key));
    if (differs !== undefined) return within(`.get(${key}n)`, differs);
  }
  return undefined;
}

const inEntry: Comparison<readonly [bigint, Value], readonly [bigint, Value]> = (
  [key, actual],
  [expectedKey, expected],
) => same(key, expectedKey) ?? same(actual, expected);

const inContent: Comparison<impl.Content, Content> = (actual, expected) => {
  const content = abstractContent(actual);
  return equal(expected, content) ? undefined : difference(expected, content);
};

const inMessage = inFields<impl.SingleMessage, SingleMessage>({
  type: (actual, expected) => same(actual.type, expected),
  seqno: (actual, expected) => same(actual.seqno, expected),
  dst: (actual, expected) => same(actual.dst, expected),
  content: (actual, expected) => inContent(actual.content, expected),
});

const inOwnedRange = inFields<impl.OwnedRange, OwnedRange>({
  low: (actual, expected) => same(actual.low, expected),
  owner: (actual, expected) => same(actual.owner, expected),
});

const inRange = inFields<impl.KeyRange, KeyRange>({
  low: (actual, expected) => same(actual.low, expected),
  high: (actual, expected) => same(actual.high, expected),
});

const inOrderToMove = inFields<impl.Order, Order>({
  range: (actual, expected) => inRange(actual.range, expected),
  recipient: (actual, expected) => same(actual.recipient, expected),
});

type SameMessage = Comparison<impl.SingleMessage, SingleMessage>;

/** Compares peers, of which nearly all are the same: first at a glance, then field by field. */
function peerComparison(sameMessage: SameMessage): Comparison<PeerState, Peer> {
  const inPeer = inFields<PeerState, Peer>({
    accepted: (actual, expected) => same(actual.accepted, expected),
    acked: (actual, expected) => same(actual.acked, expected),
    unacked: (actual, expected) => inOrder(actual.unacked, expected, sameMessage),
    unackedBytes: (actual, expected) => same(actual.unackedBytes, expected),
  });
  const isSame = (actual: PeerState, expected: Peer): boolean => {
    const { length } = expected.unacked;
    if (actual.accepted !== expected.accepted || actual.acked !== expected.acked) return false;
    if (actual.unackedBytes !== expected.unackedBytes) return false;
    if (actual.unacked.length !== length) return false;
    for (let index = 0; index < length; index++) {
      const message = actual.unacked[index] as impl.SingleMessage;
      if (sameMessage(message, expected.unacked[index] as SingleMessage) !== undefined)
        return false;
    }
    return true;
  };
  return (actual, expected) => (isSame(actual, expected) ? undefined : inPeer(actual, expected));
}

function inHost(
  sameMessage: SameMessage,
  sameTable: Comparison<HostState['table'], OrderedMap<Value>>,
  samePeers: Comparison<HostState['peers'], Peers>,
): Comparison<HostState, Host> {
  const inWaiting = inFields<Waiting, Packet<SingleMessage>>({
    src: (actual, expected) => same(actual.src, expected),
    // It waits with the host that it is for.
    dst: 'constant',
    msg: (actual, expected) => sameMessage(actual.msg, expected),
  });
  return inFields<HostState, Host>({
    constants: 'constant',
    delegationMap: ({ delegationMap }, expected) =>
      inOrder(delegationMap.ranges, expected, inOwnedRange),
    table: (actual, expected) => sameTable(actual.table, expected),
    peers: (actual, expected) => samePeers(actual.peers, expected),
    received: ({ received }, expected) =>
      received === undefined || expected === undefined
        ? same(received, expected)
        : inWaiting(received, expected),
    orders: (actual, expected) => inOrder(actual.orders, expected, inOrderToMove),
    numDelegations: (actual, expected) => same(actual.numDelegations, expected),
    resentAt: (actual, expected) => same(actual.resentAt, expected),
    noted: (actual, expected) => inMap(actual.noted, expected, same),
  });
}
