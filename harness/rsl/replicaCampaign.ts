/**
 * # Campaigns on running replicas
 *
 * The configurations are those in which the protocol is tried as well, but for restarts: what runs
 * does not write down what it would have to know then.
 */
import { behavioursOf } from '../campaign/behaviour.ts';
import type { CampaignOptions, CampaignService } from '../campaign/services.ts';
import { rslCampaign } from './campaign.ts';
import { rslReplicas } from './replicas.ts';
import type { RslSettings } from './settings.ts';
import type { RslShape } from './shape.ts';

const NOT_DURABLE = 'running replicas write nothing down; try --durable with --level protocol';

const notDurable = (options: CampaignOptions<RslSettings>): CampaignOptions<RslSettings> => ({
  ...options,
  settings: { ...options.settings, durable: false },
});

export const replicaCampaign: CampaignService<RslShape, RslSettings> = {
  ...rslCampaign,
  level: 'impl',
  runs: 8_000,
  objections: (options) => [
    ...(options.settings?.durable ? [NOT_DURABLE] : []),
    ...rslCampaign.objections(options),
  ],
  shapes: (options) => rslCampaign.shapes(notDurable(options)),
  config: rslCampaign.config.refine(({ parameters }) => !parameters.durable, {
    error: NOT_DURABLE,
  }),
  behaviours: (config) => behavioursOf(rslReplicas(config)),
};
