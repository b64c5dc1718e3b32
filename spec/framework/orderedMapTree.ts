/**
 * # The tree within an ordered map
 *
 * A binary trie over the 64 bits of the keys, from the highest bit on, in which nodes with one
 * child are left out (a PATRICIA tree). A branch says which bit parts its keys: those on its left
 * have 0 there, those on its right 1, and in all higher bits they agree. So the left keys are the
 * lower ones.
 *
 * What a tree looks like depends on its keys alone, and never on the order in which they came; and
 * no choice of keys makes it deeper than 64.
 *
 * Trees are never changed: each function gives a new tree that shares what it can with the old
 * ones, or an old one itself where that is the answer. No tree at all is an empty one.
 */

/** Where a leaf parts its keys: behind the last bit, that is nowhere. */
const LEAF = 64;

/** A key's higher and lower 32 bits, as the machine's signed integers. */
interface Bits {
  readonly hi: number;
  readonly lo: number;
}

/** One entry. */
interface Leaf<V> extends Bits {
  readonly bit: typeof LEAF;
  readonly size: 1;
  readonly key: bigint;
  readonly value: V;
}

interface Branch<V> extends Bits {
  /** The bit that parts its keys, counted from the highest, which is 0; its own are some key's. */
  readonly bit: number;
  /** How many entries there are below. */
  readonly size: number;
  readonly left: Node<V>;
  readonly right: Node<V>;
}

type Node<V> = Leaf<V> | Branch<V>;
export type Tree<V> = Node<V> | undefined;

/** The bits of a key of 64 bits. */
export const bitsOf = (key: bigint): Bits => ({
  hi: Number(BigInt.asUintN(32, key >> 32n)) | 0,
  lo: Number(BigInt.asUintN(32, key)) | 0,
});

const isLeaf = <V>(node: Node<V>): node is Leaf<V> => node.bit === LEAF;

export const leaf = <V>(key: bigint, value: V): Leaf<V> => {
  const { hi, lo } = bitsOf(key);
  return { bit: LEAF, size: 1, hi, lo, key, value };
};

/** The first bit in which two keys differ; 64 if there is none. */
function parting(a: Bits, b: Bits): number {
  const hi = a.hi ^ b.hi;
  return hi === 0 ? 32 + Math.clz32(a.lo ^ b.lo) : Math.clz32(hi);
}

const isRight = ({ hi, lo }: Bits, bit: number): boolean =>
  ((bit < 32 ? hi >>> (31 - bit) : lo >>> (63 - bit)) & 1) === 1;

const branch = <V>(bit: number, left: Node<V>, right: Node<V>): Branch<V> => {
  const { hi, lo } = left;
  return { bit, size: left.size + right.size, hi, lo, left, right };
};

/** Two trees that part at a bit. */
const fork = <V>(bit: number, a: Node<V>, b: Node<V>): Branch<V> =>
  isRight(b, bit) ? branch(bit, a, b) : branch(bit, b, a);

/** A branch with other children, of which one or both may be empty. */
function withChildren<V>(node: Branch<V>, left: Tree<V>, right: Tree<V>): Tree<V> {
  if (left === undefined) return right;
  if (right === undefined) return left;
  return left === node.left && right === node.right ? node : branch(node.bit, left, right);
}

/** The only leaf where a key may be, if there is one. */
export function leafNear<V>(tree: Tree<V>, bits: Bits): Leaf<V> | undefined {
  if (tree === undefined) return undefined;
  let node = tree;
  while (!isLeaf(node)) node = isRight(bits, node.bit) ? node.right : node.left;
  return node;
}

/** The entries of both; of those with equal keys, that of the second. */
export function union<V>(a: Tree<V>, b: Tree<V>): Tree<V> {
  if (a === undefined || a === b) return b;
  return b === undefined ? a : unionOf(a, b);
}

function unionOf<V>(a: Node<V>, b: Node<V>): Node<V> {
  if (a === b) return a;
  const at = parting(a, b);
  if (at < a.bit && at < b.bit) return fork(at, a, b);
  if (isLeaf(a)) {
    if (isLeaf(b)) return Object.is(a.value, b.value) ? a : b;
    return unionBelow(b, a, true);
  }
  if (isLeaf(b) || a.bit < b.bit) return unionBelow(a, b, false);
  if (b.bit < a.bit) return unionBelow(b, a, true);
  const left = unionOf(a.left, b.left);
  const right = unionOf(a.right, b.right);
  if (left === a.left && right === a.right) return a;
  return left === b.left && right === b.right ? b : branch(a.bit, left, right);
}

