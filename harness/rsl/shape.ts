/** # A configuration of the replicated service. */
import type { Parameters } from '../../protocol/rsl/configuration.ts';
import { namesOf } from '../simulation/names.ts';
import type { ApplicationName } from './requests.ts';

export interface RslShape {
  /** How many replicas there are. */
  readonly replicas: number;
  readonly application: ApplicationName;
  readonly parameters: Parameters;
  /** How many clients use the service. */
  readonly clients: number;
}

/** More replicas than there are letters to name them would be no service of this harness. */
export const MAX_REPLICAS = 26;

/** Replicas called a, b, c and so on. */
export const replicasOf = namesOf;
