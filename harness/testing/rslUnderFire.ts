/**
 * # Replicas under fire
 *
 * The replicas of a key-value store as processes, every one recording a trace, over links that can
 * be cut; and clients that never stop asking. At the end both are checked: what clients saw,
 * without a look inside, and what replicas did, step by step.
 */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { CLI, type Ended, ironfleet, ServerProcess } from './lockServers.ts';
import type { RslService } from './rslServers.ts';
import { type CallersOptions, type CallersProgress, StoreCallers } from './storeCallers.ts';
import { CLIENTS, type Party, type Wires } from './wires.ts';

/** Timers short enough for a test, long enough for a busy machine. */
export const QUICK = ['viewtimeout=400', 'heartbeat=50', 'retry=50'];

/** Callers who leave the replicas time for other things. */
export const CALLERS: CallersOptions = { clients: 6, lanes: 2, keys: 4, pauseMs: 15, seed: 1 };

export interface Outcome {
  /** What became of each replica. */
  readonly ended: readonly Ended[];
  readonly callers: CallersProgress;
  /** How often something is counted in the summaries of the replicas that ended in good order. */
  summed(name: string): number;
}

export class ReplicasUnderFire {
  readonly callers: StoreCallers;
  readonly #service: RslService;
  readonly #wires: Wires;
  readonly #replicas: readonly ServerProcess[];
  readonly #historyFile: string;

  private constructor(
    service: RslService,
    wires: Wires,
    options: readonly string[],
    callers: CallersOptions,
  ) {
    this.#service = service;
    this.#wires = wires;
    this.#replicas = Array.from({ length: service.count }, (_, index) =>
      this.#start(index + 1, options),
    );
    this.#historyFile = join(service.directory, 'history');
    this.callers = new StoreCallers(
      wires.serviceFile(CLIENTS),
      this.#historyFile,
      callers,
      wires.prefix(CLIENTS),
    );
  }

  /** Starts all; settled when everyone asks and is answered. */
  static async start(
    service: RslService,
    wires: Wires,
    options: readonly string[] = QUICK,
    callers = CALLERS,
  ): Promise<ReplicasUnderFire> {
    const under = new ReplicasUnderFire(service, wires, options, callers);
    await under.callers.answered(10);
    return under;
  }

  /** The replica with this number, counted from 1. */
  replica(number: Party): ServerProcess {
    return this.#replicas[number - 1] as ServerProcess;
  }

  /** Who leads, as the clients think; waits until they do. */
  async leader(): Promise<Party> {
    for (;;) {
      const { leader } = await this.callers.answered(1);
      if (leader !== undefined) return leader;
    }
  }

  /** All replicas but these. */
  others(...numbers: readonly Party[]): readonly Party[] {
    const all = this.#replicas.map((_, index) => index + 1);
    return all.filter((number) => !numbers.includes(number));
  }

  /** Cuts or mends the links of a party with others. */
  cut(one: Party, others: readonly Party[]): void {
    for (const other of others) this.#wires.cut(one, other);
  }

  mend(one: Party, others: readonly Party[]): void {
    for (const other of others) this.#wires.mend(one, other);
  }

  async stop(): Promise<Outcome> {
    const callers = await this.callers.stop();
    const ended = await Promise.all(this.#replicas.map((replica) => replica.stop()));
    const summaries = ended.map(({ stdout }) => /^Summary: .*$/m.exec(stdout)?.[0] ?? '');
    const count = (summary: string, name: string): number =>
      Number(new RegExp(`\\b${name} (\\d+)`).exec(summary)?.[1] ?? 0);
    const summed = (name: string): number =>
      summaries.reduce((sum, summary) => sum + count(summary, name), 0);
    return { ended, callers, summed };
  }

  get historyFiles(): readonly string[] {
    return [this.#historyFile];
  }

  get traceFiles(): readonly string[] {
    return this.#replicas.map((_, index) => this.#service.traceFile(index + 1));
  }

  #start(number: Party, options: readonly string[]): ServerProcess {
    const { directory } = this.#service;
    const key = join(directory, `${number}.key`);
    copyFileSync(this.#service.privateKeyFile(number), key);
    const { host, port } = this.#wires.listensOn(number);
    const trace = this.#service.traceFile(number);
    const args = [this.#wires.serviceFile(number), key, `addr=${host}`, `port=${port}`];
    return new ServerProcess(
      [CLI, 'rsl-kv-server', ...args, `trace=${trace}`, ...options],
      {},
      this.#wires.prefix(number),
    );
  }
}

/** What clients saw is one store's doing, and what replicas did is allowed. */
export async function expectSound(fire: ReplicasUnderFire, { callers }: Outcome): Promise<void> {
  await expectSoundFiles(fire.historyFiles, fire.traceFiles);
  // There was something to check.
  expect(callers.calls).toBeGreaterThan(300);
}

/** The same of files. */
export async function expectSoundFiles(
  histories: readonly string[],
  traces: readonly string[],
): Promise<void> {
  const [seen, done] = await Promise.all([
    ironfleet('check-history', '--json', ...histories),
    // Who was killed may have been writing a line.
    ironfleet('check-trace', '--json', '--allow-torn', ...traces),
  ]);
  for (const [{ code, stdout, stderr }, verdict] of [
    [done, 'legal'],
    [seen, 'linearizable'],
  ] as const) {
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ verdict });
  }
  expect(JSON.parse(done.stdout).specSteps).toBeGreaterThan(0);
}
