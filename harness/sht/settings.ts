/** # What campaigns on the hash table can be told */
import type { DescribedSettings, SettingsOf } from '../campaign/settings.ts';

export const SHT_SETTINGS = {
  clients: { takes: 'count', about: 'how many clients use the service (default: 1 to 6)' },
  keys: { takes: 'count', about: 'how many different keys they use (default: 2 to 150)' },
  administrators: {
    takes: 'nothing',
    about: 'only an administrator may have keys moved',
    otherwise: 'anybody may have keys moved, as in the original',
  },
  valueBytes: { takes: 'count', about: 'bytes of a value, at most (default: a few)' },
  delegationKeys: {
    takes: 'count',
    about: 'keys that move at a time, at most (default: 1 to 1000)',
  },
  delegationBytes: {
    takes: 'count',
    about: 'bytes of values that move at a time, at most, unless one has more',
  },
  underWay: { takes: 'count', about: 'delegations under way to one host, at most' },
  orders: { takes: 'count', about: 'orders that a host keeps in mind, at most' },
  ranges: { takes: 'count', about: 'ranges in a map, above which no more orders are taken' },
  unacked: { takes: 'count', about: 'messages that a client may leave unacknowledged, at most' },
  unackedBytes: { takes: 'count', about: 'bytes of values in those, at most' },
  peers: { takes: 'count', about: 'with how many others a host converses, at most' },
  resend: { takes: 'ms', about: 'after how long something unacknowledged is sent again' },
  resent: { takes: 'count', about: 'messages that are sent again to one peer at a time, at most' },
  maxSeqno: { takes: 'count', about: 'the highest number that a message may have' },
  maxDelegations: { takes: 'count', about: 'how many delegations a host takes part in, at most' },
} as const satisfies DescribedSettings;

export type ShtSettings = SettingsOf<typeof SHT_SETTINGS>;
