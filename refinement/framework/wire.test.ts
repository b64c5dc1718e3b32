import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  array,
  byteArray,
  type Codec,
  marshal,
  parse,
  taggedUnion,
  tuple,
  u64,
  u64Exact,
} from '../../impl/framework/marshal.ts';
import { type Grammar, isFrameOf, read, type Value, write } from './wire.ts';

const hex = (text: string): Uint8Array =>
  new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));

const U64: Grammar = { kind: 'u64' };
const EXACT: Grammar = { kind: 'u64Exact' };
const BYTES: Grammar = { kind: 'bytes' };
const PAIR: Grammar = { kind: 'tuple', of: [U64, BYTES] };
const LIST: Grammar = { kind: 'array', of: PAIR };
const FEW: Grammar = { kind: 'array', of: { kind: 'bytes', most: 2 }, most: 1 };
const CHOICE: Grammar = { kind: 'union', of: [U64, { kind: 'tuple', of: [] }, LIST] };

const ZERO = '0000000000000000';
const ONE = '0000000000000001';
const TWO = '0000000000000002';
const MAX = '001fffffffffffff';

describe('the wire format', () => {
  test.each<[string, Grammar, string, Value]>([
    ['a number', U64, '0000000000000100', 256],
    ['the largest number', U64, MAX, Number.MAX_SAFE_INTEGER],
    ['a number that is exact', EXACT, '0102030405060708', 0x0102_0304_0506_0708n],
    ['the largest number that is exact', EXACT, 'f'.repeat(16), 2n ** 64n - 1n],
    ['no bytes', BYTES, ZERO, hex('')],
    ['bytes', BYTES, `${TWO} abcd`, hex('abcd')],
    ['a tuple without fields', { kind: 'tuple', of: [] }, '', []],
    ['a tuple', PAIR, `${ONE} ${ONE} ff`, [1, hex('ff')]],
    ['an array without elements', LIST, ZERO, []],
    [
      'an array',
      LIST,
      `${TWO} ${ONE} ${ONE} ff ${TWO} ${ZERO}`,
      [
        [1, hex('ff')],
        [2, hex('')],
      ],
    ],
    ['the first case', CHOICE, `${ZERO} ${TWO}`, { case: 0, value: 2 }],
    ['a case without fields', CHOICE, ONE, { case: 1, value: [] }],
    ['the last case', CHOICE, `${TWO} ${ZERO}`, { case: 2, value: [] }],
    ['as much as may be', FEW, `${ONE} ${TWO} abcd`, [hex('abcd')]],
  ])('reads %s, and writes it so', (_, grammar, bytes, value) => {
    expect(read(grammar, hex(bytes))).toEqual(value);
    expect(write(grammar, value)).toEqual(hex(bytes));
  });

  test.each<[string, Grammar, Value]>([
    ['less than nothing', U64, -1],
    ['exactly less than nothing', EXACT, -1n],
    ['more than 64 bits', EXACT, 2n ** 64n],
    ['what is not exact, where it should be', EXACT, 1],
    ['what is exact, where it should not be', U64, 1n],
    ['half a number', U64, 0.5],
    ['a number that is too large', U64, 2 ** 53],
    ['bytes for a number', U64, hex('ab')],
    ['a number for bytes', BYTES, 1],
    ['more bytes than there may be', FEW, [hex('abcdef')]],
    ['more elements than there may be', FEW, [hex(''), hex('')]],
    ['a number for a list', LIST, 1],
    ['a tuple without its last field', PAIR, [1]],
    ['a tuple with a field to spare', PAIR, [1, hex(''), 1]],
    ['a case that is none', CHOICE, { case: 3, value: 1 }],
    ['no case', CHOICE, 1],
  ])('does not write %s', (_, grammar, value) => {
    expect(() => write(grammar, value)).toThrow(RangeError);
  });

  test.each<[string, Grammar, string]>([
    ['a number of seven bytes', U64, '00000000000000'],
    ['a number of nine bytes', U64, `${ONE} 00`],
    ['a number that is too large', U64, '0020000000000000'],
    ['the largest number of the original', U64, 'ffffffffffffffff'],
    ['nothing for a number', U64, ''],
    ['bytes that are fewer than they say', BYTES, `${TWO} ab`],
    ['bytes that are more than they say', BYTES, `${ONE} abcd`],
    ['a length that is far too large', BYTES, `${MAX} ab`],
    ['a tuple without its last field', PAIR, ONE],
    ['an array that is shorter than it says', LIST, `${TWO} ${ONE} ${ZERO}`],
    ['an array of far too many', LIST, `${MAX} ${ONE} ${ZERO}`],
    ['more bytes than there may be', FEW, `${ONE} 0000000000000003 abcdef`],
    ['more elements than there may be', FEW, `${TWO} ${ZERO} ${ZERO}`],
    ['a case that is none', CHOICE, '0000000000000003 0000000000000001'],
    ['seven bytes of an exact number', EXACT, '01020304050607'],
    ['a case that is far from being one', CHOICE, `${MAX} ${ONE}`],
    ['a case without its field', CHOICE, ZERO],
    ['bytes after a case without fields', CHOICE, `${ONE} ${ONE}`],
  ])('does not read %s', (_, grammar, bytes) => {
    expect(read(grammar, hex(bytes))).toBeUndefined();
  });
});

