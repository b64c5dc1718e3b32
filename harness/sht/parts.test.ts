import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMPATIBLE, DEFAULT } from '../../protocol/sht/configuration.ts';
import { KEY_INF, KEY_ZERO } from '../../protocol/sht/keys.ts';
import type { Content, Message } from '../../protocol/sht/messages.ts';
import { readMessage } from '../../refinement/sht/wire.ts';
import { Random } from '../simulation/random.ts';
import { shtCampaign } from './campaign.ts';
import { PLAIN, ShtClient, type Wish } from './client.ts';
import { Orders, Uses } from './clients.ts';
import { hopeless, NOTHING_SEEN } from './hopes.ts';
import { keysOf, rangeIn, valueBy } from './keys.ts';
import { lie } from './liars.ts';
import { namesInMessages, type ShtShape } from './shape.ts';
import { extreme } from './tampering.ts';

const SHAPE: ShtShape = {
  hosts: 3,
  clients: 2,
  keys: 6,
  administrators: true,
  parameters: { ...DEFAULT, maxValueBytes: 4 },
};
const NAMES = namesInMessages(SHAPE);

const drawn = <T>(count: number, draw: (random: Random) => T): readonly T[] => {
  const random = new Random(1);
  return Array.from({ length: count }, () => draw(random));
};

describe('keys', () => {
  test('are at the ends of what there is, each once', () => {
    const keys = keysOf(30);
    expect(keys.slice(0, 3)).toEqual([0n, KEY_INF - 1n, 1n]);
    expect(new Set(keys).size).toBe(30);
    expect(keys.every((key) => key >= 0n && key < KEY_INF)).toBe(true);
  });

  test('bound ranges of all kinds: all keys, few, and now and then none', () => {
    const ranges = drawn(600, (random) => rangeIn(keysOf(4), random));
    const share = (holds: (range: (typeof ranges)[number]) => boolean): number =>
      ranges.filter(holds).length;
    expect(share(({ low, high }) => low === KEY_ZERO && high === KEY_INF)).toBeGreaterThan(20);
    expect(share(({ low, high }) => high <= low)).toBeGreaterThan(10);
    expect(share(({ low, high }) => high <= low)).toBeLessThan(80);
    expect(share(({ low, high }) => high === low + 1n)).toBeGreaterThan(20);
    expect(ranges.every(({ low, high }) => low >= KEY_ZERO && high <= KEY_INF)).toBe(true);
  });

  test('are set to values of every length, to nothing, and to what is just too long', () => {
    const values = drawn(400, (random) => valueBy('somebody', random.below(9), 4, random));
    const lengths = new Set(values.map((value) => value?.length));
    expect(lengths).toEqual(new Set([undefined, 0, 1, 2, 3, 4, 5]));
    expect(drawn(200, (random) => valueBy('x', 1, 9_999, random)?.length ?? 0)).not.toContain(
      10_000,
    );
  });
});

describe('liars', () => {
  test('say things of every type, with contents of every type', () => {
    const said = drawn(900, (random) => lie(SHAPE, NAMES, random));
    expect(new Set(said.map(({ type }) => type))).toEqual(
      new Set(['single', 'ack', 'numbersRequest', 'numbers']),
    );
    const contents = said.flatMap((msg) => (msg.type === 'single' ? [msg.content.type] : []));
    expect(new Set(contents).size).toBe(9);
    const numbers = said.flatMap((msg) => (msg.type === 'ack' ? [msg.seqno] : []));
    expect(numbers).toContain(Number.MAX_SAFE_INTEGER);
    expect(numbers).toContain(1);
  });

  test('go to the limits of what can be read, and beyond', () => {
    const read = drawn(900, (random) => readMessage(extreme(random), false));
    const types = new Map<string, number>();
    for (const msg of read) {
      const type = msg.type === 'single' ? msg.content.type : msg.type;
      types.set(type, (types.get(type) ?? 0) + 1);
    }
    expect([...types.keys()].sort()).toEqual(
      'ack delegate get invalid numbers refusal set shard status statusRequest'.split(' ').sort(),
    );
    expect(Math.min(...types.values())).toBeGreaterThan(5);
  });
});

/** What a client says at a time, to whom. */
const says = (client: ShtClient<Message>, now: number) =>
  client.act(now).map(({ dst, msg }) => ({ dst, msg }));

