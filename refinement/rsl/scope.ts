/**
 * # What a law looks at
 *
 * A law is written once, for everything that it speaks of, and is told what there is no need to look
 * at again: the replica as it was before its last step, when the law held. Here laws are made ready
 * to be asked after every step, and now and then of everything.
 */
import type { Message, Operation } from '../../protocol/rsl/messages.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';
import type { Laws } from '../framework/laws.ts';
import { RESTART, type Whole } from '../framework/systemRefinement.ts';
import type { Ghost } from './ghost.ts';

export type WholeService = Whole<Replica, Ghost>;

/**
 * A law of one replica, which it knows by its place. Where `before` is given, the law held of the
 * replica when it was `before`, of all that was known then, and `ghost.news` is all that has been
 * said since.
 */
export type ReplicaLaw = (
  r: Replica,
  ghost: Ghost,
  place: number,
  before: Replica | undefined,
) => Verdict;

/** Whether the last step was one that a replica took of its own accord, as it went on. */
export const isLocalStep = ({ last }: Ghost): boolean =>
  last !== undefined && last.packet === undefined && last.action !== RESTART;

/** A law of a packet that a replica sends; it stays true as more is said. */
export type PacketLaw = (packet: Packet<Message>, ghost: Ghost) => Verdict;

/** A law of all that was said about an operation. */
export type OperationLaw = (operation: Operation, ghost: Ghost) => Verdict;

type Table<Law> = Readonly<Record<string, Law>>;

function mapTable<From, To>(table: Table<From>, change: (law: From) => To): Table<To> {
  return Object.fromEntries(Object.entries(table).map(([number, law]) => [number, change(law)]));
}

/** Laws of a replica after a step: only the one that took it can have broken them. */
export const afterSteps = (
  laws: Table<ReplicaLaw>,
): Laws<[r: Replica, whole: WholeService, place: number]> =>
  mapTable(laws, (law) => (r, { ghost }, place) => {
    const { last } = ghost;
    if (last === undefined) return law(r, ghost, place, undefined);
    return last.host === place ? law(r, ghost, place, last.before) : undefined;
  });

/** The same laws, of everything. */
export const ofEverything = (laws: Table<ReplicaLaw>): Laws<[whole: WholeService]> =>
  mapTable(laws, (law) => ({ states, ghost }) => {
    for (let place = 0; place < states.length; place++) {
      const refusal = law(states[place] as Replica, ghost, place, undefined);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  });

/**
 * Laws of packets of replicas, of those promises, proposals and votes that were not sent before,
 * not even to someone else. What others send under their own names means nothing.
 */
export const ofNews = (
  laws: Table<PacketLaw>,
): Laws<[packet: Packet<Message>, whole: Pick<WholeService, 'ghost'>]> =>
  mapTable(laws, (law) => (packet, { ghost }) => {
    if (ghost.placeOf(packet.src) === undefined) return undefined;
    if (ghost.last !== undefined && isPaxos(packet.msg) && !ghost.news.includes(packet)) {
      return undefined;
    }
    return law(packet, ghost);
  });

const isPaxos = ({ type }: Message): boolean => type === '1b' || type === '2a' || type === '2b';

/** Laws of the operations of the last windows: what was said of earlier ones is past. */
export const ofRecentOperations = (
  laws: Table<OperationLaw>,
): Laws<[whole: Pick<WholeService, 'ghost'>]> =>
  mapTable(laws, (law) => ({ ghost }) => {
    const from = ghost.claims.truncation - ghost.setting.parameters.maxLogLength;
    for (const operation of ghost.operationsFrom(from)) {
      const refusal = law(operation, ghost);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  });