test('a count is not believed before there is room for so many elements', () => {
  let elements = 0;
  const counted: Grammar = {
    get kind(): 'tuple' {
      elements++;
      return 'tuple';
    },
    of: [U64, U64],
  };
  const bytes = new Uint8Array(8 + 16 * 7);
  bytes[7] = 7;
  expect(read({ kind: 'array', of: counted }, bytes)).toHaveLength(7);
  const looked = elements;
  bytes[7] = 8;
  expect(read({ kind: 'array', of: counted }, bytes)).toBeUndefined();
  expect(elements).toBe(looked);
});

describe('a frame', () => {
  const payload = hex('abcd');

  test('is eight bytes of length, then the payload', () => {
    expect(isFrameOf(hex(`${TWO} abcd`), payload)).toBe(true);
    expect(isFrameOf(hex(ZERO), hex(''))).toBe(true);
  });

  test.each([
    ['of another length', `${ONE} abcd`],
    ['with a longer payload', `${TWO} abcd00`],
    ['with a shorter payload', `${TWO} ab`],
    ['with another payload', `${TWO} abce`],
    ['in little-endian', '0200000000000000 abcd'],
    ['without a whole length', '00000000000002'],
    ['of nothing at all', ''],
  ])('%s is none', (_, frame) => {
    expect(isFrameOf(hex(frame), payload)).toBe(false);
  });
});

/** One grammar as each side writes it down, and how a value of one side reads on the other. */
interface Shape {
  readonly grammar: Grammar;
  readonly codec: Codec<unknown>;
  readonly values: fc.Arbitrary<unknown>;
  readonly translate: (value: never) => Value;
}

const shape = <T>(
  grammar: Grammar,
  codec: Codec<T>,
  values: fc.Arbitrary<T>,
  translate: (value: T) => Value,
): Shape => ({ grammar, codec, values, translate });

const NUMBER = shape(U64, u64, fc.oneof(fc.nat({ max: 3 }), fc.maxSafeNat()), (value) => value);
const EXACTLY = shape(
  EXACT,
  u64Exact,
  fc.oneof(fc.bigInt(0n, 3n), fc.bigInt(0n, 2n ** 64n - 1n)),
  (value) => value,
);
const STRING = shape(
  BYTES,
  byteArray(Number.POSITIVE_INFINITY),
  fc.uint8Array({ maxLength: 4 }),
  (value) => value,
);

const arrayOf = ({ grammar, codec, values, translate }: Shape): Shape =>
  shape(
    { kind: 'array', of: grammar },
    array(codec),
    fc.array(values, { maxLength: 3 }),
    (elements) => elements.map((each) => translate(each as never)),
  );

