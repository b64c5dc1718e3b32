/**
 * # What the others need to be inductive
 *
 * The invariants that IronFleet names are proved there with the help of behaviours: where a step
 * depends on something that was said, the proof goes back to the step that said it. A law that is
 * to follow from the state before a step alone must find it in that state. These are the laws that
 * were missing for that, found by drawing states in which all others hold and trying every step.
 */
import { clause } from '../../../spec/framework/verdict.ts';
import type { PacketLaw } from '../scope.ts';

/**
 * R31: whoever says in which view it is names one that a replica leads. Others follow it into that
 * view, and without this law R29 would not be preserved.
 */
const viewsAreLed: PacketLaw = ({ msg }, { setting }) =>
  msg.type === 'heartbeat'
    ? clause('a replica leads each view that is spoken of', msg.view.proposer in setting.replicas)
    : undefined;

export const inductiveInPackets: Readonly<Record<string, PacketLaw>> = { R31: viewsAreLed };
