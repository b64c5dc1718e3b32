/**
 * # The package
 *
 * What somebody needs who replicates a service of his own, or is a client of one or of a sharded hash
 * table:
 *
 *     import { defineServer, RslClient, ShtClient } from 'ironfleet';
 *
 * Whoever specifies and checks imports from `ironfleet/spec/…`, `ironfleet/protocol/…`,
 * `ironfleet/refinement/…` and `ironfleet/harness/…`.
 */
export { CounterService } from './apps/counter.ts';
export { KeyValueService } from './apps/keyValue.ts';
export type { Service, ServiceClass } from './apps/service.ts';
export { CounterClient } from './client/counterClient.ts';
export {
  ClientClosedError,
  type Fate,
  FateUnknownError,
  RequestAbortedError,
  RequestError,
  RequestRefusedError,
  RequestTimeoutError,
  RequestTooLongError,
  ServiceUnreachableError,
  UnexpectedReplyError,
} from './client/errors.ts';
export { KvClient } from './client/keyValueClient.ts';
export {
  type ConnectOptions,
  RslClient,
  type RslClientCounters,
  type RslClientOptions,
  type SubmitOptions,
} from './client/rslClient.ts';
export {
  type AdministratorOptions,
  type ArrangeOptions,
  ShtAdministrator,
} from './client/shtAdministrator.ts';
export {
  ShtClient,
  type ShtClientCounters,
  type ShtClientOptions,
  type ShtConnectOptions,
} from './client/shtClient.ts';
export {
  AnswerLostError,
  OrderRefusedError,
  QueueFullError,
  RefusedError,
  SilentHostError,
  StuckError,
  UnansweredError,
  UnknownOwnerError,
} from './client/shtErrors.ts';
export { createCerts } from './framework/createCerts.ts';
export {
  type PrivateIdentity,
  readCredentials,
  readPrivateIdentity,
  readServiceIdentity,
  type ServerIdentity,
  type ServiceIdentity,
} from './framework/identity.ts';
export type { Surroundings } from './framework/serve.ts';
export { UsageError } from './framework/usageError.ts';
export { defineServer } from './rsl/defineServer.ts';
export { type RslServerArguments, runRslServer, serviceTypeOf } from './rsl/server.ts';
