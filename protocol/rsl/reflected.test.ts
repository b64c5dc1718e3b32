import { expect, test } from 'vitest';
import { RslService } from '../../harness/testing/rslService.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import { showBallot } from './ballot.ts';
import { DEFAULT, type Parameters } from './configuration.ts';
import type { Message } from './messages.ts';
import type { Replica } from './replica.ts';

/** One request a batch, and nobody is suspected in this test. */
const PARAMETERS: Parameters = { ...DEFAULT, maxBatchSize: 1, retryPeriod: 50 };

/** Whether a packet is a vote for an operation in a ballot. */
const isVote = ({ msg }: Packet<Message>, operation: number, ballot: string): boolean =>
  msg.type === '2b' && msg.operation === operation && showBallot(msg.ballot) === ballot;

test('who takes over a state of a high ballot goes on with votes of a low one, and forgets neither', () => {
  const service = new RslService(['a', 'b', 'c'], PARAMETERS);
  const [, second, last] = ['a', 'b', 'c'].map((_, host) => () => service.states[host] as Replica);
  if (second === undefined || last === undefined) throw new Error('there are three');
  service.runFor(100);
  // In the first ballot all know that operation 1 is chosen, but not what operation 0 is.
  service.loses = (packet) => isVote(packet, 0, '1.0');
  service.ask('x', 1, ['a']);
  service.ask('y', 1, ['a']);
  service.runFor(40);
  expect(last().learner.tallies.get(1)?.voters.size).toBe(3);
  expect(last().executor.operationsComplete).toBe(0);
  // In the second, b comes to know operation 0, and c is told of it by nothing but b's state.
  service.loses = (packet) =>
    isVote(packet, 0, '1.0')
    || isVote(packet, 1, '1.1')
    || (packet.dst === 'c' && (packet.msg.type === '2a' || packet.msg.type === '2b'));
  service.restart(0);
  service.runUntil(
    'b is one operation further',
    () => second().executor.operationsComplete > 0,
    900,
  );
  expect(showBallot(second().executor.maxBallotReflected)).toBe('1.1');
  service.runUntil('c is two further', () => last().executor.operationsComplete > 1, 900);
  // It was by the votes of the first ballot that c went on.
  expect(showBallot(last().learner.maxBallotSeen)).toBe('1.0');
  expect(showBallot(last().executor.maxBallotReflected)).toBe('1.1');
});
