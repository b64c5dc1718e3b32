import { lastSent, peerOf } from '../../protocol/sht/singleDelivery.ts';

import {
  acceptedOf,
  allows,
  does,
  isHost,
  leaves,
  repeats,
  seqnoOf,
  setPeer,
  type Wrong,
} from './shtChanges.ts';

/** Each with the law by which it is refused some time. */
export const WRONG_DELIVERY: Wrong = [
  ['consumes what it should answer', 'S24', allows('discard', (h) => h.received !== undefined)],
  [
    'does not remember what it has accepted',
    'S7',
    leaves('accept', (after, h, packet) =>
      setPeer(after, packet?.src ?? '', { accepted: acceptedOf(h, packet) }),
    ),
  ],
  [
    'accepts numbers that are not next',
    'S17',
    allows(
      'accept',
      (h, packet, rightly) =>
        rightly || (h.received === undefined && seqnoOf(packet) > acceptedOf(h, packet) + 1),
    ),
  ],
  [
    'accepts the last number again',
    'the step is one of the specification',
    allows(
      'accept',
      (h, packet, rightly) =>
        rightly
        || (h.received === undefined
          && seqnoOf(packet) > 0
          && seqnoOf(packet) === acceptedOf(h, packet)),
    ),
  ],
  [
    'accepts any number',
    'S17',
    allows(
      'accept',
      (h, packet, rightly) => rightly || (h.received === undefined && seqnoOf(packet) > 0),
    ),
  ],
  [
    'takes more to be accepted from a host than it has sent',
    'S13',
    leaves('hearAck', (after, h, packet) =>
      isHost(h, packet?.src)
        ? setPeer(after, packet?.src ?? '', { accepted: acceptedOf(h, packet) + 1 })
        : after,
    ),
  ],
  [
    'acknowledges what it has not accepted',
    'S19',
    does('ignore', (step, h, packet) =>
      packet?.msg.type === 'single'
        ? {
            ...step,
            sends: [
              {
                src: h.constants.me,
                dst: packet.src,
                msg: { type: 'ack', seqno: packet.msg.seqno },
              },
            ],
          }
        : step,
    ),
  ],
  [
    'takes an acknowledgement for that of one number',
    'S9',
    leaves('hearAck', (after, h, packet) => {
      const seqno = packet?.msg.type === 'ack' ? packet.msg.seqno : 0;
      const { acked, unacked } = peerOf(h.peers, packet?.src ?? '');
      return setPeer(after, packet?.src ?? '', {
        acked: acked + 1,
        unacked: unacked.filter((msg) => msg.seqno !== seqno),
      });
    }),
  ],
  [
    'takes too much to be acknowledged',
    'S19',
    leaves('hearAck', (after, h, packet) => {
      const { acked, unacked } = peerOf(after.peers, packet?.src ?? '');
      return isHost(h, packet?.src) && unacked.length === 0
        ? setPeer(after, packet?.src ?? '', { acked: acked + 1 })
        : after;
    }),
  ],
  ['forgets what it has sent', 'S24', leaves('get', (after, h) => ({ ...after, peers: h.peers }))],
  [
    'forgets a client whom it has answered',
    'S17',
    leaves('get', (after, h) => {
      const peers = new Map(after.peers);
      peers.delete(h.received?.src ?? '');
      return { ...after, peers };
    }),
  ],
  ['sends again under new numbers', 'S12', repeats((msg) => ({ ...msg, seqno: msg.seqno + 1 }))],
  [
    'sends something else again',
    'S11',
    repeats((msg) => ({ ...msg, content: { type: 'get', key: 1n } })),
  ],
  [
    'keeps what it does not send',
    'S10',
    does('get redirect', ({ state }) => ({ state, sends: [] })),
  ],
  ['says that messages are for others', 'S8', repeats((msg) => ({ ...msg, dst: 'mallory' }))],
  [
    'does not count bytes',
    'S9',
    leaves('set', (after, h) => setPeer(after, h.received?.src ?? '', { unackedBytes: 0 })),
  ],
  [
    'knows too many clients',
    'S16',
    allows(
      'accept',
      (h, packet, rightly) =>
        rightly
        || (h.received === undefined && !h.peers.has(packet?.src ?? '') && seqnoOf(packet) === 1),
    ),
  ],
  [
    'answers who does not listen',
    'S27',
    allows(
      'accept',
      (h, packet, rightly) =>
        rightly
        || (h.received === undefined
          && h.peers.has(packet?.src ?? '')
          && seqnoOf(packet) === acceptedOf(h, packet) + 1),
    ),
  ],
  [
    'notes what it has not sent',
    'S22',
    leaves('resend', (after) => ({
      ...after,
      noted: new Map([...after.noted].map(([id]) => [id, lastSent(peerOf(after.peers, id)) + 1])),
    })),
  ],
  [
    'changes its parameters',
    'S2',
    leaves('adopt set', (after) => ({
      ...after,
      constants: { ...after.constants, parameters: { ...after.constants.parameters, maxPeers: 9 } },
    })),
  ],
];
