/**
 * # The services whose traces can be checked
 *
 * By the type that a service file and a trace give. To check traces of a service of your own,
 * describe it as these are.
 */
import { lockTrace } from '../lock/trace.ts';
import { REPLICA_TRACES } from '../rsl/trace.ts';
import { shtTrace } from '../sht/trace.ts';
import type { TracedService } from './service.ts';

export const TRACED_SERVICES: Readonly<Record<string, TracedService>> = {
  IronLock: lockTrace,
  ...REPLICA_TRACES,
  IronSHT: shtTrace,
};
