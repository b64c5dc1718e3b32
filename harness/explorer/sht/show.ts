/** # States and steps of a hash table, for a reader */
import type { Protocol } from '../../../protocol/framework/action.ts';
import type { Host } from '../../../protocol/sht/host.ts';
import { type Message, showRange } from '../../../protocol/sht/messages.ts';
import { rangesOf, underWay, waitingAt } from '../../../refinement/sht/places.ts';
import type { Move } from '../hostSteps.ts';

const showTable = (table: Host['table']): string =>
  [...table].map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(', ');

/** Such as `a [1,∞) {1: "x"} orders [1,2)→b; a→b [−∞,1) {0: "y"}; b`. */
export function showPlaces(hosts: readonly Host[]): string {
  const shown = hosts.map((h) => {
    const { me } = h.constants;
    const waiting = waitingAt(h);
    const orders = h.orders.map(({ range, recipient }) => `${showRange(range)}→${recipient}`);
    return [
      me,
      ...rangesOf(h.delegationMap, me).map(showRange),
      ...(h.table.size > 0 ? [`{${showTable(h.table)}}`] : []),
      ...(waiting ? [`adopts ${showRange(waiting.range)} {${showTable(waiting.table)}}`] : []),
      ...(h.received && !waiting
        ? [`has ${h.received.msg.content.type} of ${h.received.src}`]
        : []),
      ...(orders.length > 0 ? [`orders ${orders.join(' ')}`] : []),
    ].join(' ');
  });
  const onTheWay = hosts.flatMap((from) =>
    hosts.flatMap((to) =>
      underWay(from, to).map(
        ({ range, table }) =>
          `${from.constants.me}→${to.constants.me} ${showRange(range)} {${showTable(table)}}`,
      ),
    ),
  );
  return [...shown, ...onTheWay].join('; ');
}

/** Such as `b accept ← client1: 1:get(0) → client1: ack(1)`. */
export function showMove(
  { hosts, describe }: Protocol<Host, Message>,
  { action, before, packet, step }: Move<Host, Message>,
): string {
  const taken = packet ? [`← ${packet.value.src}: ${describe(packet.value.msg)}`] : [];
  const sent = step.sends.map(({ dst, msg }) => `→ ${dst}: ${describe(msg)}`);
  return [hosts[before.place], action, ...taken, ...sent].join(' ');
}
