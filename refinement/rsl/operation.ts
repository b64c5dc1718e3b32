/**
 * # What was proposed and voted for, operation by operation
 *
 * All that replicas have said in 2a and 2b messages about one operation. A value is *chosen* when a
 * majority has voted for it in one ballot. Records are values: more is said in a new record.
 */
import type { Ballot } from '../../protocol/rsl/ballot.ts';
import type { Batch, Vote } from '../../protocol/rsl/messages.ts';
import { order, orderOfBatches, sameBatch, sameVote } from './values.ts';

/** A value in a ballot, and the replicas that have said so, by their places. */
export interface Voice extends Vote {
  readonly by: readonly number[];
}

export interface OperationRecord {
  /** What 2a messages propose. */
  readonly proposals: readonly Voice[];
  /** What 2b messages vote for. */
  readonly tallies: readonly Voice[];
  /** The value that was chosen; if there were several, the one of the lowest ballot. */
  readonly chosen: Vote | undefined;
}

export const NOTHING_SAID: OperationRecord = { proposals: [], tallies: [], chosen: undefined };

/** The voices with one more; the same ones if it has been heard before. */
function heard(voices: readonly Voice[], by: number, ballot: Ballot, batch: Batch) {
  const place = voices.findIndex(
    (voice) => order(voice.ballot, ballot) === 0 && sameBatch(voice.batch, batch),
  );
  const voice = voices[place];
  if (voice === undefined) return [...voices, { ballot, batch, by: [by] }];
  return voice.by.includes(by) ? voices : voices.with(place, { ...voice, by: [...voice.by, by] });
}

/** The record after a 2a; the same one if it says nothing new. */
export function withProposal(
  record: OperationRecord,
  by: number,
  ballot: Ballot,
  batch: Batch,
): OperationRecord {
  const proposals = heard(record.proposals, by, ballot, batch);
  return proposals === record.proposals ? record : { ...record, proposals };
}

/** The record after a 2b, where so many replicas are a majority; the same one as above. */
export function withVote(
  record: OperationRecord,
  by: number,
  { ballot, batch }: Vote,
  majority: number,
): OperationRecord {
  const tallies = heard(record.tallies, by, ballot, batch);
  if (tallies === record.tallies) return record;
  let { chosen } = record;
  for (const tally of tallies) {
    if (tally.by.length < majority || (chosen !== undefined && sameVote(chosen, tally))) continue;
    if (chosen === undefined || isEarlier(tally, chosen)) chosen = tally;
  }
  return { proposals: record.proposals, tallies, chosen };
}

const isEarlier = (a: Vote, b: Vote): boolean =>
  (order(a.ballot, b.ballot) || orderOfBatches(a.batch, b.batch)) < 0;

/** The voice for a value in a ballot. */
export function voiceFor(
  voices: readonly Voice[],
  ballot: Ballot,
  batch: Batch,
): Voice | undefined {
  for (const voice of voices) {
    if (order(voice.ballot, ballot) === 0 && sameBatch(voice.batch, batch)) return voice;
  }
  return undefined;
}
