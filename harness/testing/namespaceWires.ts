/**
 * # Links of the system's own
 *
 * Every party lives in a network of its own, and between any two there is a cable: a pair of
 * virtual network cards. Cutting a link takes one of them down, as pulling the cable would: nobody
 * is told, and what is on its way is lost. Needs Linux, its `ip` command and the right to use it.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import type { ServiceIdentity } from '../../impl/framework/identity.ts';
import type { Address } from '../../impl/framework/listener.ts';
import { CLIENTS, type Party, parties, type Wires, writeServiceFile } from './wires.ts';

/** Every replica listens on the same port of its own network. */
const PORT = 4000;

/** The names of all networks begin so; then come the process that made it and the party. */
const PREFIX = 'ironfleet-';

const ip = (...args: readonly string[]): void => {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
};

export class NamespaceWires implements Wires {
  readonly #files = new Map<Party, string>();
  readonly #count: number;

  private constructor(count: number) {
    this.#count = count;
  }

  /** Lays the links, or says nothing where that is not possible. */
  static lay(service: ServiceIdentity, directory: string): NamespaceWires | undefined {
    const wires = new NamespaceWires(service.servers.length);
    try {
      sweep();
      wires.#make();
    } catch {
      wires.close();
      return undefined;
    }
    for (const party of wires.#parties) {
      const file = writeServiceFile(directory, party, service, (replica) => ({
        host: replica === party ? '127.0.0.1' : addressOf(replica, party),
        port: PORT,
      }));
      wires.#files.set(party, file);
    }
    return wires;
  }

  serviceFile(party: Party): string {
    return this.#files.get(party) ?? '';
  }

  prefix(party: Party): readonly string[] {
    return ['ip', 'netns', 'exec', nameOf(party)];
  }

  listensOn(): Address {
    return { host: '0.0.0.0', port: PORT };
  }

  cut(one: Party, other: Party): void {
    ip('-n', nameOf(one), 'link', 'set', cardTo(other), 'down');
  }

  mend(one: Party, other: Party): void {
    ip('-n', nameOf(one), 'link', 'set', cardTo(other), 'up');
  }

  close(): void {
    for (const party of this.#parties) remove(nameOf(party));
  }

  get #parties(): readonly Party[] {
    return [CLIENTS, ...parties(this.#count, CLIENTS)];
  }

  #make(): void {
    for (const party of this.#parties) {
      ip('netns', 'add', nameOf(party));
      ip('-n', nameOf(party), 'link', 'set', 'lo', 'up');
    }
    for (const one of this.#parties) {
      for (const other of this.#parties.filter((party) => party > one)) {
        const [here, there] = [nameOf(one), nameOf(other)];
        const peer = ['peer', 'name', cardTo(one), 'netns', there];
        ip('-n', here, 'link', 'add', cardTo(other), 'type', 'veth', ...peer);
        for (const [party, remote] of [
          [one, other],
          [other, one],
        ] as const) {
          const address = `${addressOf(party, remote)}/30`;
          ip('-n', nameOf(party), 'address', 'add', address, 'dev', cardTo(remote));
          ip('-n', nameOf(party), 'link', 'set', cardTo(remote), 'up');
        }
      }
    }
  }
}

const nameOf = (party: Party): string => `${PREFIX}${process.pid}-${party}`;

/** A party's network card whose cable leads to another party. */
const cardTo = (party: Party): string => `to${party}`;

/** Where a party is found by another. A cable has four addresses, and its ends those between. */
const addressOf = (party: Party, from: Party): string => {
  const [low, high] = [Math.min(party, from), Math.max(party, from)];
  return `10.213.${low * 16 + high}.${party === low ? 1 : 2}`;
};

function remove(name: string): void {
  try {
    ip('netns', 'delete', name);
  } catch {
    // It was not made.
  }
}

/** Removes what processes that are no more have left. */
function sweep(): void {
  const directory = '/run/netns';
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory)) {
    const maker = name.startsWith(PREFIX) ? name.split('-')[1] : undefined;
    if (maker !== undefined && !existsSync(`/proc/${maker}`)) remove(name);
  }
}
