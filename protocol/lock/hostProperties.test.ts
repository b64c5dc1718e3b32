import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deepFreeze } from '../../harness/testing/deepFreeze.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import type { Step } from '../framework/action.ts';
import { DistributedSystem, type System } from '../framework/distributedSystem.ts';
import { stepsOf } from '../framework/steps.ts';
import { grant, type Host, lock, type Message, type Parameters } from './host.ts';

const NAMES = ['a', 'b', 'c', 'd'];

const parameters = fc.record<Parameters>({
  maxEpoch: fc.integer({ min: 1, max: 6 }),
  retryPeriod: fc.integer({ min: 1, max: 100 }),
  compatible: fc.boolean(),
});

/** Any host of any small ring, reachable or not, but that a compatible one remembers no offer. */
const hosts = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.nat({ max: 3 }), parameters)
  .chain(([size, position, given]) =>
    fc.record<Host>({
      constants: fc.constant({
        me: NAMES[position % size] as EndPoint,
        ring: NAMES.slice(0, size),
        parameters: given,
      }),
      held: fc.boolean(),
      epoch: fc.nat({ max: 6 }),
      offeredAt: given.compatible
        ? fc.constant(undefined)
        : fc.option(fc.nat({ max: 200 }), { nil: undefined }),
    }),
  );

const messages: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ type: fc.constantFrom('transfer', 'locked'), epoch: fc.nat({ max: 7 }) }),
  fc.constant<Message>({ type: 'invalid' }),
);

const senders = fc.constantFrom(...NAMES, 'mallory');
const clocks = fc.nat({ max: 400 });

const packetTo = (h: Host, src: EndPoint, msg: Message): Packet<Message> => ({
  src,
  dst: h.constants.me,
  msg,
});

const actionsOf = ({ constants: { ring, parameters: given } }: Host) => lock(ring, given).actions;

/** What the actions that may be taken do, with a packet or of their own accord. */
const taken = (
  h: Host,
  packet: Packet<Message> | undefined,
  now = Number.NaN,
): readonly [string, Step<Host, Message>][] =>
  actionsOf(h).flatMap((action) =>
    [...stepsOf(action, h, { packet, now })].map((step): [string, Step<Host, Message>] => [
      action.name,
      step,
    ]),
  );

