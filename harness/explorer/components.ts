/**
 * # Strongly connected components
 *
 * A behaviour that never ends stays, from some moment on, among states that all lead to one another. They are
 * found by Tarjan's algorithm, without recursion: the graphs are deeper than the machine's stack.
 */

/** A graph on the nodes 0, 1, …: the successors of node n are `targets` from `offsets[n]` to `offsets[n + 1]`. */
export interface Graph {
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
}

/** The components of a graph, each as the list of its nodes; a component comes after those that it leads to. */
export function components({ offsets, targets }: Graph): number[][] {
  const nodes = offsets.length - 1;
  const order = new Int32Array(nodes); // When a node was entered, from 1; 0 if it was not.
  const lowest = new Int32Array(nodes); // The earliest node on the stack that it leads back to.
  const onStack = new Uint8Array(nodes);
  const cursor = offsets.slice(0, nodes); // Which of its successors to look at next.
  const stack: number[] = [];
  const path: number[] = [];
  const found: number[][] = [];
  let entered = 0;

  const enter = (node: number): void => {
    order[node] = lowest[node] = ++entered;
    onStack[node] = 1;
    stack.push(node);
    path.push(node);
  };
  const lower = (node: number, to: number): void => {
    lowest[node] = Math.min(lowest[node] as number, to);
  };

  for (let root = 0; root < nodes; root++) {
    if (order[root] !== 0) continue;
    enter(root);
    while (path.length > 0) {
      const node = path.at(-1) as number;
      const at = cursor[node] as number;
      if (at < (offsets[node + 1] as number)) {
        cursor[node] = at + 1;
        const target = targets[at] as number;
        if (order[target] === 0) enter(target);
        else if (onStack[target] === 1) lower(node, order[target] as number);
        continue;
      }
      path.pop();
      const below = path.at(-1);
      if (below !== undefined) lower(below, lowest[node] as number);
      if (lowest[node] !== order[node]) continue;
      const component = stack.splice(stack.lastIndexOf(node));
      for (const member of component) onStack[member] = 0;
      found.push(component);
    }
  }
  return found;
}

/** A graph from its edges, which may come in any order. */
export function graphOf(
  nodes: number,
  edges: readonly { readonly from: number; readonly to: number }[],
): Graph {
  const offsets = new Int32Array(nodes + 1);
  for (const { from } of edges) offsets[from + 1] = (offsets[from + 1] as number) + 1;
  for (let node = 0; node < nodes; node++) {
    offsets[node + 1] = (offsets[node + 1] as number) + (offsets[node] as number);
  }
  const next = offsets.slice();
  const targets = new Int32Array(edges.length);
  for (const { from, to } of edges) {
    const at = next[from] as number;
    targets[at] = to;
    next[from] = at + 1;
  }
  return { offsets, targets };
}