/** Fields by their place, and what belongs to them on either side. */
function fieldsOf(shapes: readonly Shape[]) {
  const named = shapes.map((each, index) => [`f${index}`, each] as const);
  return {
    grammar: { kind: 'tuple', of: shapes.map(({ grammar }) => grammar) } as const,
    codecs: Object.fromEntries(named.map(([name, { codec }]) => [name, codec])),
    values: Object.fromEntries(named.map(([name, { values }]) => [name, values])),
    translate: (record: Readonly<Record<string, unknown>>): Value =>
      named.map(([name, { translate }]) => translate(record[name] as never)),
  };
}

function tupleOf(shapes: readonly Shape[]): Shape {
  const { grammar, codecs, values, translate } = fieldsOf(shapes);
  return shape<Readonly<Record<string, unknown>>>(
    grammar,
    tuple(codecs),
    fc.record(values),
    translate,
  );
}

function unionOf(cases: readonly (readonly Shape[])[]): Shape {
  const each = cases.map(fieldsOf);
  const named = each.map((fields, index) => [`c${index}`, fields] as const);
  const codec = taggedUnion(Object.fromEntries(named.map(([tag, { codecs }]) => [tag, codecs])));
  type Tagged = Readonly<Record<string, unknown>> & { readonly type: string };
  return shape<Tagged>(
    { kind: 'union', of: each.map(({ grammar }) => grammar) },
    codec as unknown as Codec<Tagged>,
    fc.oneof(...named.map(([tag, { values }]) => fc.record({ type: fc.constant(tag), ...values }))),
    (value) => {
      const number = named.findIndex(([tag]) => tag === value.type);
      return { case: number, value: each[number]?.translate(value) ?? [] };
    },
  );
}

/**
 * Grammars of every kind, some levels deep. Every value takes some bytes, so that arrays of them
 * are bounded.
 */
const shapes = (depth: number): fc.Arbitrary<Shape> => {
  const leaf = fc.constantFrom(NUMBER, EXACTLY, STRING);
  if (depth === 0) return leaf;
  const inner = shapes(depth - 1);
  const some = fc.array(inner, { minLength: 1, maxLength: 3 });
  const any = fc.array(inner, { maxLength: 2 });
  return fc.oneof(
    leaf,
    inner.map(arrayOf),
    some.map(tupleOf),
    fc.array(any, { minLength: 1, maxLength: 3 }).map(unionOf),
  );
};

const damage = fc.oneof(
  fc.constant((bytes: Uint8Array) => bytes),
  fc.nat().map((at) => (bytes: Uint8Array) => bytes.subarray(0, at % (bytes.length + 1))),
  fc
    .uint8Array({ minLength: 1, maxLength: 9 })
    .map((more) => (bytes: Uint8Array) => new Uint8Array([...bytes, ...more])),
  fc.tuple(fc.nat(), fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 255 }))).map(
    ([at, byte]) =>
      (bytes: Uint8Array) =>
        bytes.length === 0 ? bytes : bytes.with(at % bytes.length, byte),
  ),
);

describe('the wire format and the implementation', () => {
  test('take the same bytes for the same values, and the same for none', () => {
    const counts = { values: 0, damaged: 0, none: 0 };
    const examples = shapes(3).chain((of) =>
      fc.record({ of: fc.constant(of), value: of.values, harm: damage }),
    );
    fc.assert(
      fc.property(examples, ({ of: { grammar, codec, translate }, value, harm }) => {
        const whole = marshal(codec, value);
        const bytes = harm(whole);
        const parsed = parse(codec, bytes);
        const expected = parsed === undefined ? undefined : translate(parsed as never);
        expect(read(grammar, bytes)).toEqual(expected);
        if (bytes === whole) expect(expected).toEqual(translate(value as never));
        if (expected === undefined) counts.none++;
        else counts[bytes === whole ? 'values' : 'damaged']++;
      }),
      { numRuns: 3_000 },
    );
    expect(Math.min(counts.values, counts.damaged, counts.none)).toBeGreaterThan(50);
  });
});
