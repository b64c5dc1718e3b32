/**
 * # Clients
 *
 * Neither hosts nor strangers: they use the service. Clients send to hosts and hear from them over
 * the same network, but keep their own time, and nobody checks what they do.
 */
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';

export interface Client<Said> {
  readonly name: EndPoint;
  /** When it wants to act next. Whatever it does may change that. */
  readonly wakeAt: number;
  /** What it sends now that this time has come. */
  act(now: number): readonly Packet<Said>[];
  /** A host has sent it something. */
  hear(packet: Packet<Said>, now: number): void;
}
