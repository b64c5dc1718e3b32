/**
 * # A client and three replicas
 *
 * What a test of clients needs to say whom a client asked what.
 */
import type { RequestError } from '../../impl/client/errors.ts';
import {
  RslClient,
  type RslClientOptions,
  type SubmitOptions,
} from '../../impl/client/rslClient.ts';
import { FakeReplicas } from './fakeReplicas.ts';
import { VirtualTimers } from './virtualTimers.ts';

/** How long a message takes at most, in milliseconds. */
export const DELAY = 10;

/** A client of three connected replicas, of which the first leads. */
export function clientScene(options: RslClientOptions = {}, allReply = false) {
  const timers = new VirtualTimers();
  const replicas = new FakeReplicas({ servers: 3, allReply, delay: DELAY }, timers, 7);
  const client = RslClient.over(replicas.network, timers, options);
  for (const server of [0, 1, 2]) replicas.connect(server);
  let requests = 0;
  /** Makes some requests; gives what becomes of each. */
  const ask = (count: number, more: SubmitOptions = {}): Promise<string | RequestError>[] =>
    Array.from({ length: count }, () =>
      client.submit(Buffer.from(`${requests++}`), more).then(
        (reply) => Buffer.from(reply).toString(),
        (error: RequestError) => error,
      ),
    );
  /** Makes some requests, whatever becomes of them. */
  const submit = (count: number): void => void ask(count);
  /** What has been sent since this was asked last, such as `0: 3 4`, server and numbers. */
  const sentNow = (): string[] => {
    const lines: string[] = [];
    for (const { server, number } of replicas.sent.splice(0)) {
      if (lines.at(-1)?.startsWith(`${server}:`)) lines.push(`${lines.pop()} ${number}`);
      else lines.push(`${server}: ${number}`);
    }
    return lines;
  };
  /** Has some requests answered, so that it is known who leads. */
  const warmUp = async (count = 1): Promise<void> => {
    for (const answer of ask(count)) {
      timers.pass(5 * DELAY);
      await answer;
    }
    sentNow();
  };
  return { timers, replicas, client, ask, submit, sentNow, warmUp };
}
