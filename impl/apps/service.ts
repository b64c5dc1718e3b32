/**
 * # Services
 *
 * What a replicated service does, in one class: whoever fills it in gets it replicated. All replicas
 * run it on the same requests in the same order, and must come to the same replies and states; so it
 * is deterministic: no clock, no random numbers, nothing from outside but the requests.
 *
 * Follows Services/RSL/AppStateMachine.s.dfy of IronFleet and the Service class of its servers.
 */

/** A service that runs. */
export interface Service {
  /** The whole state. Equal states should give equal bytes. */
  serialize(): Uint8Array;
  /** Does what a client asks, of any bytes, and answers: at most 128 MiB. */
  handleRequest(request: Uint8Array): Uint8Array;
}

/** A class of services, which knows how they begin and how they are restored. */
export interface ServiceClass<S extends Service = Service> {
  /** It stands in the type of the service: `IronRSL`, then this. */
  readonly serviceName: string;
  initialize(): S;
  /** The service whose state was serialized. Throws where it was none. */
  deserialize(state: Uint8Array): S;
}
