/**
 * # What calls to a key-value store mean
 *
 * Each key is a partition: what is asked of one key has nothing to do with another. Its state is
 * its value, or that it has none. What is malformed or too long gets an `invalidRequest` and
 * changes nothing.
 *
 * Keys do have something to do with each other once the store is full, for then a new key is not
 * set. That takes more keys than any history has, so such a failure is wrong in every state.
 *
 * Values are numbered from 3; 0 is that there is none. An operation is the number of its value,
 * where it has one, and behind it what it is.
 */
import { MAX_REPLY_BYTES } from '../../../spec/apps/application.ts';
import { keyValue } from '../../../spec/apps/keyValue.ts';
import {
  decodeReply,
  decodeRequest,
  encodeReply,
  type KeyValueReply,
  type KeyValueRequest,
} from '../../../spec/apps/keyValueMessages.ts';
import type { Bytes } from '../../../spec/framework/bytes.ts';
import { show } from '../../../spec/framework/difference.ts';
import {
  type CallModel,
  ImpossibleReply,
  type PartitionedCall,
} from '../../framework/linearizability.ts';
import { ILLEGAL, NO_STATE } from '../../framework/linearizing/machine.ts';

/** The state of a key that has no value. */
const NONE = 0;

/** Some value that nobody sets or gets, perhaps because it is too long to be got. */
const ANY = 1;

/** Some value that somebody sets and nobody gets, although it could be got. */
const UNREAD = 2;

/** What was asked, and what was answered. */
const GET_FOUND = 0;
const GET_UNFOUND = 1;
/** The value is too long for a reply. */
const GET_INVALID = 2;
const SET = 3;
const SET_UNANSWERED = 4;
const DELETE_FOUND = 5;
const DELETE_UNFOUND = 6;
const DELETE_UNANSWERED = 7;

const KINDS = 8;

const REPLIES: Readonly<Record<KeyValueRequest['type'], Readonly<Record<string, number>>>> = {
  get: { getFound: GET_FOUND, getUnfound: GET_UNFOUND, invalidRequest: GET_INVALID },
  set: { setSuccess: SET },
  delete: { deleteFound: DELETE_FOUND, deleteUnfound: DELETE_UNFOUND },
};

const LAWS: Readonly<Record<KeyValueRequest['type'], string>> = {
  get: 'a get is answered with a value, or that there is none',
  set: 'a set is answered with success',
  delete: 'a delete is answered with whether there was a value',
};

const INVALID = encodeReply({ type: 'invalidRequest' });

/** No shorter request has a key or a value that is too long. */
const LONG_REQUEST = 0x10_0000;

/** No shorter value is too long for a reply; a code unit is at most three bytes. */
const LONG_VALUE = Math.floor(MAX_REPLY_BYTES / 3) - 8;

export class KeyValueCalls implements CallModel {
  readonly service = 'kv';
  readonly initial = NONE;
  readonly others = [NONE, ANY];
  readonly #numbers = new Map<string, number>();
  readonly #values: string[] = ['', 'some value', 'some value'];

