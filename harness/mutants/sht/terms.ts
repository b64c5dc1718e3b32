/** # What mutants of the running hash table have in common. */
import type { CampaignOptions } from '../../campaign/services.ts';

export const BYTE_STRINGS = 'impl/framework/byteStrings.ts';
export const HOST = 'impl/sht/host.ts';
export const MAP = 'impl/sht/delegationMap.ts';
export const MARSHAL = 'impl/sht/marshal.ts';
export const MOVING = 'impl/sht/moving.ts';
export const PARSE = 'impl/sht/parse.ts';
export const PEER = 'impl/sht/peer.ts';
export const PROCESSING = 'impl/sht/processing.ts';
export const RECEIVING = 'impl/sht/receiving.ts';
export const RESENDING = 'impl/sht/resending.ts';
export const TABLE = 'impl/sht/table.ts';

/** A service of hosts of this kind. */
export const OURS: CampaignOptions = { compatible: false };
