import { expect, test } from 'vitest';
import type { Host } from '../../../protocol/sht/host.ts';
import type { Key, Value } from '../../../protocol/sht/keys.ts';
import type { Message } from '../../../protocol/sht/messages.ts';
import type { SystemRefinement } from '../../../refinement/framework/systemRefinement.ts';
import { rowOf } from '../../../refinement/sht/ghost.ts';
import { rangesOf, underWay, waitingAt } from '../../../refinement/sht/places.ts';
import type { OrderedMap } from '../../../spec/framework/orderedMap.ts';
import type { Executed } from '../../../spec/sht/service.ts';
import { type Exploration, explore } from '../breadthFirst.ts';
import { textbookModel } from '../textbookModel.ts';
import { conversation, get, type Instance, set, shard } from './instance.ts';
import { INSTANCES } from './instances.ts';
import { refinementOf, ShtModel } from './model.ts';

const [{ without }] = INSTANCES as [Instance];

const SMALL: readonly Instance[] = [
  {
    name: 'one way',
    about: '',
    hosts: 2,
    said: [
      ...conversation('client1', 'a', set(0n, 'x')),
      ...conversation('client2', 'a', set(0n, 'y')),
      ...conversation('client1', 'b', get(0n), get(0n)),
      ...conversation('admin1', 'a', shard(0n, 1n, 'b')),
    ],
    without,
  },
  {
    name: 'and back',
    about: '',
    hosts: 2,
    said: [
      ...conversation('client1', 'a', set(0n, 'x'), get(0n)),
      ...conversation('admin1', 'a', shard(0n, 2n, 'b')),
      ...conversation('admin1', 'b', shard(0n, 1n, 'a')),
    ],
    without,
  },
  {
    name: 'as the original',
    about: '',
    hosts: 2,
    parameters: { compatible: true },
    said: [
      ...conversation('client1', 'a', set(0n, 'x')),
      ...conversation('client1', 'b', set(0n), get(0n)),
      ...conversation('admin1', 'a', shard(0n, 1n, 'b'), shard(1n, 2n, 'b')),
    ],
    without,
  },
];

/** Hosts, what the table has by them, and what took effect: for each client and server in order. */
interface Past {
  readonly hosts: readonly Host[];
  readonly table: readonly string[];
  readonly executed: readonly Executed[];
}

/** What every place has that a key may be in. */
const tableOf = (hosts: readonly Host[]): readonly string[] => {
  const shown = (where: string, table: OrderedMap<Value>): readonly string[] =>
    [...table].map(([key, value]: readonly [Key, Value]) => `${where} ${key} ${value}`);
  return hosts.flatMap((h) => [
    ...rangesOf(h.delegationMap, h.constants.me).flatMap(({ low, high }) =>
      shown('', h.table.within(low, high)),
    ),
    ...shown('', waitingAt(h)?.table ?? h.table.within(0n, 0n)),
    ...hosts.flatMap((to) => underWay(h, to).flatMap(({ table }) => shown('', table))),
  ]);
};

const inOrder = (executed: readonly Executed[]): readonly Executed[] => {
  const name = ({ client, server }: Executed): string => `${client} ${server}`;
  return executed.toSorted((a, b) => name(a).localeCompare(name(b)));
};

/** The system as it is, with all that a ghost knows as a part of its state, and no laws. */
function remembering(instance: Instance): SystemRefinement<Host, Message, Past, Past> {
  const { protocol } = refinementOf(instance);
  const left = instance.without.flatMap(({ actions }) => actions);
  const hosts = protocol.hosts.map(protocol.init);
  return {
    protocol: { ...protocol, actions: protocol.actions.filter(({ name }) => !left.includes(name)) },
    begin: () => ({ hosts, table: tableOf(hosts), executed: [] }),
    copy: (past) => past,
    act: (past, act) => {
      const now = past.hosts.with(act.host, act.step.state);
      const row = rowOf(act);
      const executed = row === undefined ? past.executed : inOrder([...past.executed, row]);
      return { hosts: now, table: tableOf(now).toSorted(), executed };
    },
    hear: (past) => past,
    spec: (past) => past,
    init: () => undefined,
    next: () => undefined,
    correspondence: () => undefined,
    packetInvariants: {},
    hostInvariants: {},
    stepInvariants: {},
    systemInvariants: {},
    sampledInvariants: {},
  };
}

const figures = (found: Exploration<never, never>) => {
  const { distinctStates, transitions, depth, complete, coverage } = found;
  const taken = Object.entries(coverage).filter(([, times]) => times > 0);
  return { distinctStates, transitions, depth, complete, coverage: Object.fromEntries(taken) };
};

test.each(SMALL.map((instance) => [instance.name, instance] as const))(
  'hosts and packets tell all that a ghost knows but the order of what is apart: %s',
  (_, instance) => {
    const found = explore(new ShtModel(instance));
    const byTheBook = explore(textbookModel(remembering(instance), instance.said));
    expect(figures(found as Exploration<never, never>)).toEqual(
      figures(byTheBook as Exploration<never, never>),
    );
    expect(found.complete).toBe(true);
    expect(found.distinctStates).toBeGreaterThan(200);
  },
);
