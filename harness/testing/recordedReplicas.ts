/** # Replicas that run in memory and record what they do */
import type { ServiceClass } from '../../impl/apps/service.ts';
import { marshal } from '../../impl/rsl/marshal.ts';
import type { Parameters } from '../../impl/rsl/parameters.ts';
import { Replica } from '../../impl/rsl/replica.ts';
import { serviceTypeOf } from '../../impl/rsl/server.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { RECORDED, RecordedHosts } from './recordedHosts.ts';

export class RecordedReplicas extends RecordedHosts {
  constructor(directory: string, service: ServiceClass, parameters: Parameters) {
    super(directory, {
      serviceType: serviceTypeOf(service),
      parameters,
      createHost: (me) => new Replica(me, RECORDED, parameters, service),
    });
  }

  /** A client puts a request to the first replica. */
  ask(client: EndPoint, seqno: number, request: Uint8Array): void {
    this.post(client, RECORDED[0] ?? '', marshal({ type: 'request', seqno, request }));
  }
}
