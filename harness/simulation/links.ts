/** # Which host can reach which: each direction of each link may be cut until some time. */
export class Links {
  readonly #count: number;
  readonly #cutUntil: number[];
  #anyCut = false;

  constructor(count: number) {
    this.#count = count;
    this.#cutUntil = new Array<number>(count * count).fill(0);
  }

  isCut(from: number, to: number): boolean {
    return this.#anyCut && (this.#cutUntil[from * this.#count + to] as number) > 0;
  }

  /** Cuts one direction of one link. */
  cut(from: number, to: number, until: number): void {
    this.#anyCut = true;
    this.#cutUntil[from * this.#count + to] = until;
  }

  /** Cuts a host off from all others, both ways. */
  cutOff(host: number, until: number): void {
    for (let other = 0; other < this.#count; other++) {
      if (other === host) continue;
      this.cut(host, other, until);
      this.cut(other, host, until);
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
