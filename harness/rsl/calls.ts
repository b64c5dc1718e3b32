/**
 * # What clients saw of a replicated service
 *
 * A witness who writes down calls: each request that is put to some replica, from when it is first
 * put, and its answer, from when some replica first gives it (B7). Answers that are lost count as
 * well, for whoever gave them has executed the request. Nothing else is known of a call that is not
 * answered than that it may have taken effect once, at any time after it was made.
 *
 * Strangers call as clients do. If somebody uses a number for two different requests, only one of
 * them is executed: either may have been, and the answers tell nobody which.
 */
import { type CallModel, History } from '../../refinement/framework/linearizability.ts';
import { HistoryRefusal } from '../../refinement/framework/refusal.ts';
import { counterCalls } from '../../refinement/rsl/histories/counter.ts';
import { KeyValueCalls } from '../../refinement/rsl/histories/keyValue.ts';
import { wireOf } from '../../refinement/rsl/wire.ts';
import type { Bytes } from '../../spec/framework/bytes.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import type { Testimony, Witness } from '../simulation/witness.ts';
import { type ApplicationName, ASKED } from './requests.ts';

interface Call {
  readonly client: EndPoint;
  readonly invoked: number;
  readonly request: Bytes;
  /** Other requests under the same number. */
  readonly others: Bytes[];
  answer: { readonly completed: number; readonly reply: Bytes } | undefined;
}

const MODELS: Readonly<Record<ApplicationName, () => CallModel>> = {
  counter: () => counterCalls,
  kv: () => new KeyValueCalls(),
};

/** The last byte of a message's case number: 0 in requests, 6 in replies. */
const CASE = 7;
const [REQUEST, REPLY] = [0, 6];

export class CallWitness implements Witness<Uint8Array> {
  readonly #application: ApplicationName;
  readonly #read: (bytes: Uint8Array) => ReturnType<ReturnType<typeof wireOf>['read']>;
  readonly #calls = new Map<EndPoint, Map<number, Call>>();
  /** Moments, counted: no two things happen at once. */
  #now = 0;
  #judged = 0;
  #undecided = 0;

  constructor(application: ApplicationName) {
    this.#application = application;
    this.#read = wireOf(ASKED[application].application, true).read;
  }

  get testimony(): Testimony {
    return { calls: this.#judged, undecided: this.#undecided };
  }

  asked({ src, msg: bytes }: Packet<Uint8Array>): void {
    if (bytes[CASE] !== REQUEST) return;
    const msg = this.#read(bytes);
    if (msg.type !== 'request') return;
    let calls = this.#calls.get(src);
    if (calls === undefined) {
      calls = new Map();
      this.#calls.set(src, calls);
    }
    const { seqno, request } = msg;
    const call = calls.get(seqno);
    if (call !== undefined) {
      if (call.request !== request && !call.others.includes(request)) call.others.push(request);
      return;
    }
    const invoked = this.#now++;
    calls.set(seqno, { client: src, invoked, request, others: [], answer: undefined });
  }

  answered({ src, dst, msg: bytes }: Packet<Uint8Array>): void {
    if (bytes[CASE] !== REPLY) return;
    const msg = this.#read(bytes);
    if (msg.type !== 'reply') return;
    const { seqno, reply } = msg;
    const call = this.#calls.get(dst)?.get(seqno);
    const place = { host: src, step: this.#now, action: `answers ${dst}#${seqno}` };
    if (call === undefined) {
      throw new HistoryRefusal(place, { failed: 'only what was asked is answered' }, []);
    }
    if (call.answer !== undefined && call.answer.reply !== reply) {
      throw new HistoryRefusal(place, { failed: 'a request has one answer' }, []);
    }
    call.answer ??= { completed: this.#now++, reply };
  }

  judge(): void {
    const history = new History(MODELS[this.#application]());
    for (const calls of this.#calls.values()) {
      for (const { client, invoked, request, others, answer } of calls.values()) {
        const known = others.length === 0 ? answer : undefined;
        const { completed, reply } = known ?? { completed: undefined, reply: undefined };
        history.add({ client, invoked, request, completed, reply });
        for (const other of others) {
          history.add({ client, invoked, request: other, completed, reply });
        }
      }
    }
    const outcome = history.check();
    if (outcome.verdict === 'refused') throw outcome.refusal;
    if (outcome.verdict === 'undecided') this.#undecided++;
    this.#judged = history.calls;
  }
}
