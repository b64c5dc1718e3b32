/** # A configuration of the hash table */
import type { Configuration, Parameters } from '../../protocol/sht/configuration.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { clientInBytes, hostsInBytes, STRANGERS_IN_BYTES } from '../simulation/endPoints.ts';
import { namesOf } from '../simulation/names.ts';
import { STRANGERS } from '../simulation/strangers.ts';

export interface ShtShape {
  /** How many hosts there are. */
  readonly hosts: number;
  /** How many clients use the table, besides those who have keys moved. */
  readonly clients: number;
  /** How many different keys they use. */
  readonly keys: number;
  /** Whether only an administrator may have keys moved. */
  readonly administrators: boolean;
  readonly parameters: Parameters;
}

/** More hosts than there are letters to name them would be no service of this harness. */
export const MAX_HOSTS = 26;
export const MAX_CLIENTS = 90;

/** What everybody in a behaviour is called. */
export interface Names {
  readonly hosts: readonly EndPoint[];
  /** The client at a place, counting from 1. */
  readonly client: (place: number) => EndPoint;
  /** Who has keys moved: an administrator, where there are any. */
  readonly administrator: EndPoint;
  readonly strangers: readonly EndPoint[];
  /** Who comes when the network works again, and has never been there before. */
  readonly newcomer: EndPoint;
  /** By other names for hosts, who is meant. */
  readonly aliases: ReadonlyMap<EndPoint, EndPoint>;
}

const aliasesOf = (hosts: readonly EndPoint[], mark: string): ReadonlyMap<EndPoint, EndPoint> =>
  new Map(hosts.map((host) => [`${mark}${host}`, host]));

/** Names in messages. */
export function namesInMessages({ hosts: count }: ShtShape): Names {
  const hosts = namesOf(count);
  return {
    hosts,
    client: (place) => `client${place}`,
    administrator: 'admin1',
    strangers: STRANGERS,
    newcomer: 'newcomer',
    aliases: aliasesOf(hosts, 'key-of-'),
  };
}

/** The same where names are bytes. */
export function namesInBytes({ hosts: count }: ShtShape): Names {
  const hosts = hostsInBytes(count);
  return {
    hosts,
    client: clientInBytes,
    administrator: 'ad',
    strangers: STRANGERS_IN_BYTES,
    newcomer: clientInBytes(MAX_CLIENTS + 1),
    aliases: aliasesOf(hosts, '99'),
  };
}

export const configurationOf = (
  { administrators }: ShtShape,
  { hosts, administrator, aliases }: Names,
): Configuration => ({
  hosts,
  ...(administrators && { administrators: [administrator] }),
  aliases,
});

/** Whether hosts never run out of numbers for messages, or of delegations. */
export const isEndless = ({ parameters }: ShtShape): boolean =>
  parameters.maxSeqno === Number.MAX_SAFE_INTEGER
  && parameters.maxDelegations === Number.MAX_SAFE_INTEGER;

/** Whether hosts have room for everybody who ever speaks to them. */
export const isRoomy = ({ parameters, hosts, clients }: ShtShape): boolean =>
  parameters.maxPeers >= hosts + clients + OTHERS;

/** An administrator, two strangers and a newcomer. */
const OTHERS = 4;
