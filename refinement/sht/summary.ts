/**
 * # From a host's summary to the protocol's host (B1)
 *
 * A trace keeps of a running host only numbers and sizes. Whoever has the packets works out with
 * the protocol what the host's whole state must be; each number of the summary is compared with
 * that. What a summary does not show, comes out later in what the host sends.
 */
import type { Configuration } from '../../impl/sht/configuration.ts';
import type { Parameters } from '../../impl/sht/parameters.ts';
import type { HostSummary } from '../../impl/sht/summary.ts';
import type { Host } from '../../protocol/sht/host.ts';
import type { Message } from '../../protocol/sht/messages.ts';
import { peerOf } from '../../protocol/sht/singleDelivery.ts';
import type { State } from '../../spec/sht/service.ts';
import { type Comparison, same, within } from '../framework/comparison.ts';
import type { Refinement } from '../framework/monitor.ts';
import type { Ghost } from './ghost.ts';
import { bytesIn, shtSystem } from './service.ts';

/** What each field of a summary says; the compiler demands that each is looked at. */
const MEANING: { readonly [Field in keyof HostSummary]: (h: Host) => HostSummary[Field] } = {
  keys: ({ table }) => table.size,
  ranges: ({ delegationMap }) => delegationMap.length,
  peers: ({ peers }) => peers.size,
  unacked: ({ constants, peers }) => {
    let unacked = 0;
    for (const host of constants.hosts) unacked += peerOf(peers, host).unacked.length;
    return unacked;
  },
  waiting: ({ received }) => received !== undefined,
  orders: ({ orders }) => orders.length,
  numDelegations: ({ numDelegations }) => numDelegations,
  resentAt: ({ resentAt }) => resentAt,
  noted: ({ noted }) => noted.size,
};

type Field = readonly [name: keyof HostSummary, meaning: (h: Host) => unknown];
const FIELDS = Object.entries(MEANING) as readonly Field[];

/** Where a summary is not that of a host in this state. */
export const compareSummary: Comparison<HostSummary, Host> = (summary, h) => {
  for (const [name, meaning] of FIELDS) {
    const found = same(summary[name], meaning(h));
    if (found !== undefined) return within(`.${name}`, found);
  }
  return undefined;
};

/**
 * Everything that is checked of hosts of which only summaries are known. Throws a RangeError that
 * says why not, where they or the parameters make no service.
 */
export const summaryRefinement = (
  configuration: Configuration,
  parameters: Parameters,
): Refinement<HostSummary, Host, Message, Ghost, State> => ({
  ...shtSystem(configuration, parameters),
  ...bytesIn(parameters),
  compare: compareSummary,
});
