/** # What several mutants of the hash table have in common. */
import type { CampaignOptions } from '../campaign/services.ts';

/** The law of B3 that speaks of the table as a whole. */
export const SPECIFIED = 'the step is one of the specification';

/** The law of B4. */
export const EXECUTED = 'what a server replies was executed';

/** The laws of liveness; which of them is asked depends on whether there is room for a newcomer. */
export const LANDS: readonly string[] = [
  'once the network delivers, all that hosts hand on lands in time, and clients are served',
  'once the network delivers, all that hosts hand on lands in time',
];

/** A service in which keys come and go all the time, a few at once. */
export const RESTLESS: CampaignOptions = {
  hosts: 3,
  compatible: false,
  settings: { delegationKeys: 2, keys: 12, clients: 4 },
};

/** A service of the original. */
export const ORIGINAL: CampaignOptions = { compatible: true };

/** A service in which orders wait for their recipients, and others come meanwhile. */
export const CROWDED: CampaignOptions = {
  hosts: 4,
  compatible: false,
  settings: { delegationKeys: 1, keys: 20, clients: 6, underWay: 1 },
};
