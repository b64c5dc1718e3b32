/**
 * # A scene and a step, told to a reader
 *
 * Of each host only what is not as it was at the beginning, then the packets, then what happens.
 */

import type { Protocol } from '../../protocol/framework/action.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import { equal } from '../../spec/framework/equal.ts';
import { kindOf } from '../../spec/framework/kind.ts';
import { explain } from '../../spec/framework/verdict.ts';
import { type Happening, nameOf } from './happening.ts';
import type { Counterexample } from './induction.ts';

/** How a protocol's own values are written, where there is a shorter way; nothing elsewhere. */
export type Writer = (value: unknown) => string | undefined;

/** A value in one line; nothing is left out. */
export function write(value: unknown, short: Writer): string {
  const known = short(value);
  if (known !== undefined) return known;
  const all = (items: Iterable<unknown>): string =>
    Array.from(items, (item) => write(item, short)).join(', ');
  switch (kindOf(value)) {
    case 'undefined':
      return 'nothing';
    case 'string':
      return JSON.stringify(value);
    case 'array':
      return `[${all(value as readonly unknown[])}]`;
    case 'set':
      return `{${all(value as ReadonlySet<unknown>)}}`;
    case 'map':
      return `{${Array.from(
        value as ReadonlyMap<unknown, unknown>,
        ([key, item]) =>
          `${typeof key === 'string' ? key : write(key, short)}: ${write(item, short)}`,
      ).join(', ')}}`;
    case 'record':
      return `{${Object.entries(value as object)
        .map(([key, item]) => `${key}: ${write(item, short)}`)
        .join(', ')}}`;
    default:
      return String(value);
  }
}

/** Where a state is not what it was at the beginning, one place a line. */
export function changes(
  before: unknown,
  after: unknown,
  short: Writer,
  path = '',
): readonly string[] {
  if (equal(before, after)) return [];
  const records = kindOf(before) === 'record' && kindOf(after) === 'record';
  if (!records || short(after) !== undefined) return [`${path} = ${write(after, short)}`];
  return Object.entries(after as object).flatMap(([key, part]) =>
    changes(
      (before as Readonly<Record<string, unknown>>)[key],
      part,
      short,
      path === '' ? key : `${path}.${key}`,
    ),
  );
}

const tellPacket = (
  { src, dst, msg }: Packet<{ readonly type: string }>,
  short: Writer,
): string => {
  const { type, ...rest } = msg;
  const fields = Object.entries(rest).map(([name, field]) => `${name} ${write(field, short)}`);
  return `${src} → ${dst}: ${type}${fields.length === 0 ? '' : `(${fields.join(', ')})`}`;
};

function tellHappening<State, Message extends { readonly type: string }>(
  protocol: Protocol<State, Message>,
  happening: Happening<State, Message>,
  short: Writer,
): string {
  if (happening.type === 'hear') {
    return `${nameOf(happening)}: ${tellPacket(happening.packet, short)}`;
  }
  const host = protocol.hosts[happening.host] ?? '';
  if (happening.type === 'restart') return `${host} stops and starts again`;
  const { action, packet, now, choice } = happening;
  return [
    `${host} takes ${action.name}`,
    ...(packet === undefined ? [] : [`on ${tellPacket(packet, short)}`]),
    ...(choice === undefined ? [] : [`choosing ${write(choice, short)}`]),
    ...(action.readsClock ? [`at ${now}`] : []),
  ].join(' ');
}

/** The lines of a counterexample: the scene, what happens in it, and what no longer holds. */
export function tell<State, Message extends { readonly type: string }>(
  protocol: Protocol<State, Message>,
  { scene, happening, law, refusal }: Counterexample<State, Message>,
  short: Writer,
): readonly string[] {
  const hosts = protocol.hosts.flatMap((me, host) => {
    const told = changes(protocol.init(me), scene.hosts[host], short);
    return told.length === 0
      ? [`${me} as at the beginning`]
      : told.map((line, place) => `${place === 0 ? me : ' '.repeat(me.length)} ${line}`);
  });
  const sent = scene.sent.map((packet) => tellPacket(packet, short));
  return [
    'In this state every law of the hypothesis holds:',
    ...hosts.map((line) => `  ${line}`),
    sent.length === 0 ? '  nothing has been sent' : '  sent:',
    ...sent.map((line) => `    ${line}`),
    `Then ${tellHappening(protocol, happening, short)}, and ${law} no longer holds:`,
    explain(refusal, '  '),
  ];
}