/** A client that wants these things, of `a`, one after the other. */
function clientWith(...contents: readonly Content[]): ShtClient<Message> {
  const wishes: Wish[] = contents.map((content) => ({ content, host: 'a' }));
  const habits = {
    wish: () => wishes.shift() ?? { content: { type: 'get', key: 9n }, host: 'c' },
    mayForget: false,
    atOnce: [1],
    patience: [20],
  } as const;
  for (let seed = 0; ; seed++) {
    const client = new ShtClient('x', NAMES.hosts, PLAIN, habits, new Random(seed));
    // One that has one request under way at a time, and all the zeal in the world.
    const [first, ...others] = says(client, 0);
    if (first?.dst === 'a' && others.length === 0) return client;
    wishes.unshift(...contents.map((content) => ({ content, host: 'a' })));
  }
}

describe('a client', () => {
  test('asks again under the same number until it is answered, and follows redirects', () => {
    const client = clientWith({ type: 'get', key: 5n });
    const singles = Array.from({ length: 10 }, (_, turn) => says(client, 30 * (turn + 1)))
      .flat()
      .filter(({ msg }) => msg.type === 'single');
    expect(singles.length).toBeGreaterThan(3);
    for (const { dst, msg } of singles) {
      expect(dst).toBe('a');
      expect(msg).toMatchObject({ seqno: 1, content: { type: 'get', key: 5n } });
    }
    const redirected: string[] = [];
    for (let seed = 0; seed < 20; seed++) {
      const other = clientWith({ type: 'get', key: 5n });
      const content: Content = { type: 'redirect', key: 5n, owner: 'b' };
      other.hear({ src: 'a', dst: 'x', msg: { type: 'single', seqno: 1, dst: 'x', content } }, 40);
      for (const { dst, msg } of says(other, 41)) if (msg.type === 'single') redirected.push(dst);
    }
    expect(redirected).toContain('b');
  });
});

describe('who uses the table', () => {
  test('asks and sets, as many keys as there are', () => {
    const random = new Random(3);
    const uses = new Uses('x', SHAPE, random);
    const wishes = Array.from({ length: 300 }, () => uses.wish(random).content);
    expect(new Set(wishes.map(({ type }) => type))).toEqual(
      new Set(['get', 'set', 'statusRequest']),
    );
    const keys = new Set(wishes.flatMap((content) => ('key' in content ? [content.key] : [])));
    expect(keys).toEqual(new Set(keysOf(6)));
  });

  test('orders what should be possible, what is not, and what makes no sense', () => {
    const random = new Random(3);
    const orders = new Orders(NAMES, SHAPE, random);
    const wishes = Array.from({ length: 900 }, () => orders.wish(random));
    const named = wishes.flatMap(({ content }) =>
      content.type === 'shard' ? [content.recipient] : [],
    );
    for (const name of [...NAMES.hosts, ...NAMES.strangers, ...NAMES.aliases.keys()]) {
      expect(named).toContain(name);
    }
    expect(wishes.some(({ content }) => content.type === 'statusRequest')).toBe(true);
  });
});

describe('what a campaign hopes to see', () => {
  test('comes about, all of it', { timeout: 60_000 }, () => {
    const missing = new Set<string>(Object.keys(NOTHING_SEEN));
    for (const { config, plan } of fc.sample(shtCampaign.shapes({}), { seed: 1, numRuns: 1_500 })) {
      const { sometimes } = shtCampaign.behaviours(config).run(plan);
      for (const [hope, happened] of Object.entries(sometimes)) if (happened) missing.delete(hope);
      if (missing.size === 0) return;
    }
    expect([...missing]).toEqual([]);
  });

  test('is never what there is no hope of', { timeout: 60_000 }, () => {
    for (const options of [{ hosts: 1 }, { compatible: true }, { compatible: false, hosts: 2 }]) {
      for (const { config, plan } of fc.sample(shtCampaign.shapes(options), {
        seed: 2,
        numRuns: 30,
      })) {
        const seen = shtCampaign.behaviours(config).run(plan).sometimes;
        for (const hope of hopeless(config)) expect(Object.keys(seen)).not.toContain(hope);
      }
    }
  });

  test.each<[string, Partial<ShtShape>]>([
    ['a redirect was followed to a reply', { hosts: 1 }],
    ['two delegations passed each other', { hosts: 1 }],
    ['a range moved in several pieces', { parameters: COMPATIBLE }],
    ['a request was refused: only an administrator may move keys', { administrators: false }],
    ['a request was refused: the value is too long', { parameters: DEFAULT }],
    ['a host had come to its end', {}],
    ['an order was not obeyed, and nothing said', {}],
  ])('is not missed where it cannot be: %s', (hope, parts) => {
    expect(hopeless({ ...SHAPE, ...parts })).toContain(hope);
  });
});
