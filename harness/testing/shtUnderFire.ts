/**
 * # Hosts of the hash table under fire
 *
 * The hosts of a hash table as processes, every one recording a trace, over links that can be cut;
 * and clients that never stop asking, while keys move. At the end both are checked: what clients
 * saw, without a look inside, and what hosts did, step by step.
 */
import { join } from 'node:path';
import { expect } from 'vitest';
import { CLI, type Ended, ServerProcess } from './lockServers.ts';
import { expectSoundFiles } from './rslUnderFire.ts';
import type { ShtService } from './shtServers.ts';
import { TableCallers, type TableCallersOptions, type TableProgress } from './tableCallers.ts';
import { CLIENTS, type Party, type Wires } from './wires.ts';

/** Pieces so small that ranges move in many, and timers short enough for a test. */
export const SMALL_PIECES = ['delegationkeys=40', 'delegationbytes=30000', 'resend=200'];

/** Callers who leave the hosts time for other things. */
export const CALLERS: TableCallersOptions = {
  clients: 6,
  lanes: 2,
  keys: 6,
  filled: 1_200,
  pauseMs: 15,
  seed: 1,
};

export interface ShtOutcome {
  /** What became of each host. */
  readonly ended: readonly Ended[];
  readonly callers: TableProgress;
  /** How often something is counted in the summaries of all hosts. */
  summed(name: string): number;
}

export class HostsUnderFire {
  readonly callers: TableCallers;
  readonly #service: ShtService;
  readonly #wires: Wires;
  readonly #hosts: readonly ServerProcess[];
  readonly #historyFile: string;

  private constructor(
    service: ShtService,
    wires: Wires,
    options: readonly string[],
    callers: TableCallersOptions,
  ) {
    this.#service = service;
    this.#wires = wires;
    this.#hosts = Array.from({ length: service.count }, (_, index) => {
      const number = index + 1;
      const { host, port } = wires.listensOn(number);
      const files = [wires.serviceFile(number), service.privateKeyFile(number)];
      const own = [`addr=${host}`, `port=${port}`, `trace=${traceOf(service, number)}`];
      const args = [CLI, 'sht-server', ...files, ...own, ...options];
      return new ServerProcess(args, {}, wires.prefix(number));
    });
    this.#historyFile = join(service.directory, 'history');
    this.callers = new TableCallers(
      wires.serviceFile(CLIENTS),
      this.#historyFile,
      { administratorFile: service.administratorFile(1), ...callers },
      wires.prefix(CLIENTS),
    );
  }

  /** Starts all; settled when everyone asks and is answered, and keys have begun to move. */
  static async start(
    service: ShtService,
    wires: Wires,
    options: readonly string[] = SMALL_PIECES,
    callers = CALLERS,
  ): Promise<HostsUnderFire> {
    const under = new HostsUnderFire(service, wires, options, callers);
    await under.callers.until(({ least, moves }) => least >= 5 && moves >= 3);
    return under;
  }

  /** The host with this number, counted from 1. */
  host(number: Party): ServerProcess {
    return this.#hosts[number - 1] as ServerProcess;
  }

  /** All hosts but these. */
  others(...numbers: readonly Party[]): readonly Party[] {
    const all = this.#hosts.map((_, index) => index + 1);
    return all.filter((number) => !numbers.includes(number));
  }

  /** Cuts or mends the links of a party with others. */
  cut(one: Party, others: readonly Party[]): void {
    for (const other of others) this.#wires.cut(one, other);
  }

  mend(one: Party, others: readonly Party[]): void {
    for (const other of others) this.#wires.mend(one, other);
  }

  get traceFiles(): readonly string[] {
    return this.#hosts.map((_, index) => traceOf(this.#service, index + 1));
  }

  /** Waits until so many more orders have been obeyed: keys are moving. */
  async moved(count: number): Promise<void> {
    const before = this.callers.progress?.moves ?? 0;
    await this.callers.until(({ moves }) => moves >= before + count);
  }

  /** Waits until some host has an order that it has not carried out. */
  async ordered(): Promise<void> {
    await this.callers.until(({ orders }) => orders > 0);
  }

  /** Has everything come to rest, when enough has happened to be checked, and stops all. */
  async stop(): Promise<ShtOutcome> {
    await this.callers.until(({ moves, calls }) => moves >= 10 && calls >= 300);
    const callers = await this.callers.stop();
    const ended = await Promise.all(this.#hosts.map((host) => host.stop()));
    return { ended, callers, summed: (name) => summedIn(ended, name) };
  }

  /**
   * What clients saw is one table's doing, what hosts did is allowed, nobody was left unanswered,
   * and no key was lost.
   */
  async expectSound({ ended, callers }: ShtOutcome): Promise<void> {
    expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual(ended.map(() => [0, '']));
    expect(callers).toMatchObject({ lost: 0, trouble: '', wrong: 0 });
    await expectSoundFiles([this.#historyFile], this.traceFiles);
  }
}

const traceOf = ({ directory }: ShtService, number: Party): string =>
  join(directory, `${number}.trace`);

/** The sum of what is counted under a name in the summaries of servers that have ended. */
export function summedIn(ended: readonly Ended[], name: string): number {
  const counted = new RegExp(`^Summary: .*\\b${name} (\\d+)`, 'm');
  return ended.reduce((sum, { stdout }) => sum + Number(counted.exec(stdout)?.[1] ?? 0), 0);
}
