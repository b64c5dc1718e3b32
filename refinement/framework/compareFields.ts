/**
 * # Comparing states in place
 *
 * Says of each field of a protocol host's state where the running host keeps the same thing. The
 * compiler demands an entry for every field, so that none is forgotten when the protocol grows.
 */
import { type Difference, difference } from '../../spec/framework/difference.ts';
import { equal } from '../../spec/framework/equal.ts';

/** For each field its counterpart in the implementation, or that it never changes. */
export type Counterparts<Impl, State> = {
  readonly [Field in keyof State]: 'constant' | ((impl: Impl) => State[Field]);
};

/** A comparison that stops at the first field that differs. */
export function compareFields<Impl, State extends object>(
  counterparts: Counterparts<Impl, State>,
): (impl: Impl, state: State) => Difference | undefined {
  const fields = Object.keys(counterparts) as (keyof State & string)[];
  const compared = fields.flatMap((field) => {
    const counterpart: 'constant' | ((impl: Impl) => unknown) = counterparts[field];
    return counterpart === 'constant' ? [] : [{ field, counterpart }];
  });
  return (impl, state) => {
    for (const { field, counterpart } of compared) {
      const [expected, actual] = [state[field], counterpart(impl)];
      if (equal(expected, actual)) continue;
      const found = difference(expected, actual);
      return found && { ...found, path: `.${field}${found.path}` };
    }
    return undefined;
  };
}
