/**
 * # Learning ranges
 *
 * Whoever was redirected asks the host that did so who has the keys from there on, where hosts
 * answer that. It need not be asked for every redirect: one question is under way with each host at
 * a time, and there is a pause after it.
 */
import type { ShtHosts } from './shtHosts.ts';
import {
  type Answer,
  type Bound,
  KEY_INF,
  KEY_ZERO,
  type Status,
  statusRequest,
} from './shtMessages.ts';
import type { Owners } from './shtOwners.ts';

/** How long after a status no other is asked of the same host, in milliseconds. */
const PAUSE_MS = 20;

export class StatusLearner {
  /** How many were learned from. */
  statuses = 0;
  readonly #hosts: ShtHosts;
  readonly #owners: Owners;
  /** When each host may be asked again. */
  readonly #next: number[];
  /** Up to where each host tells of its ranges at once. */
  readonly #until: Bound[] = [];

  constructor(hosts: ShtHosts, owners: Owners) {
    this.#hosts = hosts;
    this.#owners = owners;
    this.#next = hosts.conversations.map(() => 0);
  }

  /** A host has just redirected a request for this key. */
  learn(host: number, key: bigint): void {
    const conversation = this.#hosts.conversations[host];
    if (conversation === undefined) return;
    if (conversation.isModern !== true) {
      conversation.wonder();
      return;
    }
    const { timers } = this.#hosts;
    if (timers.now() < (this.#next[host] ?? 0)) return;
    this.#next[host] = Number.POSITIVE_INFINITY;
    const from = key < (this.#until[host] ?? KEY_INF) ? KEY_ZERO : key;
    const ended = (): void => {
      this.#next[host] = timers.now() + PAUSE_MS;
    };
    conversation.ask({
      content: statusRequest(from, 0),
      isWanted: true,
      sent: () => {},
      answered: (answer: Answer) => {
        ended();
        if (answer.type !== 'status') return;
        if (from === KEY_ZERO) this.#until[host] = answer.until;
        this.#note(host, answer);
      },
      passedOver: ended,
      lost: ended,
    });
  }

  #note(host: number, { ranges, until }: Status): void {
    const known = ranges.flatMap(({ low, owner }) => {
      const number = this.#hosts.numberOf(owner);
      return number === undefined ? [] : { low, owner: number };
    });
    if (known.length < ranges.length) return; // There are hosts that the service file does not name.
    this.statuses++;
    this.#owners.told(host, known, until);
  }
}
