/**
 * # The services that campaigns can run
 *
 * For each, how to draw configurations at random and how to make behaviours of one. To run
 * campaigns against a service of your own, describe it in the same way.
 */
import type fc from 'fast-check';
import type { z } from 'zod';
import { lockCampaign } from '../lock/campaign.ts';
import type { Plan } from '../simulation/plan.ts';
import type { Behaviours } from './behaviour.ts';

/** What a user may fix instead of leaving it to chance. */
export interface CampaignOptions {
  /** How many hosts. */
  readonly hosts?: number | undefined;
  /** Only what the original does. */
  readonly compatible?: boolean | undefined;
  /** How many steps of chaos a behaviour has at most. */
  readonly steps?: number | undefined;
}

/** A configuration of a service and what is to befall it: from this, a behaviour follows. */
export interface Shape<Config> {
  readonly config: Config;
  readonly plan: Plan;
}

export interface CampaignService<Config> {
  readonly name: string;
  readonly config: z.ZodType<Config>;
  shapes(options: CampaignOptions): fc.Arbitrary<Shape<Config>>;
  behaviours(config: Config): Behaviours;
}

/** A service whose configurations are checked where they are used. */
export interface AnyCampaignService {
  readonly name: string;
  shapes(options: CampaignOptions): fc.Arbitrary<Shape<unknown>>;
  /** Throws a ZodError if `config` is no configuration of this service. */
  behaviours(config: unknown): Behaviours;
}

/** Forgets the type of a service's configurations. */
export const anyService = <Config>(service: CampaignService<Config>): AnyCampaignService => ({
  name: service.name,
  shapes: (options) => service.shapes(options),
  behaviours: (config) => service.behaviours(service.config.parse(config)),
});

const SERVICES: Readonly<Record<string, AnyCampaignService>> = {
  lock: anyService(lockCampaign),
};

/** Throws a RangeError if there is no service of this name. */
export function serviceNamed(name: string): AnyCampaignService {
  const found = Object.hasOwn(SERVICES, name) ? SERVICES[name] : undefined;
  if (found !== undefined) return found;
  const known = Object.keys(SERVICES).join(', ');
  throw new RangeError(`there is no service "${name}"; choose one of: ${known}`);
}
