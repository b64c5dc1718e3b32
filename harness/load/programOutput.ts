/**
 * # What a client program prints
 *
 * Lines for whoever watches, all those of one turn at once; and complaints, at once.
 */
import { LineOutput } from '../../impl/framework/lineOutput.ts';
import type { Surroundings } from '../../impl/framework/serve.ts';

export class ProgramOutput {
  readonly #output: LineOutput;
  readonly #errors: LineOutput;
  #flushing = false;

  constructor({ stdout, stderr }: Pick<Surroundings, 'stdout' | 'stderr'>) {
    this.#output = new LineOutput(stdout);
    this.#errors = new LineOutput(stderr);
  }

  /** Prints a line, together with all others of this turn. */
  print(line: string): void {
    this.#output.line(line);
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      this.#output.flush();
    });
  }

  complain(line: string): void {
    this.#errors.line(line);
    this.#errors.flush();
  }

  /** Settled when all has been taken, or nobody takes it. */
  async end(): Promise<void> {
    await Promise.all([this.#output.end(), this.#errors.end()]);
  }
}
