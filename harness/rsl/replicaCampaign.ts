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
import type { RslShape } from './shape.ts';

const notDurable = (options: CampaignOptions): CampaignOptions => ({
  ...options,
  settings: { ...options.settings, durable: false },
});

export const replicaCampaign: CampaignService<RslShape> = {
  ...rslCampaign,
  level: 'impl',
  settings: rslCampaign.settings.filter((setting) => setting !== 'durable'),
  objections: (options) => rslCampaign.objections(notDurable(options)),
  shapes: (options) => rslCampaign.shapes(notDurable(options)),
  behaviours: (config) => behavioursOf(rslReplicas(config)),
};
