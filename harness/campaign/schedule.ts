/**
 * # Schedules
 *
 * A behaviour written down as the choices that made it: which host stepped when, what it received
 * and what its clock read. Everything else follows. Unlike a seed, a schedule can be cut: an event
 * that makes no sense any more, because the packet it delivers was never sent, is left out.
 */
import { z } from 'zod';
import type { Host } from '../../impl/framework/io.ts';
import { Clocks } from '../simulation/clocks.ts';
import type { Cluster, ClusterEvent, Envelope } from '../simulation/cluster.ts';
import { NO_FAULTS } from '../simulation/faults.ts';
import type { SimulatedService } from '../simulation/service.ts';
import { Simulation } from '../simulation/simulation.ts';

const hex = z.string().regex(/^([0-9a-f]{2})*$/);

export const scheduledEvent = z.union([
  z.strictObject({
    /** The host that steps. */
    step: z.string(),
    clock: z.number(),
    /**
     * What it receives: of what `src` has sent it, the packet with so many more sent after it.
     * Without it, it is its deadline that wakes the host. Counting from the latest keeps its sense
     * when a schedule is cut.
     */
    receives: z.strictObject({ src: z.string(), back: z.int().min(0) }).optional(),
  }),
  /** Someone who is not a host sends bytes of its own. */
  z.strictObject({ stranger: z.string(), to: z.string(), bytes: hex }),
  /** Someone who is not a host sends what `src` has sent to `dst`. */
  z.strictObject({
    stranger: z.string(),
    to: z.string(),
    repeats: z.strictObject({ src: z.string(), dst: z.string(), back: z.int().min(0) }),
  }),
]);

export const schedule = z.strictObject({
  events: z.array(scheduledEvent).max(10_000_000),
  /** Whether the network works from then on, and progress must follow. */
  thenFair: z.boolean(),
});

export type ScheduledEvent = z.infer<typeof scheduledEvent>;
export type Schedule = z.infer<typeof schedule>;

/** An event that is about to happen to a cluster, as it is written down. */
export function write(
  event: ClusterEvent,
  cluster: { readonly names: readonly string[]; sentSoFar(src: string, dst: string): number },
): ScheduledEvent {
  const { packet } = event;
  const back = ({ src, dst, index }: Envelope): number => cluster.sentSoFar(src, dst) - 1 - index;
  if (event.type === 'stranger') {
    const { src: stranger, dst: to, bytes } = event.packet;
    if (event.repeats === undefined) {
      return { stranger, to, bytes: Buffer.from(bytes).toString('hex') };
    }
    const { src, dst } = event.repeats;
    return { stranger, to, repeats: { src, dst, back: back(event.repeats) } };
  }
  const step = cluster.names[event.host] as string;
  return packet === undefined
    ? { step, clock: event.clock }
    : { step, clock: event.clock, receives: { src: packet.src, back: back(packet) } };
}

/** Lets a cluster go through a schedule; throws the first refusal. */
export function follow<Impl extends Host, State, Message, Ghost, Spec>(
  service: SimulatedService<Impl, State, Message, Ghost, Spec>,
  cluster: Cluster<Impl, State, Message, Ghost, Spec>,
  { events, thenFair }: Schedule,
): void {
  const clocks = cluster.names.map(() => 0);
  /** What each source has sent to each host, oldest first. */
  const channels = new Map<string, Envelope[]>();
  const channel = (src: string, dst: string): Envelope[] => {
    const key = `${src}>${dst}`;
    const found = channels.get(key) ?? [];
    channels.set(key, found);
    return found;
  };
  const post = (packet: Envelope): void => {
    channel(packet.src, packet.dst).push(packet);
  };
  for (const event of events) {
    if ('stranger' in event) {
      const what =
        'bytes' in event
          ? Buffer.from(event.bytes, 'hex')
          : channel(event.repeats.src, event.repeats.dst).at(-1 - event.repeats.back);
      if (what !== undefined) post(cluster.stranger(event.stranger, event.to, what));
      continue;
    }
    const { step, clock, receives } = event;
    const host = cluster.names.indexOf(step);
    const packet = receives && channel(receives.src, step).at(-1 - receives.back);
    if (host < 0 || (receives !== undefined && packet === undefined)) continue;
    clocks[host] = clock;
    for (const sent of cluster.step(host, packet, clock)) post(sent);
  }
  if (!thenFair) return;
  const plan = { seed: 0, steps: 0, faults: NO_FAULTS };
  new Simulation(service, cluster, plan, Clocks.reading(clocks)).heal();
}
