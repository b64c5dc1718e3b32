/**
 * # The services that campaigns can run
 *
 * For each, and for each level at which it can be run, how to draw configurations at random and how
 * to make behaviours of one. To run campaigns against a service of your own, describe it in the
 * same way.
 */
import type fc from 'fast-check';
import type { z } from 'zod';
import { lockCampaign, lockProtocolCampaign } from '../lock/campaign.ts';
import { rslCampaign } from '../rsl/campaign.ts';
import { replicaCampaign } from '../rsl/replicaCampaign.ts';
import { shtCampaign } from '../sht/campaign.ts';
import { shtHostCampaign } from '../sht/hostCampaign.ts';
import type { Plan } from '../simulation/plan.ts';
import type { Behaviours } from './behaviour.ts';
import type { Level } from './level.ts';
import type { DescribedSettings, Settings } from './settings.ts';

/** What a user may fix instead of leaving it to chance. */
export interface CampaignOptions<Told = Settings> {
  /** How many hosts. */
  readonly hosts?: number | undefined;
  /** Only what the original does. */
  readonly compatible?: boolean | undefined;
  /** How many steps of chaos a behaviour has at most. */
  readonly steps?: number | undefined;
  readonly settings?: Told | undefined;
}

/** A configuration of a service and what is to befall it: from this, a behaviour follows. */
export interface Shape<Config> {
  readonly config: Config;
  readonly plan: Plan;
}

interface Described<Told> {
  readonly name: string;
  readonly level: Level;
  /** How many behaviours a campaign tries unless it is told. */
  readonly runs: number;
  /** The settings that this service has. */
  readonly settings: DescribedSettings;
  /** Why no configuration can be as these options want it, each reason in a sentence. */
  objections(options: CampaignOptions<Told>): readonly string[];
  /** What is legal in these options but seldom meant, each in a sentence. */
  remarks(options: CampaignOptions<Told>): readonly string[];
}

export interface CampaignService<Config, Told extends Settings = Settings> extends Described<Told> {
  readonly config: z.ZodType<Config>;
  shapes(options: CampaignOptions<Told>): fc.Arbitrary<Shape<Config>>;
  behaviours(config: Config): Behaviours;
}

/**
 * A service whose configurations are checked where they are used, and which is told only what is
 * among its settings.
 */
export interface AnyCampaignService extends Described<Settings> {
  shapes(options: CampaignOptions): fc.Arbitrary<Shape<unknown>>;
  /** Throws a ZodError if `config` is no configuration of this service. */
  behaviours(config: unknown): Behaviours;
}

/** Forgets the types of a service's configurations and settings. */
export const anyService = <Config, Told extends Settings = Settings>(
  service: CampaignService<Config, Told>,
): AnyCampaignService => ({
  ...service,
  objections: (options) => service.objections(options as CampaignOptions<Told>),
  remarks: (options) => service.remarks(options as CampaignOptions<Told>),
  shapes: (options) => {
    for (const name of Object.keys(options.settings ?? {})) {
      if (Object.hasOwn(service.settings, name)) continue;
      throw new RangeError(`${service.name} has no setting "${name}"`);
    }
    return service.shapes(options as CampaignOptions<Told>);
  },
  behaviours: (config) => service.behaviours(service.config.parse(config)),
});

/** Each service with its levels, the one that is meant where nothing is said first. */
const SERVICES: Readonly<Record<string, readonly AnyCampaignService[]>> = {
  lock: [anyService(lockCampaign), anyService(lockProtocolCampaign)],
  rsl: [anyService(replicaCampaign), anyService(rslCampaign)],
  sht: [anyService(shtHostCampaign), anyService(shtCampaign)],
};

/** Throws a RangeError if there is no service of this name, or not at this level. */
export function serviceNamed(name: string, level?: Level): AnyCampaignService {
  const levels = Object.hasOwn(SERVICES, name) ? SERVICES[name] : undefined;
  if (levels === undefined) {
    const known = Object.keys(SERVICES).join(', ');
    throw new RangeError(`there is no service "${name}"; choose one of: ${known}`);
  }
  const found = level === undefined ? levels[0] : levels.find((each) => each.level === level);
  if (found !== undefined) return found;
  const known = levels.map((each) => each.level).join(', ');
  throw new RangeError(`${name} cannot be run at the level "${level}", only at: ${known}`);
}
