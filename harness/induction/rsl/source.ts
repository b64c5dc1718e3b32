/**
 * # Where scenes of a replicated service come from
 *
 * Some walks begin in a state that a behaviour of the protocol has led to: random steps, with
 * clients asking in between. Others begin with a history of Paxos made up from its end: some
 * ballots, whoever promised each, whatever was proposed in it and whoever voted for that, without
 * elections, heartbeats and whatever else it takes to come there; and some of these with a history
 * in which not everybody kept the rules.
 */

import { type Ballot, compareBallots } from '../../../protocol/rsl/ballot.ts';
import type { Message } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import type { Packet } from '../../../spec/framework/environment.ts';
import type { Random } from '../../simulation/random.ts';
import type { Domain } from '../domain.ts';
import { movesOf, someStep } from '../moves.ts';
import { withPackets } from '../scene.ts';
import type { Move, Source } from '../walk.ts';
import { carelessHistory } from './carelessHistory.ts';
import { packetsOf, replicasOf } from './domains.ts';
import { rslMoves } from './moves.ts';
import { passBallot } from './paxosMoves.ts';
import type { Hand, RslScene } from './scenes.ts';
import { executeSome } from './serviceMoves.ts';
import { atomsOf, CLIENTS, type RslProtocol, STRANGER, TIMES, type Universe } from './universe.ts';

/** How many steps a behaviour has at most that a walk begins with. */
const LONGEST = 250;
/** How likely a client's request is before each step. */
const ASKING = 0.03;

export class RslSource implements Source<Replica, Message> {
  readonly moves: readonly Move<Replica, Message>[];
  readonly packets: Domain<Packet<Message>>;
  readonly hosts: Domain<Replica>;
  readonly #hand: Omit<Hand, 'random'>;

  constructor(universe: Universe, protocol: RslProtocol) {
    const atoms = atomsOf(universe);
    this.#hand = { protocol, atoms };
    this.packets = packetsOf(atoms);
    this.hosts = replicasOf(universe, atoms);
    const everyone = [...universe.replicas, ...CLIENTS, STRANGER];
    const parts = { protocol, times: TIMES, hosts: this.hosts, packets: this.packets, everyone };
    this.moves = [...movesOf(parts), ...rslMoves(this.#hand)];
  }

  begin(random: Random): RslScene {
    const steps = random.below(LONGEST);
    const kind = random.below(8);
    if (kind < 2) return this.reach(this.#initial(), steps, random);
    if (kind < 6) return this.reach(this.#history(random), Math.floor(steps / 10), random);
    return executeSome(this.#history(random, carelessHistory), { ...this.#hand, random });
  }

  stranger(random: Random): Packet<Message> {
    const src = random.pick([...CLIENTS, STRANGER]);
    return { ...this.packets.draw(random), src };
  }

  #initial(): RslScene {
    const { protocol } = this.#hand;
    return { hosts: protocol.hosts.map((me) => protocol.init(me)), sent: [] };
  }

  /** Where random steps of the protocol lead. */
  reach(from: RslScene, steps: number, random: Random): RslScene {
    const parts = { protocol: this.#hand.protocol, times: TIMES };
    let scene = from;
    for (let left = steps; left > 0; left--) {
      if (random.happens(ASKING)) scene = withPackets(scene, [this.#request(random)]);
      scene = someStep(parts, scene, random) ?? scene;
    }
    return scene;
  }

  #request(random: Random): Packet<Message> {
    const { protocol, atoms } = this.#hand;
    const { client, seqno, request } = atoms.requests.draw(random);
    const src = protocol.hosts.includes(client) ? STRANGER : client;
    return { src, dst: random.pick(protocol.hosts), msg: { type: 'request', seqno, request } };
  }

  #history(random: Random, make = history): RslScene {
    const hand = { ...this.#hand, random };
    const asked = Array.from({ length: 12 }, () => this.#request(random));
    const ballots = Array.from({ length: 1 + random.below(4) }, () =>
      hand.atoms.ballots.draw(random),
    ).filter(({ seqno, proposer }) => seqno > 0 && proposer < hand.protocol.hosts.length);
    return make(withPackets(this.#initial(), asked), ballots, hand);
  }
}

/** A history in which everybody kept the rules. */
const history = (scene: RslScene, ballots: readonly Ballot[], hand: Hand): RslScene =>
  executeSome(
    ballots
      .toSorted(compareBallots)
      .reduce((passed, ballot) => passBallot(passed, ballot, hand), scene),
    hand,
  );
