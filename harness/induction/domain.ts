/**
 * # Domains
 *
 * The values that a part of a state may have, few enough that two parts that are drawn apart often
 * agree. A domain draws a value, changes one in a single place, and knows which values are nearer
 * to a given one; domains of whole states are put together from those of their parts.
 */
import { equal } from '../../spec/framework/equal.ts';
import type { Random } from '../simulation/random.ts';

export interface Domain<T> {
  /** How many places there are to change, roughly, as a whole number; 0 for what never changes. */
  readonly weight: number;
  /** The value that tells a reader least. */
  readonly simplest: T;
  draw(random: Random): T;
  /** Much the same value, changed in one place; sometimes the same. */
  alter(value: T, random: Random): T;
  /** Values on the way from `value` to `origin`, the nearest to it first. The way always ends. */
  nearer(value: T, origin: T): Iterable<T>;
}

/** One of every so many values drawn is one of those that seldom are. */
const SELDOM = 8;

/** What is never any other; `nearer` and `alter` leave it alone, whatever it is. */
export const fixed = <T>(only: T): Domain<T> => ({
  weight: 0,
  simplest: only,
  draw: () => only,
  alter: (value) => value,
  nearer: () => [],
});

/** One of some values, the simplest first; and seldom one of others. */
export function oneOf<T>(values: readonly [T, ...T[]], seldom: readonly T[] = []): Domain<T> {
  const draw = (random: Random): T =>
    seldom.length > 0 && random.below(SELDOM) === 0 ? random.pick(seldom) : random.pick(values);
  const placeOf = (value: T): number => {
    const place = [...values, ...seldom].findIndex((other) => equal(other, value));
    return place < 0 ? Number.POSITIVE_INFINITY : place;
  };
  return {
    weight: 1,
    simplest: values[0],
    draw,
    alter: (_, random) => draw(random),
    *nearer(value, origin) {
      if (equal(value, origin)) return;
      yield origin;
      for (const simpler of values.slice(0, placeOf(value))) yield simpler;
    },
  };
}

/** Records whose fields have domains. */
export function record<T extends object>(
  fields: { readonly [K in keyof T]: Domain<T[K]> },
): Domain<T> {
  const keys = Object.keys(fields) as (keyof T)[];
  const weight = keys.reduce((sum, key) => sum + fields[key].weight, 0);
  // Each field as often as it has places.
  const places = keys.flatMap((key) => Array.from({ length: fields[key].weight }, () => key));
  const make = (of: <K extends keyof T>(key: K) => T[K]): T =>
    Object.fromEntries(keys.map((key) => [key, of(key)])) as T;
  return {
    weight,
    simplest: make((key) => fields[key].simplest),
    draw: (random) => make((key) => fields[key].draw(random)),
    alter(value, random) {
      const key = random.pick(places);
      return places.length === 0
        ? value
        : { ...value, [key]: fields[key].alter(value[key], random) };
    },
    *nearer(value, origin) {
      for (const key of keys) {
        if (!equal(value[key], origin[key])) yield { ...value, [key]: origin[key] };
      }
      for (const key of keys) {
        for (const part of fields[key].nearer(value[key], origin[key])) {
          yield { ...value, [key]: part };
        }
      }
    },
  };
}

/** A value of the domain, or nothing. */
export const optional = <T>(domain: Domain<T>): Domain<T | undefined> => ({
  weight: domain.weight,
  simplest: undefined,
  draw: (random) => (random.happens(0.5) ? domain.draw(random) : undefined),
  alter(value, random) {
    if (value === undefined) return domain.draw(random);
    return random.below(3) === 0 ? undefined : domain.alter(value, random);
  },
  *nearer(value, origin) {
    if (equal(value, origin)) return;
    yield origin;
    if (value !== undefined) yield* domain.nearer(value, origin ?? domain.simplest);
  },
});

