import { describe, expect, test } from 'vitest';
import {
  protocolOf,
  SHAPES,
  type Shape,
  type ShtProtocol,
  walk,
} from '../../harness/testing/shtBehaviours.ts';
import { HOSTS, host, PARAMETERS } from '../../harness/testing/shtHosts.ts';
import { MOVING, peerWith, says } from '../../harness/testing/shtScenes.ts';
import type { Step } from '../../protocol/framework/action.ts';
import { done, type Host, tell } from '../../protocol/sht/host.ts';
import type { Content, Message, SingleMessage } from '../../protocol/sht/messages.ts';
import { difference } from '../../spec/framework/difference.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import { SystemMonitor } from '../framework/systemMonitor.ts';
import { Ghost } from './ghost.ts';
import { corresponds, shtSystem } from './service.ts';

const SETTING = { configuration: { hosts: HOSTS }, parameters: PARAMETERS };

const GET: Content = { type: 'get', key: 1n };
const SET: Content = { type: 'set', key: 1n, value: 'x' };
const reply = (value: string | undefined, key = 1n): Content => ({ type: 'reply', key, value });

/** Host a, which has all keys, with which this waits from client x. */
const waiting = (content: Content): Host =>
  host(
    { received: says('x', 'a', 1, content), peers: new Map([['x', peerWith(1, 0)]]) },
    PARAMETERS,
    {},
    'a',
  );

/** What is known of a service in which host a has taken this step, and what was heard before. */
function knownAfter(before: Host, step: Step<Host, Message>, ...heard: Packet<Message>[]): Ghost {
  const others = HOSTS.slice(1).map((me) => host({}, PARAMETERS, {}, me));
  const ghost = new Ghost(SETTING, [before, ...others]);
  for (const packet of heard) ghost.hear(packet);
  ghost.act({ host: 0, action: 'act', before, packet: undefined, step });
  return ghost;
}

/** Host a deals with what waits and says this to somebody. */
const answered = (before: Host, dst: string, content: Content) => tell(done(before), dst, content);

const sentIn = ({ sends }: Step<Host, Message>): Packet<SingleMessage> =>
  sends[0] as Packet<SingleMessage>;

describe('a request takes effect', () => {
  const row = { client: 'x', server: 'a', seqno: 1, replySeqno: 1 };

  test.each<[string, Content, Content, object]>([
    ['a get', GET, reply(undefined), { request: GET, reply: undefined }],
    ['a set', SET, reply('x'), { request: SET, reply: 'x' }],
  ])('in the step in which a host is done with it and replies: %s', (_, asked, said, rest) => {
    const before = waiting(asked);
    const ghost = knownAfter(before, answered(before, 'x', said));
    expect([...ghost.history.state.executed]).toEqual([{ ...row, ...rest }]);
  });

  test.each<[string, Content, (before: Host) => Step<Host, Message>]>([
    ['is not done with it', GET, (h) => tell(h, 'x', reply(undefined))],
    [
      'says something else',
      GET,
      (h) => answered(h, 'x', { type: 'redirect', key: 1n, owner: 'b' }),
    ],
    ['replies to somebody else', GET, (h) => answered(h, 'y', reply(undefined))],
    ['says nothing', SET, (h) => ({ state: done(h), sends: [] })],
    ['was asked nothing', reply('x'), (h) => answered(h, 'x', reply('x'))],
  ])('but not if the host %s', (_, asked, step) => {
    const before = waiting(asked);
    expect(knownAfter(before, step(before)).history.state.executed.length).toBe(0);
  });
});

