/**
 * # The environment
 *
 * What all services share of the outside world: end points, and packets between them. The network
 * may lose, delay, repeat and reorder packets, but it does not forge them: a packet's source is
 * whoever sent it.
 *
 * Follows Common/Framework/Environment.s.dfy of IronFleet.
 */

/**
 * Who sends and receives. In a running service it is the SHA-256 of the host's public key, 64
 * hexadecimal digits; elsewhere any name will do.
 */
export type EndPoint = string;

/** One message on its way from `src` to `dst`. */
export interface Packet<Message> {
  readonly src: EndPoint;
  readonly dst: EndPoint;
  readonly msg: Message;
}
