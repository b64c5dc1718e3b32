/**
 * # Where scenes of a replicated service come from
 *
 * Some walks begin in a state that a behaviour of the protocol has led to: random steps, with
 * clients asking in between. Others begin with a history of Paxos made up from its end: some
 * ballots, whoever promised each, whatever was proposed in it and whoever voted for that, without
 * elections, heartbeats and whatever else it takes to come there.
 */

import type { Protocol } from '../../../protocol/framework/action.ts';
import { compareBallots } from '../../../protocol/rsl/ballot.ts';
import type { Message } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import type { Packet } from '../../../spec/framework/environment.ts';
import type { Random } from '../../simulation/random.ts';
import type { Domain } from '../domain.ts';
import { movesOf, someStep } from '../moves.ts';
import { type Scene, withPackets } from '../scene.ts';
import type { Move, Source } from '../walk.ts';
import { packetsOf, replicasOf } from './domains.ts';
import { RslMoves } from './moves.ts';
import { type Atoms, atomsOf, CLIENTS, STRANGER, TIMES, type Universe } from './universe.ts';

type RslScene = Scene<Replica, Message>;

/** How many steps a behaviour has at most that a walk begins with. */
const LONGEST = 250;
/** How likely a client's request is before each step. */
const ASKING = 0.03;

export class RslSource implements Source<Replica, Message> {
  readonly moves: readonly Move<Replica, Message>[];
  readonly packets: Domain<Packet<Message>>;
  readonly hosts: Domain<Replica>;
  readonly #protocol: Protocol<Replica, Message>;
  readonly #universe: Universe;
  readonly #atoms: Atoms;
  readonly #paxos: RslMoves;

  constructor(universe: Universe, protocol: Protocol<Replica, Message>) {
    this.#protocol = protocol;
    this.#universe = universe;
    this.#atoms = atomsOf(universe);
    this.packets = packetsOf(this.#atoms);
    this.hosts = replicasOf(universe, this.#atoms);
    this.#paxos = new RslMoves(universe, this.#atoms);
    const everyone = [...universe.replicas, ...CLIENTS, STRANGER];
    this.moves = [
      ...movesOf({ protocol, times: TIMES, hosts: this.hosts, packets: this.packets, everyone }),
      ...this.#paxos.all,
    ];
  }

  begin(random: Random): RslScene {
    const steps = random.below(LONGEST);
    if (random.happens(0.5)) return this.reach(this.#initial(), steps, random);
    return this.reach(this.#history(random), Math.floor(steps / 4), random);
  }

  stranger(random: Random): Packet<Message> {
    const src = random.pick([...CLIENTS, STRANGER]);
    return { ...this.packets.draw(random), src };
  }

  #initial(): RslScene {
    return { hosts: this.#protocol.hosts.map((me) => this.#protocol.init(me)), sent: [] };
  }

  /** What random steps of the protocol lead to. */
  reach(from: RslScene, steps: number, random: Random): RslScene {
    let scene = from;
    for (let left = steps; left > 0; left--) {
      if (random.happens(ASKING)) scene = withPackets(scene, [this.#request(random)]);
      const step = { protocol: this.#protocol, times: TIMES };
      scene = someStep(step, scene, random) ?? scene;
    }
    return scene;
  }

  #request(random: Random): Packet<Message> {
    const { client, seqno, request } = this.#atoms.requests.draw(random);
    const src = this.#universe.replicas.includes(client) ? STRANGER : client;
    return {
      src,
      dst: random.pick(this.#universe.replicas),
      msg: { type: 'request', seqno, request },
    };
  }

  #history(random: Random): RslScene {
    const asked = Array.from({ length: 12 }, () => this.#request(random));
    let scene = withPackets(this.#initial(), asked);
    const ballots = Array.from({ length: 1 + random.below(3) }, () =>
      this.#atoms.ballots.draw(random),
    ).filter(({ proposer }) => proposer < this.#universe.replicas.length);
    for (const ballot of ballots.sort(compareBallots)) {
      scene = this.#paxos.ballotPassed(scene, ballot, random);
    }
    return scene;
  }
}