/** Lists of at most so many items. */
export function listOf<T>(domain: Domain<T>, most: number): Domain<readonly T[]> {
  const draw = (random: Random): readonly T[] =>
    Array.from({ length: random.below(most + 1) }, () => domain.draw(random));
  return {
    weight: domain.weight,
    simplest: [],
    draw,
    alter(items, random) {
      const at = random.below(items.length + 1);
      const item = items[at];
      if (item === undefined) return items.length < most ? [...items, domain.draw(random)] : items;
      const kind = random.below(3);
      if (kind === 0) return items.toSpliced(at, 1);
      if (kind === 1) return items.with(at, domain.alter(item, random));
      return items.length < most ? items.toSpliced(at, 0, domain.draw(random)) : items;
    },
    *nearer(items, origin) {
      if (equal(items, origin)) return;
      yield origin;
      for (const at of items.keys()) if (items.length > origin.length) yield items.toSpliced(at, 1);
      for (const [at, item] of items.entries()) {
        for (const simpler of domain.nearer(item, origin[at] ?? domain.simplest)) {
          yield items.with(at, simpler);
        }
      }
    },
  };
}

/** Lists of just so many items. */
export const rowOf = <T>(domain: Domain<T>, length: number): Domain<readonly T[]> => ({
  weight: domain.weight,
  simplest: Array.from({ length }, () => domain.simplest),
  draw: (random) => Array.from({ length }, () => domain.draw(random)),
  alter(items, random) {
    const at = random.below(length);
    return items.with(at, domain.alter(items[at] as T, random));
  },
  *nearer(items, origin) {
    for (const [at, item] of items.entries()) {
      for (const nearer of domain.nearer(item, origin[at] as T)) yield items.with(at, nearer);
    }
  },
});

/** Sets of some of the values. */
export function setOf<T>(values: readonly T[]): Domain<ReadonlySet<T>> {
  return {
    weight: 1,
    simplest: new Set(),
    draw: (random) => new Set(values.filter(() => random.happens(0.5))),
    alter(set, random) {
      const value = random.pick(values);
      const altered = new Set(set);
      if (!altered.delete(value)) altered.add(value);
      return altered;
    },
    *nearer(set, origin) {
      if (equal(set, origin)) return;
      yield origin;
      for (const value of set) {
        if (!origin.has(value)) yield new Set([...set].filter((other) => other !== value));
      }
    },
  };
}

/** Maps from some of the keys to values of a domain. Their order counts where a reader looks at it. */
export function mapOf<K, V>(
  keys: Domain<K>,
  values: Domain<V>,
  most: number,
): Domain<ReadonlyMap<K, V>> {
  const changed = (map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> =>
    new Map(map).set(key, value);
  const without = (map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> =>
    new Map([...map].filter(([other]) => other !== key));
  return {
    weight: 1 + values.weight,
    simplest: new Map(),
    draw(random) {
      const size = random.below(most + 1);
      return new Map(Array.from({ length: size }, () => [keys.draw(random), values.draw(random)]));
    },
    alter(map, random) {
      const some = map.size > 0 ? random.pick([...map]) : undefined;
      if (some === undefined || (map.size < most && random.below(3) === 0)) {
        return changed(map, keys.draw(random), values.draw(random));
      }
      const [key, value] = some;
      if (random.below(2) === 0) return without(map, key);
      return changed(map, key, values.alter(value, random));
    },
    *nearer(map, origin) {
      if (equal(map, origin)) return;
      yield origin;
      for (const key of map.keys()) if (!origin.has(key)) yield without(map, key);
      for (const [key, value] of map) {
        const goal = origin.get(key) ?? values.simplest;
        for (const nearer of values.nearer(value, goal)) yield changed(map, key, nearer);
      }
    },
  };
}

/** Records of several types, told apart by their field `type`; those that come first are simplest. */
export function variants<T extends { readonly type: string }>(
  domains: {
    readonly [K in T['type']]: Domain<Extract<T, { readonly type: K }>>;
  },
): Domain<T> {
  const all = Object.values(domains) as readonly Domain<T>[];
  // The compiler does not see that a value's own type picks the domain of just such values.
  const domainOf = (value: T): Domain<T> =>
    domains[value.type as T['type']] as unknown as Domain<T>;
  const [first] = all;
  if (first === undefined) throw new RangeError('there must be a variant');
  return {
    weight: 1,
    simplest: first.simplest,
    draw: (random) => random.pick(all).draw(random),
    alter: (value, random) => domainOf(value).alter(value, random),
    *nearer(value, origin) {
      if (value.type === origin.type) yield* domainOf(value).nearer(value, origin);
      else yield* domainOf(value).nearer(value, domainOf(value).simplest);
    },
  };
}

/** The same domain, changed more or less often than its size would have it. */
export const weighing = <T>(weight: number, domain: Domain<T>): Domain<T> => ({
  ...domain,
  weight,
});
