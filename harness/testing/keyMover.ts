/**
 * # An administrator who never rests
 *
 * Orders hosts to hand ranges to each other, back and forth, several at a time; and in the end waits
 * until all has landed, and shares keys out evenly. Ranges begin and end at a few places that are
 * spread over all keys, so they are large, and hosts' maps stay short.
 */
import { ShtAdministrator } from '../../impl/client/shtAdministrator.ts';
import { SilentHostError } from '../../impl/client/shtErrors.ts';
import { KEY_INF, type KeyRange } from '../../impl/client/shtMessages.ts';
import type { HostReport } from '../../impl/client/shtSurvey.ts';
import { readCredentials } from '../../impl/framework/identity.ts';
import type { Random } from '../simulation/random.ts';

/** So many places, evenly spread. */
const PLACES = 16;
const PLACE = KEY_INF / BigInt(PLACES);

/** A host with so many orders gets no more. */
const MOST_ORDERS = 3;
/** Between orders to one host, in milliseconds. */
const PAUSE_MS = 30;

export class KeyMover {
  /** Orders that were obeyed, and such that were refused. */
  moves = 0;
  refused = 0;
  /** How many orders each host had, when it said so last. */
  readonly #orders: number[];
  readonly #administrator: ShtAdministrator;
  readonly #random: Random;
  #stopped = false;

  private constructor(administrator: ShtAdministrator, random: Random) {
    this.#administrator = administrator;
    this.#orders = administrator.service.servers.map(() => 0);
    this.#random = random;
  }

  static async connect(serviceFile: string, keyFile: string, random: Random): Promise<KeyMover> {
    const key = readCredentials(keyFile);
    return new KeyMover(await ShtAdministrator.connect(serviceFile, { key }), random);
  }

  /** How many orders hosts have, as far as is known. */
  get orders(): number {
    return this.#orders.reduce((a, b) => a + b, 0);
  }

  /** Orders, until it is told to stop; then sees to it that every host has its share of keys. */
  async run(): Promise<void> {
    // Whoever says nothing does not hold up the others.
    await Promise.all(this.#orders.map((_, host) => this.#orderOf(host)));
    while (!(await this.#haveLanded())) await sleep(PAUSE_MS);
    await this.#administrator.rebalance();
    this.#administrator.close();
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Has a host hand on what it has, again and again. */
  async #orderOf(host: number): Promise<void> {
    while (!this.#stopped) {
      const report = await this.#administrator.report(host);
      if (!(report instanceof SilentHostError)) await this.#order(host, report);
      await sleep(PAUSE_MS);
    }
  }

  async #order(host: number, { own, orders }: HostReport): Promise<void> {
    this.#orders[host] = orders.length;
    if (orders.length >= MOST_ORDERS) return;
    const isMine = (place: number): boolean =>
      own.some(({ low, high }) => low <= startOf(place) && startOf(place + 1) <= high);
    const first = this.#random.below(PLACES);
    let end = first;
    while (end < PLACES && isMine(end) && this.#random.happens(0.8)) end++;
    if (end === first) return;
    const range: KeyRange = { low: startOf(first), high: startOf(end) };
    const others = [...this.#orders.keys()].filter((other) => other !== host);
    try {
      const reason = await this.#administrator.order(host, range, this.#random.pick(others));
      if (reason === undefined) this.moves++;
      else this.refused++;
    } catch (error) {
      if (!(error instanceof SilentHostError)) throw error;
    }
  }

  /** Whether no host is about to hand on anything, and all keys are some host's own. */
  async #haveLanded(): Promise<boolean> {
    const { hosts, segments } = await this.#administrator.survey();
    return (
      hosts.every(({ orders }) => orders.length === 0)
      && segments.every(({ owner }) => owner !== undefined)
    );
  }
}

const startOf = (place: number): bigint => BigInt(place) * PLACE;

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
