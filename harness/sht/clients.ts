/**
 * # Who uses the hash table in one behaviour
 *
 * Clients who read, write and delete a few keys, and somebody who has ranges moved all the while: as
 * an administrator where there are any, and sometimes as somebody who only thinks he may. Now and
 * then all act at the same moments, so that much is under way at once, and then nothing.
 */
import { allTo, assign, type DelegationMap, placeOf } from '../../protocol/sht/delegationMap.ts';
import { KEY_INF, KEY_ZERO, type Key, type KeyRange } from '../../protocol/sht/keys.ts';
import { type Content, MAX_SAMPLES, type OwnedRange } from '../../protocol/sht/messages.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Random } from '../simulation/random.ts';
import { type Habits, ShtClient, type Wire, type Wish } from './client.ts';
import { keysOf, rangeIn, valueBy } from './keys.ts';
import type { Names, ShtShape } from './shape.ts';

/** How often all act at the same moments, and how many milliseconds lie between those. */
const IN_STEP = 0.3;
const BEATS = [20, 60, 150] as const;
/** How often somebody gives orders who is no administrator, where others are. */
const PRESUMES = 0.5;
/** How often a client wants to know how a host is. */
const WONDERS = 0.03;

/** How many clients begin with setting all keys. */
const FILLS = 0.4;

/** Reads and writes. Some mostly read, and some mostly write. */
export class Uses implements Habits {
  readonly mayForget: boolean;
  readonly atOnce = [1, 1, 2, 4];
  readonly patience = [20, 100, 1_000];
  readonly #name: EndPoint;
  readonly #keys: readonly Key[];
  readonly #maxValueBytes: number;
  readonly #reads: number;
  /** How many keys it sets before anything else, one after the other. */
  readonly #fills: number;
  #count = 0;

  constructor(name: EndPoint, { keys, parameters }: ShtShape, random: Random) {
    this.#name = name;
    this.#keys = keysOf(keys);
    this.#maxValueBytes = parameters.maxValueBytes;
    this.#reads = random.pick([0.1, 0.5, 0.9]);
    this.#fills = random.happens(FILLS) ? keys : 0;
    this.mayForget = !parameters.compatible;
  }

