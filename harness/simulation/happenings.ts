/** # What happens next: whatever is due earliest, and of that whatever was put down first. */
import TinyQueue from 'tinyqueue';

export type Happening<P> =
  | { readonly type: 'deliver'; readonly host: number; readonly parcel: P; readonly sentAt: number }
  | { readonly type: 'wake'; readonly host: number }
  | { readonly type: 'reply'; readonly client: number; readonly parcel: P }
  | { readonly type: 'client'; readonly client: number }
  | { readonly type: 'turn' };

interface Due<P> {
  readonly time: number;
  readonly order: number;
  readonly happening: Happening<P>;
}

export class Happenings<P> {
  readonly #queue = new TinyQueue<Due<P>>([], (a, b) => a.time - b.time || a.order - b.order);
  #order = 0;

  put(time: number, happening: Happening<P>): void {
    this.#queue.push({ time, order: this.#order++, happening });
  }

  /** Takes what happens next away; nothing if nothing ever will. */
  take(): Due<P> | undefined {
    return this.#queue.pop();
  }
}
