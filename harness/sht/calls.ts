/**
 * # What clients saw of the hash table
 *
 * A witness who writes down calls: each get and set that is put to some host, from when it is first
 * put, and its answer, from when the host first gives it (B7). A call that ends in a redirect or a
 * refusal did not take effect; one that goes on elsewhere is another call. Answers that are lost
 * count as well. Nothing else is known of a call that is not answered than that it may have taken
 * effect once, at any time after it was made.
 *
 * Answers do not say what they answer. But a host takes the requests of a client by their numbers,
 * without gaps, and answers them in this order: so the first request that may have this answer has
 * it. Before it there can only be what is not answered at all: orders that are obeyed, what makes no
 * sense, and with the original some more. If somebody uses a number for two different requests,
 * nobody can tell which of them was taken, and so no more of what this client hears from this host.
 */

import type { Content } from '../../protocol/sht/messages.ts';
import { ofBytes, toBytes } from '../../refinement/framework/byteStrings.ts';
import { History } from '../../refinement/framework/linearizability.ts';
import { HistoryRefusal } from '../../refinement/framework/refusal.ts';
import { HashTableCalls } from '../../refinement/sht/histories/hashTable.ts';
import { readContent, readMessage } from '../../refinement/sht/wire.ts';
import type { Bytes } from '../../spec/framework/bytes.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import type { Testimony, Witness } from '../simulation/witness.ts';
import { mayAnswer } from './line.ts';

interface Call {
  readonly invoked: number;
  readonly bytes: Uint8Array;
  readonly content: Content;
  readonly request: Bytes;
  /** Other requests under the same number. */
  readonly others: Bytes[];
  answer: { readonly completed: number; readonly reply: Bytes } | undefined;
}

/** What one client and one host have said to each other. */
class Conversation {
  readonly calls = new Map<number, Call>();
  /** The first number that may still be answered. */
  next = 1;
  /** From which number on nobody knows what was taken. */
  unclearFrom = Number.POSITIVE_INFINITY;
  /** What the host has said, by its numbers, and the highest of those. */
  readonly said = new Map<number, Uint8Array>();
  heard = 0;
}

/** Bytes of a message: its case, its number, and the length of the name that comes then. */
const WORD = 8;
const CASE = WORD - 1;
const SINGLE = 0;

const isSingle = (bytes: Uint8Array): boolean => bytes[CASE] === SINGLE;
function wordAt(bytes: Uint8Array, at: number): number {
  let word = 0;
  for (let place = at; place < at + WORD; place++) word = word * 256 + (bytes[place] as number);
  return word;
}
const seqnoOf = (bytes: Uint8Array): number => wordAt(bytes, WORD);
/** The bytes of what a single message carries. */
const carriedBy = (bytes: Uint8Array): Uint8Array =>
  bytes.subarray(3 * WORD + wordAt(bytes, 2 * WORD));

export class CallWitness implements Witness<Uint8Array> {
  readonly #compatible: boolean;
  /** By the names of a client and a host. */
  readonly #conversations = new Map<EndPoint, Map<EndPoint, Conversation>>();
  /** Moments, counted: no two things happen at once. */
  #now = 0;
  #judged = 0;
  #undecided = 0;

  constructor(compatible: boolean) {
    this.#compatible = compatible;
  }

