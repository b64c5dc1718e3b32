/**
 * # The adversary's budget
 *
 * What may go wrong in a behaviour and how often. Probabilities are for each packet, or for each
 * turn that the adversary gets; times are in milliseconds of virtual time.
 */
export interface FaultPlan {
  /** The share of packets that never arrive; more on some links and less on others. */
  readonly loss: number;
  /** The share of packets that arrive twice or more often. */
  readonly duplication: number;
  /** An ordinary packet takes up to this long. */
  readonly latency: number;
  /** The share of packets that take up to a hundred times as long. */
  readonly straggling: number;
  /** How often, per turn, one link is cut in one direction, or a host is cut off both ways. */
  readonly partition: number;
  /** How often, per turn, a host stops for a while and then goes on. */
  readonly pause: number;
  /** How far, at most, clocks differ at the start. */
  readonly skew: number;
  /** How much faster or slower than time itself clocks run, at most: 0.1 is ten per cent. */
  readonly drift: number;
  /** How often, per turn, a clock is set forward or back. */
  readonly jump: number;
  /** How often, per turn, a stranger sends something: rubbish, or what hosts have said before. */
  readonly stranger: number;
  /** How often, per turn, a host that may do so stops without warning and starts again. */
  readonly restart: number;
}

/** A network that does what it can. */
export const NO_FAULTS: FaultPlan = {
  loss: 0,
  duplication: 0,
  latency: 1,
  straggling: 0,
  partition: 0,
  pause: 0,
  skew: 0,
  drift: 0,
  jump: 0,
  stranger: 0,
  restart: 0,
};

/** How often each kind of fault happened. */
export const noFaultsYet = () => ({
  'a packet was lost': 0,
  'a packet was repeated': 0,
  'a packet overtook another': 0,
  'a packet was late': 0,
  'a link was cut one way': 0,
  'a host was cut off': 0,
  'a packet met a cut link': 0,
  'a host paused': 0,
  'a clock was set forward': 0,
  'a clock was set back': 0,
  'a stranger sent rubbish': 0,
  'a stranger repeated a host': 0,
  'a stranger sent something huge': 0,
  'a stranger lied': 0,
  'a host was started again': 0,
  'a packet met a host that was down': 0,
});

export type FaultCounts = ReturnType<typeof noFaultsYet>;

/** The faults that take two hosts. */
export const LINK_FAULTS: readonly (keyof FaultCounts)[] = [
  'a link was cut one way',
  'a packet met a cut link',
];

/** The faults of hosts that may start again. */
export const RESTART_FAULTS: readonly (keyof FaultCounts)[] = [
  'a host was started again',
  'a packet met a host that was down',
];
