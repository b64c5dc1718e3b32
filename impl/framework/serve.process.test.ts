import { Writable } from 'node:stream';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeIdentities, until } from '../../harness/testing/transports.ts';
import type { PrivateIdentity } from './identity.ts';
import type { Host, Io, Wake } from './io.ts';
import { type ServerSettings, serve } from './serve.ts';
import { UsageError } from './usageError.ts';

let me: PrivateIdentity;
let stopper: AbortController;

beforeAll(async () => {
  [me] = (await makeIdentities(1)) as [PrivateIdentity];
});

afterEach(() => {
  stopper.abort();
});

/** A stream that keeps what it is given. */
class Kept extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** A host that sends something to itself, and does `onPacket` when it comes. */
class Soliloquist implements Host {
  readonly counters = { malformed: 0 };
  readonly #onPacket: (io: Io) => void;
  #spoken = false;

  constructor(onPacket: (io: Io) => void) {
    this.#onPacket = onPacket;
  }

  step(io: Io, wake: Wake): string {
    if (wake === 'packet') this.#onPacket(io);
    else io.send(me.endPoint, Uint8Array.of(1));
    if (wake === 'packet') this.counters.malformed++;
    this.#spoken = true;
    return wake;
  }

  nextDeadline(): number {
    return this.#spoken ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  snapshot(): unknown {
    return {};
  }
}

/** Serves with such a host; the exit code comes when it ends. */
function start(onPacket: (io: Io) => void, settings: Partial<ServerSettings> = {}) {
  stopper = new AbortController();
  const [stdout, stderr] = [new Kept(), new Kept()];
  const { pkcs12: _, ...server } = me;
  const code = serve(
    {
      service: { friendlyName: 'Test', serviceType: 'Test', servers: [server], useSsl: false },
      me,
      verbose: false,
      overwrite: false,
      acceptClients: false,
      longestMessage: 16,
      parameters: {},
      createHost: () => new Soliloquist(onPacket),
      ...settings,
    },
    { stdout, stderr, signal: stopper.signal },
  );
  return { stdout, stderr, code };
}

describe('a running server', () => {
  test('stops with exit code 1 rather than let its host break the order of IO', async () => {
    const { stdout, stderr, code } = start((io) => {
      io.readClock();
      io.receive();
    });
    expect(await code).toBe(1);
    expect(stdout.text).toBe('[[READY]]\n[[EXIT]]\n');
    expect(stderr.text).toMatch(
      /^ERROR - The server stops, for its host failed: IoOrderViolation: .* to receive after .*\n$/,
    );
  });

  test('tells why its host failed in one line', async () => {
    const { stderr, code } = start(() => {
      throw new Error('this\nand that\n');
    });
    expect(await code).toBe(1);
    expect(stderr.text).toBe(
      'ERROR - The server stops, for its host failed: Error: this and that\n',
    );
  });

  test('stops when it is told to, and sums up what it did', async () => {
    let received = 0;
    const { stdout, stderr, code } = start((io) => {
      if (io.receive()) received++;
    });
    await until(() => received === 1);
    stopper.abort();
    expect(await code).toBe(0);
    expect(stdout.text).toMatch(
      /^\[\[READY\]\]\nSummary: steps 2, .*deadline 1, packet 1, malformed 1, .*\n\[\[EXIT\]\]\n$/,
    );
    expect(stderr.text).toBe('');
  });

  test('says where its host failed if it is to say more', async () => {
    const fail = () => {
      throw new Error('here');
    };
    const { stderr, code } = start(fail, { verbose: true });
    expect(await code).toBe(1);
    expect(stderr.text).toMatch(/host failed: Error: here\nError: here\n +at .*serve\.process/);
  });

  test('says what its host has to say only once nothing is left that prevents it', async () => {
    const said: string[] = [];
    const { stdout, code } = start(() => {}, {
      createHost: (announce) => {
        said.push('made');
        announce('I am here');
        return new Soliloquist((io) => {
          io.receive();
          announce('I heard');
          stopper.abort();
        });
      },
      beforeReady: (print) => {
        said.push('asked');
        print('Here we go');
      },
    });
    expect(await code).toBe(0);
    expect(said).toEqual(['made', 'asked']);
    expect(stdout.text).toMatch(/^Here we go\n\[\[READY\]\]\nI am here\nI heard\nSummary: /);
  });

  test('does not serve if it is prevented in the last moment', async () => {
    const { stdout, code } = start(
      () => {
        throw new Error('it never steps');
      },
      {
        beforeReady: () => {
          throw new UsageError('not today');
        },
      },
    );
    await expect(code).rejects.toThrow('not today');
    expect(stdout.text).toBe('[[EXIT]]\n');
  });

  test('tells in the end how long its actions took', async () => {
    let received = 0;
    const { stdout, code } = start(
      (io) => {
        if (io.receive()) received++;
      },
      { profile: true },
    );
    await until(() => received === 1);
    stopper.abort();
    expect(await code).toBe(0);
    expect(stdout.text).toMatch(/^\[\[READY\]\]\nProfiler statistics\nSummary: .*\n/);
  });
});
