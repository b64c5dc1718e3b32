/**
 * # Schedules
 *
 * A behaviour written down as the choices that made it: which host stepped when, what it received and what its
 * clock read. Everything else follows. Unlike a seed, a schedule can be cut: an event that makes no sense
 * any more, because the packet it delivers was never sent, is left out.
 */
import { z } from 'zod';
import { encodeFrame } from '../../impl/framework/frame.ts';
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
    /** What it receives; without it, it is its deadline that wakes the host. */
    receives: z.strictObject({ src: z.string(), bytes: hex }).optional(),
  }),
  z.strictObject({ stranger: z.string(), to: z.string(), bytes: hex }),
]);

export const schedule = z.strictObject({
  events: z.array(scheduledEvent).max(10_000_000),
  /** Whether the network works from then on, and progress must follow. */
  thenFair: z.boolean(),
});

export type ScheduledEvent = z.infer<typeof scheduledEvent>;
export type Schedule = z.infer<typeof schedule>;

/** An event of a cluster, as it is written down. */
export function write(event: ClusterEvent, names: readonly string[]): ScheduledEvent {
  const { packet } = event;
  if (event.type === 'stranger') {
    return { stranger: event.packet.src, to: event.packet.dst, bytes: toHex(event.packet.bytes) };
  }
  const step = names[event.host] as string;
  return packet === undefined
    ? { step, clock: event.clock }
    : { step, clock: event.clock, receives: { src: packet.src, bytes: toHex(packet.bytes) } };
}

/** Lets a cluster go through a schedule, which throws the first refusal; gives the events that made sense. */
export function follow<Impl extends Host, State, Message, Spec>(
  service: SimulatedService<Impl, State, Message, Spec>,
  cluster: Cluster<Impl, State, Message, Spec>,
  { events, thenFair }: Schedule,
): void {
  const network = new Map<string, Envelope>();
  const clocks = cluster.names.map(() => 0);
  const post = (packet: Envelope): void => {
    network.set(keyOf(packet.src, packet.dst, toHex(packet.bytes)), packet);
  };
  for (const event of events) {
    if ('stranger' in event) {
      post(cluster.stranger(event.stranger, event.to, fromHex(event.bytes)));
      continue;
    }
    const host = cluster.names.indexOf(event.step);
    const { receives } = event;
    const packet = receives && network.get(keyOf(receives.src, event.step, receives.bytes));
    if (host < 0 || (receives !== undefined && packet === undefined)) continue;
    clocks[host] = event.clock;
    // A frame is consumed by its reader, so each delivery gets a fresh one.
    const delivered = packet && { ...packet, frame: encodeFrame(packet.bytes) };
    for (const sent of cluster.step(host, delivered, event.clock)) post(sent);
  }
  if (!thenFair) return;
  const plan = { seed: 0, steps: 0, faults: NO_FAULTS };
  new Simulation(service, cluster, plan, Clocks.reading(clocks)).heal();
}

const keyOf = (src: string, dst: string, bytes: string): string => `${src}>${dst}:${bytes}`;

const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
