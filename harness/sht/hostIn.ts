/**
 * # A running host in a state of the protocol
 *
 * The way back from the protocol's state: a host that runs, of which that state is what it means.
 */
import type { Configuration } from '../../impl/sht/configuration.ts';
import { DelegationMap } from '../../impl/sht/delegationMap.ts';
import { ShtHost } from '../../impl/sht/host.ts';
import type * as impl from '../../impl/sht/messages.ts';
import { Peer } from '../../impl/sht/peer.ts';
import type { Host } from '../../protocol/sht/host.ts';
import type { Content, SingleMessage } from '../../protocol/sht/messages.ts';

export function hostIn(state: Host, configuration: Configuration): ShtHost {
  const { me, parameters } = state.constants;
  const h = new ShtHost(me, configuration, parameters);
  h.delegationMap = new DelegationMap(state.delegationMap);
  for (const [key, value] of state.table) h.table.set(key, value);
  for (const [id, { accepted, acked, unacked, unackedBytes }] of state.peers) {
    const peer = new Peer();
    Object.assign(peer, { accepted, acked, unacked: unacked.map(running), unackedBytes });
    h.peers.set(id, peer);
  }
  const { received } = state;
  h.received = received && { src: received.src, msg: repeating(running(received.msg)) };
  h.orders = state.orders;
  h.numDelegations = state.numDelegations;
  h.resentAt = state.resentAt;
  h.noted = state.noted;
  return h;
}

const running = ({ content, ...msg }: SingleMessage): impl.SingleMessage => ({
  ...msg,
  content: carried(content),
});

function carried(content: Content): impl.Content {
  if (content.type !== 'delegate') return content;
  const { type, range, table } = content;
  return { type, range, entries: [...table] };
}

/** Of entries with one key the first counts, whatever the others say. */
function repeating(msg: impl.SingleMessage): impl.SingleMessage {
  const { content } = msg;
  if (content.type !== 'delegate') return msg;
  const again = content.entries.slice(0, 1).map(([key, value]) => [key, `${value}+`] as const);
  return { ...msg, content: { ...content, entries: [...content.entries, ...again] } };
}