  wish(random: Random): Wish {
    const isFilling = this.#count < this.#fills;
    const key = isFilling ? (this.#keys[this.#count] as Key) : random.pick(this.#keys);
    if (random.happens(WONDERS)) return { content: statusRequest(this.#keys, random) };
    if (!isFilling && random.happens(this.#reads)) return { content: { type: 'get', key } };
    const value = valueBy(this.#name, ++this.#count, this.#maxValueBytes, random);
    return { content: { type: 'set', key, value } };
  }
}

const statusRequest = (keys: readonly Key[], random: Random): Content => ({
  type: 'statusRequest',
  from: rangeIn(keys, random).low,
  samples: random.pick([0, 1, 3, MAX_SAMPLES + 1]),
});

/** How often who gives orders looks first how things are, where that can be known. */
const LOOKS = 0.1;
const LOOKS_AGAIN = 0.7;
/** How often he asks for what should be possible, as far as he knows. */
const SENSIBLE = 0.8;
/** How often he has all that a host has in a row handed on. */
const WHOLE = 0.5;
/** How often he has keys of one host handed on to two others. */
const SHARES = 0.5;
/** How often he names a host by its other name, and how often nobody has that name at all. */
const FORMAL = 0.1;
const MISTAKEN = 0.04;

/** Of those who give orders, how many gather keys, and how often they take to another host. */
const GATHERS = 0.5;
const MOVES_ON = 0.1;

/**
 * Has ranges moved from host to host, and believes that it is done as it was ordered. Some scatter
 * keys over all hosts, and others gather them at one host after the other, which moves much at a
 * time.
 */
export class Orders implements Habits {
  readonly mayForget: boolean;
  readonly atOnce = [1, 2, 4, 4];
  readonly patience = [20, 20, 100];
  readonly #keys: readonly Key[];
  readonly #names: Names;
  readonly #gathers: boolean;
  #gatheredAt: EndPoint;
  #map: DelegationMap;
  /** What is to be ordered at once after the last order. */
  #next: Wish | undefined;
  /** Whether something was refused since he has looked last. */
  #isWrong = false;

  constructor(names: Names, { keys, parameters }: ShtShape, random: Random) {
    this.#gathers = random.happens(GATHERS);
    this.#gatheredAt = random.pick(names.hosts);
    this.#names = names;
    this.#keys = keysOf(keys);
    this.#map = allTo(names.hosts[0] as EndPoint);
    this.mayForget = !parameters.compatible;
  }

  /** What a host says of its own keys is so, and what it knows of others may be. */
  hear(src: EndPoint, content: Content): void {
    if (content.type === 'refusal') this.#isWrong = true;
    if (content.type !== 'status') return;
    const { ranges, until } = content;
    for (const [place, { low, owner }] of ranges.entries()) {
      const before = (this.#map[placeOf(this.#map, low)] as OwnedRange).owner;
      if (owner !== src && before !== src) continue;
      this.#map = assign(this.#map, { low, high: ranges[place + 1]?.low ?? until }, owner);
    }
  }

  wish(random: Random): Wish {
    const { hosts } = this.#names;
    if (this.mayForget && random.happens(this.#isWrong ? LOOKS_AGAIN : LOOKS)) {
      const content: Content = this.#isWrong
        ? { type: 'statusRequest', from: KEY_ZERO, samples: 0 }
        : statusRequest(this.#keys, random);
      this.#isWrong = false;
      return { content, host: random.pick(hosts) };
    }
    if (this.#next !== undefined) {
      const wish = this.#next;
      this.#next = undefined;
      return wish;
    }
    const recipient = this.#recipient(random);
    const wanted = rangeIn(this.#keys, random);
    if (!random.happens(SENSIBLE)) {
      return { content: { type: 'shard', range: wanted, recipient }, host: random.pick(hosts) };
    }
    if (this.#gathers) return this.#gather(random);
    const place = placeOf(this.#map, random.pick(this.#keys));
    const { low, owner } = this.#map[place] as OwnedRange;
    const high = this.#map[place + 1]?.low ?? KEY_INF;
    const isWhole = random.happens(WHOLE);
    const end = isWhole || wanted.high > high || wanted.high <= low ? high : wanted.high;
    const begin = isWhole || wanted.low < low || wanted.low >= end ? low : wanted.low;
    const middle = random.pick(this.#keys);
    if (!random.happens(SHARES) || middle <= begin || middle >= end) {
      return this.#order({ low: begin, high: end }, recipient, owner);
    }
    // What comes from one host goes to two, the upper part first.
    this.#next = this.#order({ low: begin, high: middle }, this.#recipient(random), owner);
    return this.#order({ low: middle, high: end }, recipient, owner);
  }

  /** An order, which is believed to be obeyed. */
  #order(range: KeyRange, recipient: EndPoint, host: EndPoint): Wish {
    if (this.#names.hosts.includes(recipient)) this.#map = assign(this.#map, range, recipient);
    return { content: { type: 'shard', range, recipient }, host };
  }

  /** Something that is elsewhere is to come to where the others are. */
  #gather(random: Random): Wish {
    const places = [...this.#map.keys()];
    let elsewhere = places.filter((at) => this.#map[at]?.owner !== this.#gatheredAt);
    if (elsewhere.length === 0 || random.happens(MOVES_ON)) {
      this.#gatheredAt = random.pick(this.#names.hosts);
      elsewhere = places.filter((at) => this.#map[at]?.owner !== this.#gatheredAt);
    }
    const recipient = this.#gatheredAt;
    const place = elsewhere.length > 0 ? random.pick(elsewhere) : 0;
    const { low, owner } = this.#map[place] as OwnedRange;
    return this.#order({ low, high: this.#map[place + 1]?.low ?? KEY_INF }, recipient, owner);
  }

  #recipient(random: Random): EndPoint {
    const { hosts, aliases, strangers } = this.#names;
    if (random.happens(MISTAKEN)) return random.pick(strangers);
    if (random.happens(FORMAL)) return random.pick([...aliases.keys()]);
    return random.pick(hosts);
  }
}

/** Everybody who uses the service. */
export function clientsOf<Said>(
  shape: ShtShape,
  names: Names,
  wire: Wire<Said>,
  random: Random,
): readonly ShtClient<Said>[] {
  const { hosts, client, administrator } = names;
  const beat = random.happens(IN_STEP) ? random.pick(BEATS) : 1;
  const all = Array.from({ length: shape.clients }, (_, place) => {
    const name = client(place + 1);
    return new ShtClient(name, hosts, wire, new Uses(name, shape, random), random, beat);
  });
  all.push(
    new ShtClient(administrator, hosts, wire, new Orders(names, shape, random), random, beat),
  );
  if (random.happens(PRESUMES)) {
    const orders = new Orders(names, shape, random);
    all.push(new ShtClient(client(shape.clients + 1), hosts, wire, orders, random, beat));
  }
  return all;
}
