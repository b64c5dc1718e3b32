/**
 * # What a law looks at
 *
 * A law is written once, for everything that it speaks of, and is told what there is no need to look
 * at again: the host as it was before its last step, when the law held. Here laws are made ready to
 * be asked after every step, and now and then of everything.
 */
import type { Host } from '../../protocol/sht/host.ts';
import type { Message } from '../../protocol/sht/messages.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import { forAll, type Verdict } from '../../spec/framework/verdict.ts';
import type { Laws } from '../framework/laws.ts';
import type { Whole } from '../framework/systemRefinement.ts';
import type { ChangedPeer, Ghost } from './ghost.ts';

export type WholeService = Whole<Host, Ghost>;

/**
 * A law of one host, which it knows by its place. Where `before` is given, the law held of the host
 * when it was `before`, and nobody but this host has taken a step since; what the ghost says of the
 * last step is what this host has changed.
 */
export type HostLaw = (h: Host, ghost: Ghost, place: number, before: Host | undefined) => Verdict;

/** A law of a packet that a host sends; it stays true whatever happens later. */
export type PacketLaw = (packet: Packet<Message>, ghost: Ghost) => Verdict;

type Table<Law> = Readonly<Record<string, Law>>;

function mapTable<From, To>(table: Table<From>, change: (law: From) => To): Table<To> {
  return Object.fromEntries(Object.entries(table).map(([number, law]) => [number, change(law)]));
}

/** Laws of a host after a step: only the one that took it can have broken them. */
export const afterSteps = (
  laws: Table<HostLaw>,
): Laws<[h: Host, whole: Pick<WholeService, 'ghost'>, place: number]> =>
  mapTable(laws, (law) => (h, { ghost }, place) => {
    const { last } = ghost;
    if (last === undefined) return law(h, ghost, place, undefined);
    return last.host === place ? law(h, ghost, place, last.before) : undefined;
  });

/** The same laws, of everything. */
export const ofEverything = (laws: Table<HostLaw>): Laws<[whole: WholeService]> =>
  mapTable(laws, (law) => ({ states, ghost }) => {
    for (const [place, h] of states.entries()) {
      const refusal = law(h, ghost, place, undefined);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  });

/** Laws of packets of hosts. What others send under their own names means nothing. */
export const ofHosts = (
  laws: Table<PacketLaw>,
): Laws<[packet: Packet<Message>, whole: Pick<WholeService, 'ghost'>]> =>
  mapTable(
    laws,
    (law) =>
      (packet, { ghost }) =>
        ghost.placeOf(packet.src) === undefined ? undefined : law(packet, ghost),
  );

/** Laws that have one number. */
export const all =
  (...laws: readonly HostLaw[]): HostLaw =>
  (h, ghost, place, before) =>
    forAll(laws, (law) => law(h, ghost, place, before));

/** A law of what a host remembers of one peer. */
export type PeerLaw = (peer: ChangedPeer, h: Host, ghost: Ghost) => Verdict;

/** The law of a host that this holds of every peer, or of those that have changed. */
export const ofPeers =
  (law: PeerLaw): HostLaw =>
  (h, ghost, _, before) => {
    if (before === h) return undefined;
    const peers = before === undefined ? allPeers(h, ghost) : ghost.changedPeers;
    for (const peer of peers) {
      const refusal = law(peer, h, ghost);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  };

const allPeers = ({ peers }: Host, ghost: Ghost): readonly ChangedPeer[] =>
  [...peers].map(([id, after]) => ({ id, place: ghost.placeOf(id), before: undefined, after }));