describe('the lock host', () => {
  test('does exactly one thing with any packet in any state', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(hosts, senders, messages, (h, src, msg) => {
        const names = taken(h, packetTo(h, src, msg)).map(([name]) => name);
        expect(names).toHaveLength(1);
        names.forEach((name) => {
          seen.add(name);
        });
      }),
      { numRuns: 3_000 },
    );
    expect([...seen].sort()).toEqual(['accept', 'answer', 'confirm', 'ignore']);
  });

  test('is pure: it changes nothing that it is given, and does the same again', () => {
    const steps = new Set<string>();
    fc.assert(
      fc.property(hosts, senders, messages, clocks, (h, src, msg, now) => {
        const packet = packetTo(h, src, msg);
        deepFreeze([h, packet]);
        for (const given of [packet, undefined]) {
          const first = taken(h, given, now);
          for (const [name] of first) steps.add(name);
          expect(taken(h, given, now)).toEqual(first);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(steps.size).toBe(6);
  });

  test('keeps its configuration, speaks under its own name, and never goes back an epoch', () => {
    fc.assert(
      fc.property(hosts, senders, messages, clocks, (h, src, msg, now) => {
        const packet = packetTo(h, src, msg);
        const all = [...taken(h, packet), ...taken(h, undefined, now)];
        for (const [, { state, sends }] of all) {
          expect(state.constants).toBe(h.constants);
          expect(state.epoch).toBeGreaterThanOrEqual(h.epoch);
          for (const sent of sends) expect(sent.src).toBe(h.constants.me);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('does nothing of its own accord in the last epoch', () => {
    fc.assert(
      fc.property(hosts, clocks, (any, now) => {
        const { maxEpoch } = any.constants.parameters;
        const h = { ...any, held: true, epoch: maxEpoch, offeredAt: undefined };
        expect(taken(h, undefined, now)).toEqual([]);
      }),
    );
  });

  test('has different words for different messages', () => {
    const { describe: word } = lock(['a'], { maxEpoch: 1, retryPeriod: 1, compatible: false });
    const key = (msg: Message) => ('epoch' in msg ? `${msg.type} ${msg.epoch}` : msg.type);
    fc.assert(
      fc.property(messages, messages, (one, other) => {
        expect(word(one) === word(other)).toBe(key(one) === key(other));
      }),
    );
  });
});

/** What the original does, written anew: one effective grant, one receive, and nothing besides. */
function originalGrant(h: Host): Step<Host, Message> | undefined {
  const { me, ring, parameters: given } = h.constants;
  if (!h.held || h.epoch >= given.maxEpoch) return undefined;
  const dst = ring[(ring.indexOf(me) + 1) % ring.length] as EndPoint;
  const msg: Message = { type: 'transfer', epoch: h.epoch + 1 };
  return { state: { ...h, held: false }, sends: [{ src: me, dst, msg }] };
}

function originalAccept(h: Host, { src, msg }: Packet<Message>): Step<Host, Message> {
  const { me, ring } = h.constants;
  if (h.held || !ring.includes(src)) return { state: h, sends: [] };
  if (msg.type !== 'transfer' || msg.epoch <= h.epoch) return { state: h, sends: [] };
  return {
    state: { ...h, held: true, epoch: msg.epoch },
    sends: [{ src: me, dst: src, msg: { type: 'locked', epoch: msg.epoch } }],
  };
}

describe('the compatible lock host', () => {
  const compatible = hosts.map(
    (h): Host => ({
      ...h,
      offeredAt: undefined,
      constants: { ...h.constants, parameters: { ...h.constants.parameters, compatible: true } },
    }),
  );

  test('grants as the original does, and does nothing else of its own accord', () => {
    let grants = 0;
    fc.assert(
      fc.property(compatible, clocks, (h, now) => {
        const local = actionsOf(h).filter((action) => action.takes === 'nothing');
        expect(local).toEqual([grant]);
        const [step] = taken(h, undefined, now);
        expect(step?.[1]).toEqual(originalGrant(h));
        if (step !== undefined) grants++;
      }),
      { numRuns: 500 },
    );
    expect(grants).toBeGreaterThan(0);
  });

  test('receives as the original does', () => {
    let accepted = 0;
    fc.assert(
      fc.property(compatible, senders, messages, (h, src, msg) => {
        const packet = packetTo(h, src, msg);
        const steps = taken(h, packet).map(([, step]) => step);
        expect(steps).toEqual([originalAccept(h, packet)]);
        if (steps[0]?.state !== h) accepted++;
      }),
      { numRuns: 1_000 },
    );
    expect(accepted).toBeGreaterThan(0);
  });
});

type LockSystem = System<Host, Message>;

/**
 * The system after `host` has taken an action of this name, with the packet it was sent last if it
 * takes one.
 */
function take(system: DistributedSystem<Host, Message>, s: LockSystem, me: EndPoint, name: string) {
  const events = [...system.enabled(s)].filter(
    (event) => event.type === 'act' && event.host === me && event.action.name === name,
  );
  const event = events.at(-1);
  if (event === undefined) throw new Error(`${me} cannot ${name}`);
  return system.next(s, event) as LockSystem;
}

describe('a ring of lock hosts', () => {
  const given: Parameters = { maxEpoch: 7, retryPeriod: 10, compatible: false };

  test.each([1, 2, 3])('of size %i hands the lock around, until the last epoch', (size) => {
    const ring = NAMES.slice(0, size);
    const system = new DistributedSystem(lock(ring, given));
    let s = system.init();
    for (let epoch = 1; epoch < given.maxEpoch; epoch++) {
      const holder = ring[(epoch - 1) % size] as EndPoint;
      const next = ring[epoch % size] as EndPoint;
      s = take(system, s, holder, 'grant');
      expect(s.hosts.filter(({ held }) => held)).toEqual([]);
      s = take(system, s, next, 'accept');
      const holding = s.hosts.filter(({ held }) => held);
      expect(holding.map(({ constants: { me } }) => me)).toEqual([next]);
      expect(holding.map((h) => h.epoch)).toEqual([epoch + 1]);
      // A host that grants to itself learns by accepting that its offer was accepted.
      if (size > 1) s = take(system, s, holder, 'confirm');
      expect(s.hosts.every(({ offeredAt }) => offeredAt === undefined)).toBe(true);
    }
    const last = ring[(given.maxEpoch - 1) % size] as EndPoint;
    expect(() => take(system, s, last, 'grant')).toThrow('cannot grant');
  });

  test.each([1, 2, 3])('of size %i makes good a lost transfer and a lost locked', (size) => {
    const ring = NAMES.slice(0, size);
    const system = new DistributedSystem(lock(ring, given));
    const [first, second = first] = ring as [EndPoint, EndPoint?];
    let s = take(system, system.init(), first, 'grant');
    expect(() => take(system, s, first, 'offer')).toThrow('cannot offer');
    s = system.next(s, { type: 'advance', by: given.retryPeriod }) as LockSystem;
    const sent = s.sent;
    s = take(system, s, first, 'offer');
    expect(s.sent).toBe(sent); // The same offer, so nothing new to the network.
    s = take(system, s, second, 'accept');
    const answered = take(system, s, second, 'answer');
    expect(answered).toBe(s);
  });
});
