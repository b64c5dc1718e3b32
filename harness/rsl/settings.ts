/** # What campaigns on the replicated service can be told */
import type { DescribedSettings, SettingsOf } from '../campaign/settings.ts';

export const RSL_SETTINGS = {
  clients: { takes: 'count', about: 'how many clients use the service (default: 1 to 6)' },
  application: { takes: 'name', about: 'what is replicated: counter or kv' },
  window: { takes: 'count', about: 'operations under way at once (default: 1 to 7)' },
  batch: { takes: 'count', about: 'requests in a batch, at most (default: 1 to 4)' },
  batchBytes: {
    takes: 'count',
    about: 'bytes of requests in a batch, at most, unless one has more',
  },
  batchDelay: { takes: 'ms', about: 'how long a batch waits to be full' },
  viewTimeout: { takes: 'ms', about: 'how long a leader may leave a request alone, at first' },
  heartbeat: { takes: 'ms', about: 'how often replicas say that they are alive' },
  retry: { takes: 'ms', about: 'after how long something lost is asked for again' },
  cachedReplies: { takes: 'count', about: "how many clients' latest replies are kept" },
  maxInteger: { takes: 'count', about: 'beyond which no counter grows' },
  durable: {
    takes: 'nothing',
    about: 'replicas write down what a crash must not undo, and may start again',
    otherwise: 'replicas that stop are gone for good',
  },
} as const satisfies DescribedSettings;

export type RslSettings = SettingsOf<typeof RSL_SETTINGS>;
