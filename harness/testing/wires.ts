/**
 * # Links that a test cuts
 *
 * The replicas of a service and its clients each have a service file of their own, whose addresses
 * lead over links of their own. So the link between any two of them can be cut alone.
 *
 * Here every link is a proxy in this process; `namespaceWires.ts` has links of the system's.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceIdentity } from '../../impl/framework/identity.ts';
import { serviceFileText } from '../../impl/framework/identityText.ts';
import type { Address } from '../../impl/framework/listener.ts';
import { CuttingProxy } from './cuttingProxy.ts';

/** A replica by its number from 1, or all clients: 0. */
export type Party = number;
export const CLIENTS: Party = 0;

export interface Wires {
  /** The service file that a party is to use. */
  serviceFile(party: Party): string;
  /** What a party's processes are started with, before their command. */
  prefix(party: Party): readonly string[];
  /** Where a replica listens. */
  listensOn(replica: Party): Address;
  /** Cuts the link between two parties, both ways. */
  cut(one: Party, other: Party): void;
  mend(one: Party, other: Party): void;
  close(): void;
}

/** No links of their own: everyone is where the service file says, and no link can be cut. */
export class DirectWires implements Wires {
  readonly #service: ServiceIdentity;
  readonly #file: string;

  constructor(service: ServiceIdentity, directory: string) {
    this.#service = service;
    this.#file = writeServiceFile(directory, CLIENTS, service, (replica) =>
      this.listensOn(replica),
    );
  }

  serviceFile(): string {
    return this.#file;
  }

  prefix(): readonly string[] {
    return [];
  }

  listensOn(replica: Party): Address {
    return addressIn(this.#service, replica);
  }

  cut(one: Party, other: Party): void {
    throw new Error(`there is no link between ${one} and ${other}`);
  }

  mend(): void {}

  close(): void {}
}

/** Writes the service file of a party, to whom the replicas are at these addresses. */
export function writeServiceFile(
  directory: string,
  party: Party,
  service: ServiceIdentity,
  addressOf: (replica: Party) => Address,
): string {
  const path = join(directory, `party${party}.service.txt`);
  const servers = service.servers.map((server, index) => ({ ...server, ...addressOf(index + 1) }));
  writeFileSync(path, serviceFileText({ ...service, servers }));
  return path;
}

const addressIn = ({ servers }: ServiceIdentity, replica: Party): Address => {
  const { host = '', port = 0 } = servers[replica - 1] ?? {};
  return { host, port };
};

/** Every party but `except`, of so many replicas. */
export const parties = (replicas: number, except: Party): readonly Party[] =>
  Array.from({ length: replicas + 1 }, (_, party) => party).filter((party) => party !== except);

export class ProxyWires implements Wires {
  readonly #service: ServiceIdentity;
  readonly #files = new Map<Party, string>();
  /** Those over which one party dials another, by both. */
  readonly #proxies = new Map<string, CuttingProxy>();

  private constructor(service: ServiceIdentity) {
    this.#service = service;
  }

  /** Links to the servers of a service where its file says that they are. */
  static async lay(service: ServiceIdentity, directory: string): Promise<ProxyWires> {
    const wires = new ProxyWires(service);
    const count = service.servers.length;
    for (const party of [CLIENTS, ...parties(count, CLIENTS)]) {
      const targets = parties(count, party).filter((target) => target !== CLIENTS);
      for (const target of targets) {
        const proxy = await CuttingProxy.open(wires.listensOn(target));
        wires.#proxies.set(`${party}-${target}`, proxy);
      }
      const file = writeServiceFile(directory, party, service, (replica) => {
        const proxy = wires.#proxies.get(`${party}-${replica}`);
        return proxy ? { host: '127.0.0.1', port: proxy.port } : wires.listensOn(replica);
      });
      wires.#files.set(party, file);
    }
    return wires;
  }

  serviceFile(party: Party): string {
    return this.#files.get(party) ?? '';
  }

  prefix(): readonly string[] {
    return [];
  }

  listensOn(replica: Party): Address {
    return addressIn(this.#service, replica);
  }

  /** The proxies of a link, one for each party that dials. */
  link(one: Party, other: Party): readonly CuttingProxy[] {
    return [`${one}-${other}`, `${other}-${one}`].flatMap((name) => this.#proxies.get(name) ?? []);
  }

  /** All links. */
  get all(): readonly CuttingProxy[] {
    return [...this.#proxies.values()];
  }

  cut(one: Party, other: Party): void {
    for (const proxy of this.link(one, other)) proxy.cut();
  }

  mend(one: Party, other: Party): void {
    for (const proxy of this.link(one, other)) proxy.mend();
  }

  close(): void {
    for (const proxy of this.all) proxy.close();
  }
}