  read(request: Bytes, reply: Bytes | undefined): PartitionedCall | undefined {
    const asked = decodeRequest(request);
    if (asked === undefined || isTooLong(request)) {
      if (reply === undefined || reply === INVALID) return undefined;
      throw impossible('what is no request is answered so', asked, reply);
    }
    const partition = asked.key;
    if (reply === undefined) {
      if (asked.type === 'get') return undefined;
      const isSet = asked.type === 'set';
      const op = isSet ? this.#op(SET_UNANSWERED, asked.value) : DELETE_UNANSWERED;
      return { partition, op };
    }
    const answered = decodeReply(reply);
    const kind = answered && REPLIES[asked.type][answered.type];
    if (kind === undefined) throw impossible(LAWS[asked.type], asked, reply);
    const value = asked.type === 'set' ? asked.value : valueFound(answered);
    return { partition, op: value === undefined ? kind : this.#op(kind, value) };
  }

  step(state: number, op: number): number {
    switch (op % KINDS) {
      case GET_FOUND:
        return state === valueIn(op) ? state : ILLEGAL;
      case GET_INVALID:
        return state !== NONE && this.#cannotBeGot(state) ? state : ILLEGAL;
      case GET_UNFOUND:
      case DELETE_UNFOUND:
        return state === NONE ? NONE : ILLEGAL;
      case DELETE_FOUND:
        return state === NONE ? ILLEGAL : NONE;
      case DELETE_UNANSWERED:
        return NONE;
      default:
        return valueIn(op);
    }
  }

  observes(op: number): boolean {
    const kind = op % KINDS;
    return kind <= GET_INVALID || kind === DELETE_UNFOUND;
  }

  enables(earlier: number, op: number): boolean {
    const before = earlier % KINDS;
    const sets = before === SET || before === SET_UNANSWERED;
    switch (op % KINDS) {
      case GET_FOUND:
        return sets && valueIn(earlier) === valueIn(op);
      case GET_INVALID:
      case DELETE_FOUND:
        return sets;
      case GET_UNFOUND:
      case DELETE_UNFOUND:
        return before === DELETE_FOUND || before === DELETE_UNANSWERED;
      default:
        return false;
    }
  }

  wants(op: number): number {
    switch (op % KINDS) {
      case GET_FOUND:
        return valueIn(op);
      case GET_UNFOUND:
      case DELETE_UNFOUND:
        return NONE;
      default:
        return NO_STATE;
    }
  }

  gives(op: number): number {
    const kind = op % KINDS;
    if (kind === GET_INVALID) return NO_STATE;
    return kind < DELETE_FOUND ? valueIn(op) : NONE;
  }

  forget(op: number): number {
    switch (op % KINDS) {
      case SET:
        return op - SET + SET_UNANSWERED;
      case DELETE_FOUND:
        return DELETE_UNANSWERED;
      default:
        return op;
    }
  }

  anonymous(op: number): number {
    if (op % KINDS !== SET_UNANSWERED) return op;
    return (this.#cannotBeGot(valueIn(op)) ? ANY : UNREAD) * KINDS + SET_UNANSWERED;
  }

  showRequest(op: number): string {
    const kind = op % KINDS;
    if (kind <= GET_INVALID) return 'get';
    return kind <= SET_UNANSWERED ? `set ${this.showState(valueIn(op))}` : 'delete';
  }

  showReply(op: number): string {
    switch (op % KINDS) {
      case GET_FOUND:
        return this.showState(valueIn(op));
      case GET_UNFOUND:
        return 'no value';
      case GET_INVALID:
        return 'invalid request';
      case SET:
        return 'done';
      case DELETE_FOUND:
        return 'deleted';
      case DELETE_UNFOUND:
        return 'nothing to delete';
      default:
        return 'no answer';
    }
  }

  showState(state: number): string {
    if (state === ANY || state === UNREAD) return 'some value';
    return state === NONE ? 'no value' : show(this.#values[state], LONGEST);
  }

  #op(kind: number, value: string): number {
    let number = this.#numbers.get(value);
    if (number === undefined) {
      number = this.#values.push(value) - 1;
      this.#numbers.set(value, number);
    }
    return number * KINDS + kind;
  }

  #cannotBeGot(state: number): boolean {
    const value = this.#values[state] as string;
    return state === ANY || (value.length > LONG_VALUE && !fitsIntoReply(value));
  }
}

const LONGEST = 60;

const valueIn = (op: number): number => Math.floor(op / KINDS);

const valueFound = (reply: KeyValueReply | undefined): string | undefined =>
  reply?.type === 'getFound' ? reply.value : undefined;

const fitsIntoReply = (value: string): boolean =>
  encodeReply({ type: 'getFound', value }).length <= MAX_REPLY_BYTES;

/** Whether a request has a key or a value that is too long. */
const isTooLong = (request: Bytes): boolean =>
  request.length > LONG_REQUEST && keyValue.handle(keyValue.initial, request).reply === INVALID;

const impossible = (
  law: string,
  asked: KeyValueRequest | undefined,
  reply: Bytes,
): ImpossibleReply =>
  new ImpossibleReply(law, show(asked ?? 'no request'), show(decodeReply(reply) ?? reply));
