/** # Comparing what is sent. */
import type { Packet } from '../../spec/framework/environment.ts';
import { equal } from '../../spec/framework/equal.ts';

/** Whether the same packets are sent, in the same order; what goes to many is compared once. */
export function sameSends<Message>(
  expected: readonly Packet<Message>[],
  actual: readonly Packet<Message>[],
): boolean {
  if (expected.length !== actual.length) return false;
  let same: readonly [Message, Message] | undefined;
  for (const [index, a] of expected.entries()) {
    const b = actual[index] as Packet<Message>;
    if (a.src !== b.src || a.dst !== b.dst) return false;
    if (same !== undefined && a.msg === same[0] && b.msg === same[1]) continue;
    if (!equal(a.msg, b.msg)) return false;
    same = [a.msg, b.msg];
  }
  return true;
}