/** The union with a tree whose keys are all on one side; `first` if it is the first of the two. */
function unionBelow<V>(node: Branch<V>, part: Node<V>, first: boolean): Branch<V> {
  const { bit, left, right } = node;
  const join = (child: Node<V>): Node<V> => (first ? unionOf(part, child) : unionOf(child, part));
  if (isRight(part, bit)) {
    const joined = join(right);
    return joined === right ? node : branch(bit, left, joined);
  }
  const joined = join(left);
  return joined === left ? node : branch(bit, joined, right);
}

/** The tree without a key. */
export function remove<V>(node: Node<V>, bits: Bits): Tree<V> {
  if (isLeaf(node)) return parting(node, bits) === LEAF ? undefined : node;
  return isRight(bits, node.bit)
    ? withChildren(node, node.left, remove(node.right, bits))
    : withChildren(node, remove(node.left, bits), node.right);
}

/** The entries whose keys are lower, or those whose keys are not. */
export function part<V>(tree: Tree<V>, bits: Bits, lower: boolean): Tree<V> {
  if (tree === undefined) return undefined;
  const at = parting(tree, bits);
  // The key is lower than the whole tree, or higher, or the lowest that a leaf does not lack.
  if (at < tree.bit) return isRight(bits, at) === lower ? tree : undefined;
  if (isLeaf(tree)) return lower ? undefined : tree;
  const { bit, left, right } = tree;
  if (isRight(bits, bit)) {
    const rest = part(right, bits, lower);
    return lower ? withChildren(tree, left, rest) : rest;
  }
  const rest = part(left, bits, lower);
  return lower ? rest : withChildren(tree, rest, right);
}

/** How many keys are lower. */
export function countLower<V>(tree: Tree<V>, bits: Bits): number {
  let count = 0;
  let node = tree;
  while (node !== undefined) {
    const at = parting(node, bits);
    if (at < node.bit) return isRight(bits, at) ? count + node.size : count;
    if (isLeaf(node)) return count;
    const right = isRight(bits, node.bit);
    if (right) count += node.left.size;
    node = right ? node.right : node.left;
  }
  return count;
}

/** The entry below which there are so many others; nothing if there are not. */
export function leafAt<V>(tree: Tree<V>, rank: number): Leaf<V> | undefined {
  if (tree === undefined || !(rank >= 0 && rank < tree.size)) return undefined;
  let [node, rest] = [tree, rank];
  while (!isLeaf(node)) {
    const { left, right } = node;
    const inLeft = rest < left.size;
    if (!inLeft) rest -= left.size;
    node = inLeft ? left : right;
  }
  return node;
}

export type Same<V> = (a: V, b: V) => boolean;

/** Whether two trees have the same entries. What they share is not looked at. */
export function sameTrees<V>(a: Tree<V>, b: Tree<V>, same: Same<V>): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.bit !== b.bit || a.size !== b.size) return false;
  if (isLeaf(a)) return isLeaf(b) && parting(a, b) === LEAF && same(a.value, b.value);
  return !isLeaf(b) && sameTrees(a.left, b.left, same) && sameTrees(a.right, b.right, same);
}

/** The leaves that only one of two trees has, in ascending order; the first's, if both have one. */
export function* unlike<V>(a: Tree<V>, b: Tree<V>, same: Same<V>): Generator<Leaf<V>, void> {
  if (a === b) return;
  if (a === undefined || b === undefined) return yield* leaves(a ?? b);
  const at = parting(a, b);
  if (at < a.bit && at < b.bit) {
    const [low, high] = isRight(b, at) ? [a, b] : [b, a];
    yield* leaves(low);
    return yield* leaves(high);
  }
  if (isLeaf(a) && isLeaf(b)) {
    if (!same(a.value, b.value)) yield a;
    return;
  }
  const bit = Math.min(a.bit, b.bit);
  const [left, right] = children(a, bit);
  const [otherLeft, otherRight] = children(b, bit);
  yield* unlike(left, otherLeft, same);
  yield* unlike(right, otherRight, same);
}

/** What of a tree is on either side of a bit that parts it or another one. */
function children<V>(node: Node<V>, bit: number): [Tree<V>, Tree<V>] {
  if (node.bit === bit && !isLeaf(node)) return [node.left, node.right];
  return isRight(node, bit) ? [undefined, node] : [node, undefined];
}

/** All leaves, in ascending order of their keys. */
export function* leaves<V>(tree: Tree<V>): Generator<Leaf<V>, void> {
  const ahead: Node<V>[] = tree === undefined ? [] : [tree];
  for (let node = ahead.pop(); node !== undefined; node = ahead.pop()) {
    while (!isLeaf(node)) {
      ahead.push(node.right);
      node = node.left;
    }
    yield node;
  }
}
