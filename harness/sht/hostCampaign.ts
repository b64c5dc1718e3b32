/** # Campaigns on running hosts of the hash table, in the configurations of its protocol. */
import { behavioursOf } from '../campaign/behaviour.ts';
import type { CampaignService } from '../campaign/services.ts';
import { shtCampaign } from './campaign.ts';
import { shtHosts } from './hosts.ts';
import type { ShtSettings } from './settings.ts';
import type { ShtShape } from './shape.ts';

export const shtHostCampaign: CampaignService<ShtShape, ShtSettings> = {
  ...shtCampaign,
  level: 'impl',
  behaviours: (config) => behavioursOf(shtHosts(config)),
};