  get testimony(): Testimony {
    return { calls: this.#judged, undecided: this.#undecided };
  }

  asked({ src, dst, msg: bytes }: Packet<Uint8Array>): void {
    if (!isSingle(bytes) || this.#isKnown(src, dst, bytes)) return;
    const msg = readMessage(bytes, this.#compatible);
    if (msg.type !== 'single') return;
    const { seqno, content } = msg;
    const conversation = this.#between(src, dst);
    // What was answered before is not taken again, and nothing has the number 0.
    if (seqno < conversation.next) return;
    const request = toBytes(carriedBy(bytes));
    const call = conversation.calls.get(seqno);
    if (call === undefined) {
      const invoked = this.#now++;
      const call = { invoked, bytes, content, request, others: [], answer: undefined };
      conversation.calls.set(seqno, call);
    } else if (call.request !== request && !call.others.includes(request)) {
      call.others.push(request);
      conversation.unclearFrom = Math.min(conversation.unclearFrom, seqno);
    }
  }

  answered({ src, dst, msg: bytes }: Packet<Uint8Array>): void {
    if (!isSingle(bytes)) return;
    const conversation = this.#between(dst, src);
    const seqno = seqnoOf(bytes);
    if (seqno > conversation.heard) {
      conversation.heard = seqno;
      conversation.said.set(seqno, bytes);
      const reply = carriedBy(bytes);
      const answer = readContent(reply, this.#compatible);
      if (answer === undefined) this.#refuse(src, dst, 'an answer means something');
      else this.#take(conversation, answer, reply, { src, dst });
    } else if (!isSame(conversation.said.get(seqno), bytes)) {
      this.#refuse(src, dst, 'what is said again is what was said before');
    }
  }

  judge(): void {
    const history = new History(new HashTableCalls());
    for (const [client, conversations] of this.#conversations) {
      for (const { calls } of conversations.values()) {
        for (const { invoked, request, others, content, answer } of calls.values()) {
          const { completed, reply } = answer ?? { completed: undefined, reply: undefined };
          if (isCall(content)) history.add({ client, invoked, request, completed, reply });
          for (const other of others) {
            if (!isCall(readContent(ofBytes(other), this.#compatible))) continue;
            history.add({
              client,
              invoked,
              request: other,
              completed: undefined,
              reply: undefined,
            });
          }
        }
      }
    }
    const outcome = history.check();
    if (outcome.verdict === 'refused') throw outcome.refusal;
    if (outcome.verdict === 'undecided') this.#undecided++;
    this.#judged = history.calls;
  }

  /** Whether these very bytes have been seen before. */
  #isKnown(client: EndPoint, host: EndPoint, bytes: Uint8Array): boolean {
    if (bytes.length < 3 * WORD) return false;
    const { calls } = this.#between(client, host);
    return calls.get(seqnoOf(bytes))?.bytes === bytes;
  }

  #between(client: EndPoint, host: EndPoint): Conversation {
    let conversations = this.#conversations.get(client);
    if (conversations === undefined) {
      conversations = new Map();
      this.#conversations.set(client, conversations);
    }
    let conversation = conversations.get(host);
    if (conversation === undefined) {
      conversation = new Conversation();
      conversations.set(host, conversation);
    }
    return conversation;
  }

  /** Finds what is answered. */
  #take(
    conversation: Conversation,
    answer: Content,
    reply: Uint8Array,
    { src, dst }: { readonly src: EndPoint; readonly dst: EndPoint },
  ): void {
    const { calls, unclearFrom } = conversation;
    for (let seqno = conversation.next; seqno < unclearFrom; seqno++) {
      const call = calls.get(seqno);
      if (call === undefined) {
        this.#refuse(src, dst, 'only what was asked is answered');
        return;
      }
      if (this.#isAnswer(answer, call.content)) {
        call.answer = { completed: this.#now++, reply: toBytes(reply) };
        conversation.next = seqno + 1;
        return;
      }
      if (!this.#mayBeSilent(call.content)) {
        this.#refuse(src, dst, 'requests are answered in the order of their numbers');
      }
    }
  }

  /** Whether this is the answer to a request that is answered before all later ones. */
  #isAnswer(answer: Content, asked: Content): boolean {
    if (this.#compatible) return mayAnswer(answer, asked);
    // If it is about another key, or another value, it is a wrong answer, but no other's.
    const isSaid = answer.type === 'reply' || answer.type === 'redirect';
    return (isSaid && isCall(asked)) || mayAnswer(answer, asked);
  }

  /** Whether a request may have been taken and is never answered. */
  #mayBeSilent({ type }: Content): boolean {
    if (this.#compatible) return true;
    return type !== 'get' && type !== 'set' && type !== 'statusRequest';
  }

  #refuse(host: EndPoint, client: EndPoint, failed: string): void {
    const place = { host, step: this.#now, action: `answers ${client}` };
    throw new HistoryRefusal(place, { failed }, []);
  }
}

const isSame = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && a.length === b.length && Buffer.compare(a, b) === 0;

const isCall = (content: Content | undefined): boolean =>
  content?.type === 'get' || content?.type === 'set';
