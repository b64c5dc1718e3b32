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
  /** The whole state, in bytes that do not change later. Equal states should give equal bytes. */
  serialize(): Uint8Array;
  /**
   * Does what a client asks, of any bytes, and answers at once: at most 128 MiB.
   *
   * It must not throw, whatever the bytes: all replicas execute the request, so all would end. It
   * must not change `request`, nor keep it without copying: it is a part of a message that was
   * voted for. It must not be async: the next request comes when this one is answered.
   */
  handleRequest(request: Uint8Array): Uint8Array;
}

/** A class of services, which knows how they begin and how they are restored. */
export interface ServiceClass<S extends Service = Service> {
  /** It stands in the type of the service: `IronRSL`, then this. */
  readonly serviceName: string;
  initialize(): S;
  /**
   * The service whose state was serialized. Throws where it was none. `state` may be a part of a
   * message, which is kept as long as any part of it is: what is to stay should be copied.
   */
  deserialize(state: Uint8Array): S;
}
