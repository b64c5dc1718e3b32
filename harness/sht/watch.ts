/**
 * # What a campaign hopes to see of the hash table
 *
 * The corner cases for which the protocol was made as it is. A campaign in which one of them never
 * happened proves little about it.
 */
import { isHost } from '../../protocol/sht/configuration.ts';
import { ownerOf } from '../../protocol/sht/delegationMap.ts';
import { type Host, mayDelegate } from '../../protocol/sht/host.ts';
import { contains, type Key } from '../../protocol/sht/keys.ts';
import type { Content, Message } from '../../protocol/sht/messages.ts';
import { lastSent, peerOf } from '../../protocol/sht/singleDelivery.ts';
import type { Act } from '../../refinement/framework/systemRefinement.ts';
import type { Ghost } from '../../refinement/sht/ghost.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Watcher } from '../simulation/protocolService.ts';
import { type Hope, hopeless, NOTHING_SEEN } from './hopes.ts';
import type { ShtShape } from './shape.ts';

type Taken = Act<Host, Message>;

export class ShtWatcher implements Watcher<Host, Message, Ghost> {
  readonly #seen = { ...NOTHING_SEEN };
  readonly #hopeless: readonly string[];
  /** By client and key, who has sent the client elsewhere. */
  readonly #redirected = new Map<EndPoint, Map<Key, EndPoint>>();

  constructor(shape: ShtShape) {
    this.#hopeless = hopeless(shape);
  }

  step(act: Taken, ghost: Ghost): void {
    switch (act.action) {
      case 'get':
      case 'set':
        this.#serve(act, ghost);
        break;
      case 'redirect':
        this.#redirect(act, ghost);
        break;
      case 'refuse':
        this.#refuse(act);
        break;
      case 'shard':
      case 'delegate':
        this.#handOn(act, ghost);
        break;
      case 'adopt':
        if (act.host === 0) this.#see('a range came back to where it had been before');
        break;
      case 'discard':
        this.#discard(act);
        break;
      case 'resend':
        if (act.step.sends.length > 0) this.#see('a delegation was sent again');
        break;
      case 'acceptAgain':
        this.#acceptAgain(act);
        break;
      case 'ignore':
        this.#ignore(act);
        break;
    }
  }

  sometimes(): Readonly<Record<string, boolean>> {
    return Object.fromEntries(
      Object.entries(this.#seen).filter(([hope]) => !this.#hopeless.includes(hope)),
    );
  }

  #see(hope: Hope): void {
    this.#seen[hope] = true;
  }

  #serve({ before }: Taken, { hosts }: Ghost): void {
    const { received, constants, table } = before;
    const content = received?.msg.content;
    if (received === undefined || (content?.type !== 'get' && content?.type !== 'set')) return;
    const { key } = content;
    if (content.type === 'set' && content.value === undefined && table.has(key)) {
      this.#see('a key that had a value was deleted');
    }
    const sentBy = this.#redirected.get(received.src)?.get(key);
    if (sentBy !== undefined && sentBy !== constants.me) {
      this.#see('a redirect was followed to a reply');
    }
    if (this.#seen[SERVED_EARLY]) return;
    for (const other of hosts) {
      for (const { range, recipient } of other.orders) {
        if (recipient !== constants.me || range.low <= key) continue;
        if (ownerOf(other.delegationMap, key) === recipient) this.#see(SERVED_EARLY);
      }
    }
  }

  #redirect({ before: { received, constants } }: Taken, { delegations }: Ghost): void {
    const content = received?.msg.content;
    if (received === undefined || content === undefined || !('key' in content)) return;
    const { key } = content;
    if (delegations.some(({ range }) => contains(range, key))) {
      this.#see('a client was sent away while the key was on its way');
    }
    let keys = this.#redirected.get(received.src);
    if (keys === undefined) {
      keys = new Map();
      this.#redirected.set(received.src, keys);
    }
    keys.set(key, constants.me);
  }

  #refuse({ step: { sends } }: Taken): void {
    const msg = sends[0]?.msg;
    if (msg?.type === 'single' && msg.content.type === 'refusal') {
      this.#see(`a request was refused: ${msg.content.reason}`);
    }
  }

  /** An order was taken, or keys were handed on. */
  #handOn({ before, step: { state, sends } }: Taken, ghost: Ghost): void {
    if (state.orders.length > 1) this.#see('two ranges were on the move from one host');
    const order = before.orders.findIndex((each, place) => state.orders[place] !== each);
    const [packet] = sends;
    const msg = packet?.msg;
    if (packet === undefined || msg?.type !== 'single' || msg.content.type !== 'delegate') return;
    if (order > 0) this.#see('an order was put off because its recipient had no room');
    const isPiece = before.orders.length > 0 && state.orders.length === before.orders.length;
    if (isPiece) this.#see('a range moved in several pieces');
    const { maxDelegationKeys } = before.constants.parameters;
    if (isPiece && msg.content.table.size < maxDelegationKeys) {
      this.#see('a piece was cut because it would have had too many bytes');
    }
    if (msg.content.table.size === 0) this.#see('a range without any values moved');
    const { me } = before.constants;
    const to = ghost.hosts.find(({ constants }) => constants.me === packet.dst);
    if (to === undefined) return;
    const { accepted } = peerOf(before.peers, packet.dst);
    const crosses = peerOf(to.peers, me).unacked.some(({ seqno }) => seqno > accepted);
    if (crosses) this.#see('two delegations passed each other');
  }

  #discard({ before: { received, constants } }: Taken): void {
    const content = received?.msg.content;
    if (received === undefined || content === undefined) return;
    if (content.type === 'delegate' && !isHost(constants, received.src)) {
      this.#see('keys that a stranger handed on were not adopted');
    }
    const isOrder = content.type === 'shard' && constants.parameters.compatible;
    if (isOrder) this.#see('an order was not obeyed, and nothing said');
  }

  #acceptAgain({ before, packet, step: { sends } }: Taken): void {
    if (sends.length > 1) this.#see('a client that asked again was answered again');
    const content = contentOf(packet?.msg);
    if (content?.type === 'delegate' && isHost(before.constants, packet?.src ?? '')) {
      this.#see('a delegation that came again was not adopted again');
    }
  }

  #ignore({ before, packet }: Taken): void {
    if (packet === undefined) return;
    const { constants, peers, received } = before;
    const { src, msg } = packet;
    const peer = peerOf(peers, src);
    if (msg.type === 'ack' && msg.seqno > lastSent(peer)) {
      this.#see('what was never sent was acknowledged, and that was ignored');
    }
    if (msg.type !== 'single') return;
    if (received !== undefined && 'range' in received.msg.content && !mayDelegate(before)) {
      this.#see('a host had come to its end');
    }
    if (msg.seqno > peer.accepted + 1) this.#see('a message came before the one before it');
    if (received !== undefined || msg.seqno !== peer.accepted + 1) return;
    if (peers.has(src)) this.#see('a client was not listened to because it acknowledges nothing');
    else if (peers.size >= constants.parameters.maxPeers) {
      this.#see('somebody was turned away because there was no room');
    }
  }
}

const SERVED_EARLY = 'a key was served where it had come to before the rest of its range';

const contentOf = (msg: Message | undefined): Content | undefined =>
  msg?.type === 'single' ? msg.content : undefined;
