/**
 * # The lock service
 *
 * A fixed set of hosts hands one lock around. The state of the service is the list of everyone who
 * has held the lock so far; whoever is n-th on that list, counting from one, holds it in *epoch* n.
 * The last on the list has the lock, or it is on its way there; nobody else has it.
 *
 *     Init  ≜  ∃ h ∈ hosts : history = ⟨h⟩
 *     Next  ≜  ∃ h ∈ hosts : history′ = history ∘ ⟨h⟩
 *
 * Follows Services/Lock/AbstractService.s.dfy of IronFleet.
 */
import type { EndPoint, Packet } from '../framework/environment.ts';
import type { Log } from '../framework/log.ts';
import { clause, forAll, type Verdict } from '../framework/verdict.ts';

export interface State {
  readonly hosts: ReadonlySet<EndPoint>;
  /** Every holder so far, oldest first. */
  readonly history: Log<EndPoint>;
}

/** The service begins with one of its hosts holding the lock. */
export const init = (s: State, hosts: ReadonlySet<EndPoint>): Verdict =>
  clause('the hosts are the configured ones', sameElements(s.hosts, hosts))
  ?? clause('there has been exactly one holder', s.history.length === 1)
  ?? clause('the first holder is a host', isHost(s.history.last, s));

/** The one thing that ever happens: the lock goes to a host, which may be the same as before. */
export const next = (s: State, t: State): Verdict =>
  clause('the hosts never change', sameElements(s.hosts, t.hosts))
  ?? clause('history is never rewritten', s.history.isPrefixOf(t.history))
  ?? clause('the lock changes hands exactly once', t.history.length === s.history.length + 1)
  ?? clause('the new holder is a host', isHost(t.history.last, t));

/** What a host says on the network when it has received the lock. */
export interface Locked {
  readonly type: 'locked';
  readonly epoch: number;
}

/**
 * What the world may conclude from the network: a host that says `locked` held the lock in that
 * epoch.
 */
export const correspondence = (sent: Iterable<Packet<Locked>>, s: State): Verdict =>
  forAll(sent, (packet) => announcedByHolder(packet, s));

/** The correspondence of one packet. It speaks only of what hosts say to hosts. */
export const announcedByHolder = ({ src, dst, msg }: Packet<Locked>, s: State): Verdict =>
  s.hosts.has(src) && s.hosts.has(dst)
    ? (clause('epochs count from one', msg.epoch >= 1)
      ?? clause('the epoch has begun', msg.epoch <= s.history.length)
      ?? clause(
        'whoever says locked held the lock in that epoch',
        s.history.at(msg.epoch - 1) === src,
      ))
    : undefined;

const isHost = (host: EndPoint | undefined, { hosts }: State): boolean =>
  host !== undefined && hosts.has(host);

const sameElements = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean =>
  a === b || (a.size === b.size && [...a].every((item) => b.has(item)));
