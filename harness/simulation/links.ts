/**
 * # Which host can reach which
 *
 * Each direction of each link may be cut until some time. A cut may leak: then it lets a share of
 * what it meets through.
 */
export class Links {
  readonly #count: number;
  readonly #cutUntil: number[];
  readonly #leak: number[];
  #anyCut = false;

  constructor(count: number) {
    this.#count = count;
    this.#cutUntil = new Array<number>(count * count).fill(0);
    this.#leak = new Array<number>(count * count).fill(0);
  }

  isCut(from: number, to: number): boolean {
    return this.#anyCut && (this.#cutUntil[from * this.#count + to] as number) > 0;
  }

  /** The share of packets that gets through where this direction of this link is cut. */
  leak(from: number, to: number): number {
    return this.#leak[from * this.#count + to] as number;
  }

  /** Cuts one direction of one link. */
  cut(from: number, to: number, until: number, leak = 0): void {
    this.#anyCut = true;
    this.#cutUntil[from * this.#count + to] = until;
    this.#leak[from * this.#count + to] = leak;
  }

  /** Cuts a host off from all others, both ways. */
  cutOff(host: number, until: number, leak = 0): void {
    for (let other = 0; other < this.#count; other++) {
      if (other === host) continue;
      this.cut(host, other, until, leak);
      this.cut(other, host, until, leak);
    }
  }

  /** Mends the links whose time is over. */
  mendExpired(now: number): void {
    if (!this.#anyCut) return;
    this.#anyCut = false;
    for (let link = 0; link < this.#cutUntil.length; link++) {
      if ((this.#cutUntil[link] as number) <= now) this.#cutUntil[link] = 0;
      else this.#anyCut = true;
    }
  }

  mend(): void {
    this.#anyCut = false;
    this.#cutUntil.fill(0);
  }
}
