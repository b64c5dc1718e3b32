/**
 * # A process of clients
 *
 * Seen from the test: it prints a line now and then that says how far its clients have come, and
 * SIGTERM ends it.
 */
import { fileURLToPath } from 'node:url';
import { ServerProcess } from './lockServers.ts';
import { until } from './transports.ts';

/** A module of this folder as it was built, whether it runs as it is written or as it was built. */
export const programAt = (url: string): string =>
  fileURLToPath(url).replace(/\/harness\/testing\/(\w+)\.ts$/, '/dist/harness/testing/$1.js');

/** What every such process says, at least. */
export interface Progress {
  readonly calls: number;
  /** Calls of whoever made fewest. */
  readonly least: number;
}

export class CallersProcess<Said extends Progress> {
  readonly #process: ServerProcess;

  /** `args` begin with the program. `prefix` is a command that runs another in its place. */
  constructor(args: readonly string[], prefix: readonly string[] = []) {
    this.#process = new ServerProcess(args, {}, prefix);
  }

  /** What was said last; nothing before everyone is connected. */
  get progress(): Said | undefined {
    const last = this.#process.stdout.split('\n').at(-2);
    return last === undefined ? undefined : JSON.parse(last);
  }

  /** Waits until everyone has had so many more answers. */
  answered(count: number): Promise<Said> {
    const before = this.progress?.least ?? 0;
    return this.until(({ least }) => least >= before + count);
  }

  /** Waits until what it says last is as wanted. */
  async until(isAsWanted: (said: Said) => boolean): Promise<Said> {
    const wanted = (): Said | undefined => {
      const { progress } = this;
      return progress !== undefined && isAsWanted(progress) ? progress : undefined;
    };
    await until(() => this.#process.hasEnded || wanted() !== undefined);
    const said = wanted();
    if (said !== undefined) return said;
    throw new Error(`the callers have ended: ${this.#process.stderr}`);
  }

  /** Waits until nobody is answered for so many milliseconds; gives how many calls were. */
  async silent(ms: number): Promise<number> {
    for (;;) {
      const before = this.progress?.calls ?? 0;
      await new Promise((done) => setTimeout(done, ms));
      if (this.progress?.calls === before) return before;
    }
  }

  /** Ends them; gives how far they came. */
  async stop(): Promise<Said> {
    const { code, stderr } = await this.#process.stop();
    const { progress } = this;
    if (code === 0 && progress !== undefined) return progress;
    throw new Error(`the callers ended with ${code}: ${stderr}`);
  }
}
