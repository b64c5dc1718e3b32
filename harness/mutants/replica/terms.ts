/** # What mutants of the running replica have in common. */

export const ACCEPTOR = 'impl/rsl/acceptor.ts';
export const BALLOT = 'impl/rsl/ballot.ts';
export const BATCH = 'impl/rsl/batch.ts';
export const CLIENTS = 'impl/rsl/clients.ts';
export const CONSTANTS = 'impl/rsl/constants.ts';
export const ELECTION = 'impl/rsl/election.ts';
export const END_POINTS = 'impl/framework/endPoints.ts';
export const EXECUTOR = 'impl/rsl/executor.ts';
export const LEARNER = 'impl/rsl/learner.ts';
export const MARSHAL = 'impl/rsl/marshal.ts';
export const MESSAGES = 'impl/rsl/messages.ts';
export const PARSE = 'impl/rsl/parse.ts';
export const PROPOSER = 'impl/rsl/proposer.ts';
export const PROPOSING = 'impl/rsl/proposing.ts';
export const RECEIVING = 'impl/rsl/receiving.ts';
export const REPLICA = 'impl/rsl/replica.ts';
export const REPLY_CACHE = 'impl/rsl/replyCache.ts';
export const REQUEST_QUEUE = 'impl/rsl/requestQueue.ts';
export const RETRY = 'impl/rsl/retry.ts';
export const TRANSFER = 'impl/rsl/stateTransfer.ts';
export const UNDER_WAY = 'impl/rsl/underWay.ts';
export const WAITING = 'impl/rsl/waiting.ts';

/** B0. */
export const READS = 'the implementation reads bytes as the wire format says';
export const MEANS = 'a host sends only bytes that mean something';

/** B1. */
export const BEGINS = 'the host begins as the protocol says';
export const SENDS = 'the host sends what the protocol says';
export const STATE = 'the host is in the state that the protocol says';

/** B1: the action that was taken may not be, because of this clause of its guard. */
export const unless = (clause: string): string => `the action may be taken: ${clause}`;

/** No use is made of the packet, though the protocol has a use for it. */
export const OF_USE = unless('the packet is of no use');
