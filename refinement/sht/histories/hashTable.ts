/**
 * # What calls to a hash table mean
 *
 * Each key is a partition: what is asked of one key has nothing to do with another. Its state is its
 * value, or that it has none. A set is answered with what was set, so the answer says nothing of the
 * state: only gets look at it.
 *
 * A call that was redirected or refused has not taken effect. Calls to move keys are none.
 *
 * Values are numbered from 2; 0 is that there is none. An operation is the number of its value, and
 * behind it what it is.
 */
import type { Key, Value } from '../../../protocol/sht/keys.ts';
import type { Content } from '../../../protocol/sht/messages.ts';
import type { Bytes } from '../../../spec/framework/bytes.ts';
import { show } from '../../../spec/framework/difference.ts';
import { ofBytes } from '../../framework/byteStrings.ts';
import {
  type CallModel,
  ImpossibleReply,
  type PartitionedCall,
} from '../../framework/linearizability.ts';
import { ILLEGAL, NO_STATE } from '../../framework/linearizing/machine.ts';
import { readContent } from '../wire.ts';

/** The state of a key that has no value. */
const NONE = 0;

/** Some value that somebody sets and nobody gets. */
const UNREAD = 1;

const GET = 0;
const SET = 1;
const SET_UNANSWERED = 2;

const KINDS = 3;

type Asked = Extract<Content, { readonly type: 'get' | 'set' }>;

/** Requests and replies are what single messages carry. */
export class HashTableCalls implements CallModel {
  readonly service = 'sht';
  readonly initial = NONE;
  readonly others = [UNREAD];
  readonly #numbers = new Map<Value, number>();
  readonly #values: Value[] = ['', ''];

  read(request: Bytes, reply: Bytes | undefined): PartitionedCall | undefined {
    const asked = contentOf(request);
    if (asked?.type !== 'get' && asked?.type !== 'set') {
      throw impossible('a get or a set is asked', asked, reply);
    }
    const partition = nameOf(asked.key);
    if (reply === undefined) {
      if (asked.type === 'get') return undefined;
      return { partition, op: this.#op(SET_UNANSWERED, asked.value) };
    }
    const answered = contentOf(reply);
    if (answered?.type === 'redirect' || answered?.type === 'refusal') return undefined;
    if (answered?.type !== 'reply') throw impossible('a request is answered', asked, reply);
    if (answered.key !== asked.key) {
      throw impossible('a request is answered for its key', asked, reply);
    }
    if (asked.type === 'get') return { partition, op: this.#op(GET, answered.value) };
    if (answered.value !== asked.value) {
      throw impossible('a set is answered with what was set', asked, reply);
    }
    return { partition, op: this.#op(SET, asked.value) };
  }

  step(state: number, op: number): number {
    if (op % KINDS !== GET) return stateIn(op);
    return state === stateIn(op) ? state : ILLEGAL;
  }

  observes(op: number): boolean {
    return op % KINDS === GET;
  }

  enables(earlier: number, op: number): boolean {
    return op % KINDS === GET && earlier % KINDS !== GET && stateIn(earlier) === stateIn(op);
  }

  wants(op: number): number {
    return op % KINDS === GET ? stateIn(op) : NO_STATE;
  }

  gives(op: number): number {
    return stateIn(op);
  }

  forget(op: number): number {
    return op % KINDS === SET ? op - SET + SET_UNANSWERED : op;
  }

  anonymous(op: number): number {
    return op % KINDS === SET_UNANSWERED ? UNREAD * KINDS + SET_UNANSWERED : op;
  }

  showRequest(op: number): string {
    if (op % KINDS === GET) return 'get';
    return stateIn(op) === NONE ? 'delete' : `set ${this.showState(stateIn(op))}`;
  }

  showReply(op: number): string {
    switch (op % KINDS) {
      case GET:
        return this.showState(stateIn(op));
      case SET:
        return 'done';
      default:
        return 'no answer';
    }
  }

  showState(state: number): string {
    if (state === UNREAD) return 'some value';
    return state === NONE ? 'no value' : show(this.#values[state], LONGEST);
  }

  #op(kind: number, value: Value | undefined): number {
    return (value === undefined ? NONE : this.#number(value)) * KINDS + kind;
  }

  #number(value: Value): number {
    let number = this.#numbers.get(value);
    if (number === undefined) {
      number = this.#values.push(value) - 1;
      this.#numbers.set(value, number);
    }
    return number;
  }
}

const LONGEST = 60;

const stateIn = (op: number): number => Math.floor(op / KINDS);

const nameOf = (key: Key): string => `key ${key}`;

/** What bytes say, in whichever way hosts are. */
const contentOf = (bytes: Bytes): Content | undefined => readContent(ofBytes(bytes), false);

const impossible = (
  law: string,
  asked: Asked | Content | undefined,
  reply: Bytes | undefined,
): ImpossibleReply =>
  new ImpossibleReply(
    law,
    describe(asked),
    describe(reply === undefined ? reply : contentOf(reply)),
  );

function describe(content: Content | undefined): string {
  if (content === undefined) return 'nothing that means anything';
  return 'key' in content ? `${content.type} ${nameOf(content.key)}` : content.type;
}
