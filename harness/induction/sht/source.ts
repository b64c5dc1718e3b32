/**
 * # Where scenes of a hash table come from
 *
 * Walks begin in a state that a behaviour of the protocol has led to: random steps, with clients and
 * an administrator asking in between.
 */
import type { Host } from '../../../protocol/sht/host.ts';
import type { Content, Message } from '../../../protocol/sht/messages.ts';
import { peerOf } from '../../../protocol/sht/singleDelivery.ts';
import type { EndPoint, Packet } from '../../../spec/framework/environment.ts';
import type { Random } from '../../simulation/random.ts';
import type { Domain } from '../domain.ts';
import { movesOf, someStep } from '../moves.ts';
import { withPackets } from '../scene.ts';
import type { Move, Source } from '../walk.ts';
import { contentsOf, hostsOf, packetsOf, rangesOf } from './domains.ts';
import { type Hand, type ShtScene, shtMoves } from './moves.ts';
import {
  ADMINISTRATOR,
  atomsOf,
  CLIENTS,
  type ShtProtocol,
  STRANGER,
  TIMES,
  type Universe,
} from './universe.ts';

/** How many steps a behaviour has at most that a walk begins with. */
const LONGEST = 120;
/** How likely a request is before each step. */
const ASKING = 0.3;

export class ShtSource implements Source<Host, Message> {
  readonly moves: readonly Move<Host, Message>[];
  readonly packets: Domain<Packet<Message>>;
  readonly hosts: Domain<Host>;
  readonly #hand: Omit<Hand, 'random'>;

  constructor(universe: Universe, protocol: ShtProtocol) {
    const atoms = atomsOf(universe);
    this.#hand = { protocol, atoms };
    this.packets = packetsOf(atoms);
    this.hosts = hostsOf(protocol, atoms);
    const everyone = [...protocol.hosts, ...CLIENTS, ADMINISTRATOR, STRANGER];
    const parts = { protocol, times: TIMES, hosts: this.hosts, packets: this.packets, everyone };
    this.moves = [...movesOf(parts), ...shtMoves(this.#hand)];
  }

  begin(random: Random): ShtScene {
    const { protocol } = this.#hand;
    const initial = { hosts: protocol.hosts.map((me) => protocol.init(me)), sent: [] };
    return this.reach(initial, random.below(LONGEST), random);
  }

  stranger(random: Random): Packet<Message> {
    const src = random.pick([...CLIENTS, ADMINISTRATOR, STRANGER]);
    return { ...this.packets.draw(random), src };
  }

  /** Where random steps of the protocol lead. */
  reach(from: ShtScene, steps: number, random: Random): ShtScene {
    const parts = { protocol: this.#hand.protocol, times: TIMES };
    let scene = from;
    for (let left = steps; left > 0; left--) {
      if (random.happens(ASKING)) scene = withPackets(scene, [this.#request(scene, random)]);
      scene = someStep(parts, scene, random) ?? scene;
    }
    return scene;
  }

  /** The next thing that a client says to a host, or an administrator's order. */
  #request({ hosts }: ShtScene, random: Random): Packet<Message> {
    const { constants, peers } = random.pick(hosts);
    const { me } = constants;
    const src: EndPoint = random.pick([...CLIENTS, ADMINISTRATOR]);
    const seqno = peerOf(peers, src).accepted + 1;
    const content = src === ADMINISTRATOR ? this.#order(random) : this.#wish(random);
    return { src, dst: me, msg: { type: 'single', seqno, dst: me, content } };
  }

  #order(random: Random): Content {
    const { atoms } = this.#hand;
    const recipient = atoms.hosts.draw(random);
    return { type: 'shard', range: rangesOf(atoms).draw(random), recipient };
  }

  #wish(random: Random): Content {
    const { atoms } = this.#hand;
    const key = atoms.keys.draw(random);
    if (random.happens(0.5)) return { type: 'set', key, value: atoms.values.draw(random) };
    return random.happens(0.7) ? { type: 'get', key } : contentsOf(atoms).draw(random);
  }
}
