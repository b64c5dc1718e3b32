/**
 * # Who is who
 *
 * What a host knows of its service from the start and never changes.
 *
 * Follows Impl/SHT/{ConstantsState,Parameters}.i.dfy of IronFleet; departs from it in administrators
 * and in other names of hosts.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Parameters } from './parameters.ts';

export interface Configuration {
  /** In their order; the first begins with all keys. */
  readonly hosts: readonly EndPoint[];
  /** Who may have keys moved; without it anybody may, as in the original. */
  readonly administrators?: readonly EndPoint[] | undefined;
  /** Other names by which orders may call hosts. */
  readonly aliases?: ReadonlyMap<EndPoint, EndPoint> | undefined;
}

export class Constants {
  readonly me: EndPoint;
  readonly hosts: ReadonlySet<EndPoint>;
  readonly parameters: Parameters;
  readonly #administrators: ReadonlySet<EndPoint> | undefined;
  readonly #aliases: ReadonlyMap<EndPoint, EndPoint> | undefined;

  /** Throws a RangeError if `me` is no host. */
  constructor(me: EndPoint, configuration: Configuration, parameters: Parameters) {
    const { hosts, administrators, aliases } = configuration;
    if (!hosts.includes(me)) throw new RangeError(`${me} is none of the hosts`);
    this.me = me;
    this.hosts = new Set(hosts);
    this.parameters = parameters;
    this.#administrators = administrators && new Set(administrators);
    this.#aliases = aliases;
  }

  isAdministrator(id: EndPoint): boolean {
    return this.#administrators?.has(id) ?? true;
  }

  /** Whom a name in an order means. */
  hostNamed(name: EndPoint): EndPoint {
    return this.#aliases?.get(name) ?? name;
  }
}
