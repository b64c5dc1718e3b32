/**
 * # A client of a replicated key-value store
 *
 *     const store = await KvClient.connect('MyKV.IronRSLKV.service.txt');
 *     await store.set('colour', 'blue');
 *     const colour = await store.get('colour');
 *
 * Keys and values are texts, given as strings or as their UTF-8. What else can go wrong is said in
 * `errors.ts`.
 */
import { FateUnknownError, RequestRefusedError, UnexpectedReplyError } from './errors.ts';
import {
  deleteRequest,
  getRequest,
  type KeyValueReply,
  readKeyValueReply,
  setRequest,
  type Text,
} from './keyValueMessages.ts';
import type { ConnectOptions, SubmitOptions } from './rslClient.ts';
import { RslClient } from './rslClient.ts';

export class KvClient {
  readonly client: RslClient;

  constructor(client: RslClient) {
    this.client = client;
  }

  /** As {@link RslClient.connect}. */
  static async connect(
    service: Parameters<typeof RslClient.connect>[0],
    options?: ConnectOptions,
  ): Promise<KvClient> {
    return new KvClient(await RslClient.connect(service, options));
  }

  /** The value of a key, if it has one. */
  async get(key: Text, options?: SubmitOptions): Promise<string | undefined> {
    const request = getRequest(key);
    for (;;) {
      try {
        const reply = await this.#ask(request, options);
        if (reply.type === 'getFound') return reply.value;
        if (reply.type === 'getUnfound') return undefined;
        throw unexpected('get', reply);
      } catch (error) {
        // It changes nothing, so it can be asked again.
        if (!(error instanceof FateUnknownError)) throw error;
      }
    }
  }

  /** Gives a key a value. */
  async set(key: Text, value: Text, options?: SubmitOptions): Promise<void> {
    const reply = await this.#ask(setRequest(key, value), options);
    if (reply.type === 'setFailure') {
      throw new RequestRefusedError('The store is full: it takes no new keys');
    }
    if (reply.type !== 'setSuccess') throw unexpected('set', reply);
  }

  /** Takes a key's value away; says whether it had one. */
  async delete(key: Text, options?: SubmitOptions): Promise<boolean> {
    const reply = await this.#ask(deleteRequest(key), options);
    if (reply.type === 'deleteFound') return true;
    if (reply.type === 'deleteUnfound') return false;
    throw unexpected('delete', reply);
  }

  close(): void {
    this.client.close();
  }

  async #ask(request: Uint8Array, options: SubmitOptions | undefined): Promise<KeyValueReply> {
    const bytes = await this.client.submit(request, options);
    const reply = readKeyValueReply(bytes);
    if (reply === undefined) {
      throw new UnexpectedReplyError(
        `The reply is none of a key-value store: ${bytes.length} bytes; is it another service?`,
      );
    }
    if (reply.type === 'invalidRequest') {
      throw new RequestRefusedError('The store refused the request: a key or a value is too long');
    }
    return reply;
  }
}

const unexpected = (request: string, { type }: KeyValueReply): UnexpectedReplyError =>
  new UnexpectedReplyError(`A ${request} was answered with ${type}; is it another service?`);