describe('what the world sees (B4)', () => {
  const asked = says('x', 'a', 1, GET);
  const before = waiting(GET);
  const step = answered(before, 'x', reply(undefined));
  const packet = sentIn(step);
  const unexecuted = { failed: 'what a server replies was executed' };

  test('is a reply only to what took effect, the one that it got', () => {
    const ghost = knownAfter(before, step, asked);
    expect(corresponds(packet, ghost)).toBeUndefined();
    const wrong: readonly Packet<Message>[] = [
      { ...packet, dst: 'y' },
      { ...packet, src: 'b' },
      { ...packet, msg: { ...packet.msg, seqno: 2 } },
      { ...packet, msg: { ...packet.msg, content: reply('x') } },
      { ...packet, msg: { ...packet.msg, content: reply(undefined, 2n) } },
    ];
    for (const each of wrong) expect(corresponds(each, ghost)).toEqual(unexecuted);
    expect(corresponds({ ...packet, src: 'mallory' }, ghost)).toBeUndefined();
    expect(corresponds({ ...packet, msg: { type: 'ack', seqno: 9 } }, ghost)).toBeUndefined();
  });

  test.each<[string, ...Packet<Message>[]]>([
    ['nobody'],
    ['another client', says('y', 'a', 1, GET)],
    ['its client, another host', says('x', 'b', 1, GET)],
    ['its client, under another number', says('x', 'a', 2, GET)],
    ['its client, for another key', says('x', 'a', 1, { ...GET, key: 2n })],
    ['its client, something else', says('x', 'a', 1, { type: 'set', key: 1n, value: undefined })],
  ])('is nothing that took effect and was asked for by %s', (_, ...heard) => {
    const unasked = { failed: 'what was executed was sent by its client to that server' };
    expect(corresponds(packet, knownAfter(before, step, ...heard))).toEqual(unasked);
    expect(corresponds(packet, knownAfter(before, step, ...heard, asked))).toBeUndefined();
  });

  test('may be old: every reply is found in the log', () => {
    const ghost = knownAfter(before, step, asked);
    for (let seqno = 2; seqno < 9; seqno++) {
      const next = { ...waiting(GET), peers: new Map([['x', peerWith(seqno, seqno - 1)]]) };
      next.received = says('x', 'a', seqno, GET);
      ghost.hear(next.received);
      const later = answered(next, 'x', reply(undefined));
      ghost.act({ host: 0, action: 'get', before: next, packet: undefined, step: later });
      expect(corresponds(sentIn(later), ghost)).toBeUndefined();
    }
    expect(ghost.history.state.executed.length).toBe(8);
    expect(corresponds(packet, ghost)).toBeUndefined();
  });
});

describe('what is known of a service', () => {
  test('begins with what its hosts have, wherever it is', () => {
    const { map } = new Ghost(SETTING, MOVING.hosts).history.state;
    expect([...map]).toEqual([
      [1n, 'one'],
      [12n, 'k'],
      [31n, 'z'],
    ]);
  });

  test('grows apart from what was copied of it', () => {
    const shape = SHAPES[2] as Shape;
    const protocol: ShtProtocol = protocolOf(shape);
    const system = { ...shtSystem(shape.configuration, shape.parameters), protocol };
    const monitor = new SystemMonitor(system);
    const copies: { readonly copy: Ghost; readonly spec: object; readonly said: boolean }[] = [];
    const last = says('client1', 'a', 1, GET);
    let events = 0;
    walk(protocol, 3, 600, {
      act: (at, action, packet, step) => {
        monitor.act(at, action, packet, step);
        if (++events % 50 !== 0) return;
        const copy = monitor.ghost.copy();
        copies.push({ copy, spec: monitor.spec, said: copy.said.has('client1', 'a', last.msg) });
      },
      hear: (packet) => monitor.hear(packet),
    });
    monitor.hear(last);
    expect(copies.length).toBeGreaterThan(5);
    for (const { copy, spec, said } of copies) {
      expect(difference(spec, copy.history.state)).toBeUndefined();
      expect(copy.said.has('client1', 'a', last.msg)).toBe(said);
      // It goes its own way, and the other does not follow.
      const before = copy.hosts[0] as Host;
      const state = { ...before, table: before.table.with(0n, 'astray') };
      copy.act({ host: 0, action: 'set', before, packet: undefined, step: { state, sends: [] } });
    }
    expect(monitor.spec.map.get(0n)).not.toBe('astray');
    monitor.checkAll();
  });
});
