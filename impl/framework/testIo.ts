/**
 * # Trying out the transport
 *
 * A program to be started once for each server of a service: every second it greets one of the
 * servers, perhaps itself, and it prints what arrives and from whom. The original's program and
 * this one greet each other, too.
 *
 * Follows TestIoFramework/Program.cs of IronFleet; departs from it in that it can be stopped.
 */
import { randomInt } from 'node:crypto';
import { describe, describeEndPoint, ownServer } from './identity.ts';
import { type ServerOptions, Transport } from './transport.ts';

export interface TestIoOptions extends Omit<ServerOptions, 'acceptClients'> {
  readonly print: (line: string) => void;
  /**
   * How long it waits from one greeting to the next, in milliseconds; a second unless this says
   * otherwise.
   */
  readonly pauseMs?: number;
}

/** Greets and prints until `stop` says to stop. Throws a {@link UsageError} if it cannot start. */
export async function testIo(options: TestIoOptions, stop: AbortSignal): Promise<void> {
  const { service, print, pauseMs = 1000 } = options;
  ownServer(service, options.me);
  const transport = await Transport.start(options);

  const greet = (): void => {
    const server = service.servers[randomInt(service.servers.length)];
    if (server === undefined) return;
    const message = `Hello ${randomInt(10_000)}`;
    print(`Sending message ${message} to ${describe(server)}`);
    transport.send(server.endPoint, new TextEncoder().encode(message));
    transport.flush();
  };

  transport.onWaiting = () => {
    for (let packet = transport.receive(); packet; packet = transport.receive()) {
      const message = printable(new TextDecoder().decode(packet.bytes));
      print(`Received message ${message} from ${describeEndPoint(service, packet.src)}`);
    }
  };
  greet();
  const timer = setInterval(greet, pauseMs);
  if (!stop.aborted) {
    await new Promise((stopped) => stop.addEventListener('abort', stopped, { once: true }));
  }
  clearInterval(timer);
  await transport.close();
}

/** The text on one line and without whatever else a stranger could do to a terminal. */
const printable = (received: string): string => received.replace(/\p{Cc}/gu, '\uFFFD');
