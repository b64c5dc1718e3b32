/**
 * # Keys, ranges and tables, in a few characters
 */
import type { KeyRange } from '../../../protocol/sht/keys.ts';
import { showRange } from '../../../protocol/sht/messages.ts';
import { OrderedMap } from '../../../spec/framework/orderedMap.ts';

/** Ranges as [0,∞), and tables as {0: "v"}. */
export function writeShort(value: unknown): string | undefined {
  if (value instanceof OrderedMap) {
    return `{${Array.from(value, ([key, each]) => `${key}: ${JSON.stringify(each)}`).join(', ')}}`;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const isRange = Object.keys(value).length === 2 && 'low' in value && 'high' in value;
  return isRange ? showRange(value as KeyRange) : undefined;
}
