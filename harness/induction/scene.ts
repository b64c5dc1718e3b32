/**
 * # Scenes
 *
 * A system as one could come upon it, without a past: a state for each host, and a set of packets
 * of which it is only known that they were sent. Nobody says that a behaviour leads there.
 */
import type { Packet } from '../../spec/framework/environment.ts';
import { fingerprint } from '../../spec/framework/fingerprint.ts';

export interface Scene<State, Message> {
  /** In the order of the configuration. */
  readonly hosts: readonly State[];
  /** Each packet once, in no particular order. */
  readonly sent: readonly Packet<Message>[];
}

const keys = new WeakMap<object, string>();

/** What a packet goes by; equal packets go by the same, others but for a chance of 2⁻⁶⁴. */
function keyOf({ src, dst, msg }: Packet<object>): string {
  let key = keys.get(msg);
  if (key === undefined) {
    const { hi, lo } = fingerprint(msg);
    key = `${hi.toString(36)} ${lo.toString(36)}`;
    keys.set(msg, key);
  }
  return `${src} ${dst} ${key}`;
}

/** The packets that are not in `sent` yet, each once. */
export function newPackets<Message extends object>(
  sent: readonly Packet<Message>[],
  packets: readonly Packet<Message>[],
): readonly Packet<Message>[] {
  if (packets.length === 0) return packets;
  const seen = new Set(sent.map(keyOf));
  return packets.filter((packet) => {
    const key = keyOf(packet);
    return !seen.has(key) && seen.add(key);
  });
}

/** The scene with these packets, too; the very same one if it has them all. */
export function withPackets<State, Message extends object>(
  scene: Scene<State, Message>,
  packets: readonly Packet<Message>[],
): Scene<State, Message> {
  const added = newPackets(scene.sent, packets);
  return added.length === 0 ? scene : { ...scene, sent: [...scene.sent, ...added] };
}

/** The scene with one host in another state. */
export const withHost = <State, Message>(
  scene: Scene<State, Message>,
  host: number,
  state: State,
): Scene<State, Message> => ({ ...scene, hosts: scene.hosts.with(host, state) });

/** What a scene goes by, whatever the order of its packets. */
export function keyOfScene<Message extends object>({
  hosts,
  sent,
}: Scene<unknown, Message>): string {
  const { hi, lo } = fingerprint([hosts, sent.map(keyOf).sort()]);
  return `${hi.toString(36)} ${lo.toString(36)}`;
}
