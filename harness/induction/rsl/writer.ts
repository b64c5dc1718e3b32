/**
 * # Ballots, requests and replies, in a few characters
 */

import { showBallot } from '../../../protocol/rsl/ballot.ts';
import type { Request } from '../../../protocol/rsl/messages.ts';
import { INCREMENT } from '../../../spec/apps/counter.ts';
import { readU64 } from '../../../spec/framework/bytes.ts';

/** A record with these fields and no others. */
const isRecordOf = (value: unknown, ...fields: readonly string[]): boolean =>
  typeof value === 'object'
  && value !== null
  && Object.keys(value).length === fields.length
  && fields.every((field) => field in value);

/** Ballots as 2.0, requests as x#1, and a counter's replies as their numbers. */
export function writeShort(value: unknown): string | undefined {
  if (isRecordOf(value, 'seqno', 'proposer')) {
    return showBallot(value as Parameters<typeof showBallot>[0]);
  }
  if (isRecordOf(value, 'client', 'seqno', 'request')) {
    const { client, seqno, request } = value as Request;
    return `${client}#${seqno}${request === INCREMENT ? '' : '?'}`;
  }
  if (typeof value === 'string' && value.length === 8) return `${readU64(value)}`;
  return undefined;
}
