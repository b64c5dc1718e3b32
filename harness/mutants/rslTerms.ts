/** # What several mutants of the replicated service have in common. */
import type { CampaignOptions } from '../campaign/services.ts';

/** The laws of liveness. */
export const ANSWERED =
  'once a quorum lives and the network delivers, a request is answered in time';
export const CAUGHT_UP =
  'once a quorum lives and the network delivers, every live replica answers in time';
/** Which of them is asked depends on what replicas do about messages that are lost. */
export const PROGRESS: readonly string[] = [ANSWERED, CAUGHT_UP];

export const QUIET =
  'once nobody asks for more, nothing waits at a quorum and views end no more, in time';

/** The law of B4. */
export const EXECUTED = 'what a server replies was executed';

/** A service where leaders often come and go, and clients keep them busy. */
export const RESTLESS: CampaignOptions = {
  hosts: 3,
  compatible: true,
  settings: { viewTimeout: 5, heartbeat: 20, batch: 1, clients: 6 },
};

/** A service where one leader follows the other. */
export const CHANGING: CampaignOptions = { hosts: 3, settings: { viewTimeout: 25 } };

/** A service of replicas that start again. */
export const DURABLE: CampaignOptions = { settings: { durable: true } };
