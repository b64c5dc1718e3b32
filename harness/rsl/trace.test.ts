import { describe, expect, test } from 'vitest';
import { CounterService } from '../../impl/apps/counter.ts';
import { KeyValueService } from '../../impl/apps/keyValue.ts';
import type { ServiceClass } from '../../impl/apps/service.ts';
import { COMPATIBLE, DEFAULT, type Parameters } from '../../impl/rsl/parameters.ts';
import { ofBytes } from '../../refinement/framework/byteStrings.ts';
import { BoundaryRefusal } from '../../refinement/framework/refusal.ts';
import { INCREMENT } from '../../spec/apps/counter.ts';
import { encodeRequest } from '../../spec/apps/keyValueMessages.ts';
import { RecordedReplicas } from '../testing/recordedReplicas.ts';
import { endPoint, forge, type Line, withDirectory } from '../testing/traces.ts';
import { checkTraces, type TraceReport } from '../trace/checkTraces.ts';

const CLIENTS = ['1', '2', '3', '4'].map(endPoint);

/** What comes of the traces of replicas that serve some clients for half a second. */
function checked(
  service: ServiceClass,
  parameters: Parameters,
  request: string,
  change: (paths: readonly string[]) => void = () => {},
): TraceReport {
  return withDirectory((directory) => {
    const replicas = new RecordedReplicas(directory, service, parameters);
    for (let seqno = 1; seqno <= 12; seqno++) {
      for (const [place, client] of CLIENTS.entries()) {
        // Some are asked again, and some clients are served less often than others.
        if (seqno % (place + 1) === 0) replicas.ask(client, seqno, ofBytes(request));
        if (seqno % 5 === 0) replicas.ask(client, Math.max(seqno - 2, 1), ofBytes(request));
      }
      replicas.pass(40);
    }
    replicas.post(endPoint('e'), endPoint('b'), Uint8Array.of(0xff));
    replicas.pass(1);
    replicas.close();
    change(replicas.paths);
    return checkTraces(replicas.paths);
  });
}

const SET = encodeRequest({ type: 'set', key: 'x', value: 'y' });
const FEW = { maxCachedReplies: 2 };

const why = ({ refusal }: TraceReport): string => {
  const cause = refusal?.cause;
  if (cause === undefined) return 'legal';
  if (!(cause instanceof BoundaryRefusal)) return cause.message;
  return `${cause.boundary}: ${cause.clause} ${cause.difference?.path ?? ''}`;
};

describe('what servers of a replicated service record', () => {
  test.each<[string, ServiceClass, Parameters, string]>([
    ['a counter', CounterService, DEFAULT, INCREMENT],
    ['a counter like the original', CounterService, COMPATIBLE, INCREMENT],
    ['a key-value store', KeyValueService, DEFAULT, SET],
    ['a key-value store like the original', KeyValueService, COMPATIBLE, SET],
    ['a counter that remembers few clients', CounterService, { ...DEFAULT, ...FEW }, INCREMENT],
    ['an original that does', CounterService, { ...COMPATIBLE, ...FEW }, INCREMENT],
  ])('is legal: %s', (_, service, parameters, request) => {
    const report = checked(service, parameters, request);
    expect(why(report)).toBe('legal');
    expect(report.traces.every(({ ended, steps }) => ended && steps > 50)).toBe(true);
    expect(report.specSteps).toBeGreaterThan(5);
    expect(report.actions['answerFromCache']).toBeGreaterThan(0);
    expect(report.actions['execute']).toBeGreaterThan(15);
  });

  /** The last step that was recorded of this action. */
  const last = (lines: readonly Line[], action: string): Line => {
    const line = lines.findLast((each) => each.action === action);
    if (line === undefined) throw new Error(`no ${action}`);
    return line;
  };
  const changing = (change: (lines: Line[]) => void): string =>
    why(checked(CounterService, DEFAULT, INCREMENT, ([path = '']) => forge(path, change)));

  const fields = [
    ['nextHeartbeat', 1],
    ['retryTime', 1],
    ['retryView', [9, 9]],
    ['retryOperation', 99],
    ['retryTries', 9],
    ['phase', 1],
    ['queue', 9],
    ['ballot', [9, 9]],
    ['nextOperation', 99],
    ['promises', 9],
    ['requested', 9],
    ['batchDeadline', 9],
    ['proposed', 9],
    ['view', [9, 9]],
    ['suspectors', [2]],
    ['epochEnd', 1],
    ['epochLength', 1],
    ['waiting', 9],
    ['waitingLonger', 9],
    ['promised', [9, 9]],
    ['votes', 99],
    ['checkpoints', [0, 0, 99]],
    ['truncationPoint', 99],
    ['seen', [9, 9]],
    ['tallies', 99],
    ['complete', 99],
    ['reflected', [9, 9]],
    ['replies', 9],
    ['decided', true],
  ] as const;

  test.each(fields)('is refused where %s is not what the packets make it', (field, value) => {
    const refused = changing((lines) => {
      last(lines, 'execute').state[field] = value;
    });
    expect(refused).toContain('B1: the host is in the state that the protocol says');
    expect(refused).toContain(`.${field}`);
  });

  test('is compared in every number that there is', () => {
    const compare = (lines: readonly Line[]): void => {
      const recorded = Object.keys(last(lines, 'startBatchTimer').state);
      expect(new Set(recorded)).toEqual(new Set(fields.map(([field]) => field)));
    };
    const recorded = checked(CounterService, COMPATIBLE, INCREMENT, ([path = '']) =>
      forge(path, compare),
    );
    expect(why(recorded)).toBe('legal');
  });

  test('is refused where a reply is another, a packet is none or a number is missing', () => {
    expect(
      changing((lines) => {
        const io = last(lines, 'execute').io[0] as Record<string, unknown>;
        io['bytes'] = String(io['bytes']).replace(/.$/, '0');
      }),
    ).toContain('B1: the host sends what the protocol says');
    expect(
      changing((lines) => {
        const io = last(lines, 'sendHeartbeat').io.at(-1) as Record<string, unknown>;
        io['bytes'] = String(io['bytes']).slice(2);
      }),
    ).toContain('B0: a host sends only bytes that mean something');
    expect(
      changing((lines) => {
        delete last(lines, 'execute').state['queue'];
      }),
    ).toContain('state is not as this service records it');
  });
});
