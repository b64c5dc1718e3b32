/**
 * # Who leads
 *
 * Only the replica that leads does anything about a request, and no replica passes requests on. So
 * a client wants to ask the leader, and nobody tells it who that is. It guesses:
 *
 * - While nobody is guessed, everybody is asked. Whoever answers first is guessed, *on trial*.
 * - Whoever was asked alone, and the request was answered, leads: now it is *confirmed*. Who gave
 *   the answer does not matter, for there are services in which all replicas answer.
 * - Who is on trial and brings no answer soon, or is silent while others answer, is ruled out, and
 *   somebody else will be guessed.
 * - If others answer and the guessed one is silent, or its connection breaks, or nothing is
 *   answered for long, nobody is guessed any more.
 *
 * The original's client asks one after the other, a second each.
 */

/** How many usual answer times one on trial is given, and the least, in milliseconds. */
const TRIAL_TIMES = 4;
const SHORTEST_TRIAL_MS = 100;
/** How long a first answer may take before anything is known, in milliseconds. */
const FIRST_TRIAL_MS = 500;

/** How far patience grows, as multiples of the retry time. */
const MOST_PATIENCE = 8;
/** How often it doubles from one vain round to the next. */
const DOUBLINGS = 2;

/** What an answer says about how things are. */
export interface Answer {
  readonly by: number;
  /** All servers that were sent the request. */
  readonly asked: readonly number[];
  /** From first sending the request to its first answer, in milliseconds. */
  readonly tookMs: number;
}

export class LeaderGuess {
  /** Who is guessed, by number. The first server leads at first. */
  #target: number | undefined = 0;
  #confirmed = false;
  /** Who was confirmed last, and how often that was somebody new. */
  #lastConfirmed: number | undefined;
  #changes = 0;
  /** Who was on trial in vain since somebody was confirmed. */
  readonly #ruledOut = new Set<number>();
  /** When somebody else answered, if nothing was heard from the target since. */
  #doubtSince = Number.POSITIVE_INFINITY;
  /** How long answers take of late, in milliseconds. */
  #usualMs: number | undefined;
  /** How many rounds of asking were in vain since the last answer. */
  #vain = 0;
  readonly #servers: number;
  readonly #retryMs: number;

  constructor(servers: number, retryMs: number) {
    this.#servers = servers;
    this.#retryMs = retryMs;
  }

  /** The one to ask; if there is none, everybody. */
  get target(): number | undefined {
    return this.#target;
  }

  /** The one that leads, as far as is known. */
  get confirmed(): number | undefined {
    return this.#confirmed ? this.#target : undefined;
  }

  /** How often somebody else was found to lead than before. */
  get changes(): number {
    return this.#changes;
  }

  /** How long to wait for something that usually comes at once, in milliseconds. */
  get trialMs(): number {
    const usual = this.#usualMs === undefined ? FIRST_TRIAL_MS : TRIAL_TIMES * this.#usualMs;
    return Math.min(Math.max(usual, SHORTEST_TRIAL_MS), this.#retryMs);
  }

  /** How long to wait for an answer before it is asked again, in milliseconds. */
  get patienceMs(): number {
    if (this.#target !== undefined && !this.#confirmed) return this.trialMs;
    const usual = TRIAL_TIMES * (this.#usualMs ?? 0);
    const patience = Math.min(Math.max(usual, this.#retryMs), MOST_PATIENCE * this.#retryMs);
    return patience * 2 ** Math.min(Math.max(this.#vain - 1, 0), DOUBLINGS);
  }

  /** When to stop believing in a target that is silent while others answer. */
  get doubtDeadline(): number {
    return this.#doubtSince + this.trialMs;
  }

  /** A server has sent a reply, be it a repeated one. */
  heard(server: number): void {
    if (server === this.#target) this.#doubtSince = Number.POSITIVE_INFINITY;
  }

  /** A request has been answered for the first time. */
  answered(answer: Answer, now: number, isConnected: (server: number) => boolean): void {
    this.#vain = 0;
    const { by, asked } = answer;
    const alone = asked.length === 1;
    this.#learnTime(alone ? answer.tookMs : Math.min(answer.tookMs, this.#retryMs));
    if (this.#target === undefined) {
      this.#try(by, isConnected);
    } else {
      if (alone && asked[0] === this.#target && !this.#confirmed) this.#confirm(this.#target);
      if (by !== this.#target) this.#doubtSince = Math.min(this.#doubtSince, now);
    }
  }

  /** Nothing was answered for as long as patience lasts. */
  despair(): void {
    this.#vain++;
    this.doubt();
  }

  /** The target is not believed in any longer. */
  doubt(): void {
    if (this.#target !== undefined && !this.#confirmed) this.#ruledOut.add(this.#target);
    this.forget();
  }

  /** From now on nobody is guessed. */
  forget(): void {
    this.#target = undefined;
    this.#confirmed = false;
    this.#doubtSince = Number.POSITIVE_INFINITY;
  }

  /** Guesses whoever answered, unless it is ruled out and another is not. */
  #try(by: number, isConnected: (server: number) => boolean): void {
    this.#target = by;
    if (!this.#ruledOut.has(by)) return;
    for (let step = 1; step < this.#servers; step++) {
      const other = (by + step) % this.#servers;
      if (!this.#ruledOut.has(other) && isConnected(other)) {
        this.#target = other;
        return;
      }
    }
    this.#ruledOut.clear();
  }

  #confirm(target: number): void {
    this.#confirmed = true;
    this.#ruledOut.clear();
    if (this.#lastConfirmed !== undefined && this.#lastConfirmed !== target) this.#changes++;
    this.#lastConfirmed = target;
  }

  #learnTime(tookMs: number): void {
    const usual = this.#usualMs ?? tookMs;
    this.#usualMs = usual + (tookMs - usual) / 8;
  }
}
