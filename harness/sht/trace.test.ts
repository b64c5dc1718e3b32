import { describe, expect, test } from 'vitest';
import { ShtHost } from '../../impl/sht/host.ts';
import { marshal } from '../../impl/sht/marshal.ts';
import { type Content, KEY_INF, KEY_ZERO } from '../../impl/sht/messages.ts';
import { COMPATIBLE, DEFAULT, type Parameters } from '../../impl/sht/parameters.ts';
import { SERVICE_TYPE } from '../../impl/sht/server.ts';
import { BoundaryRefusal } from '../../refinement/framework/refusal.ts';
import { RECORDED, RecordedHosts } from '../testing/recordedHosts.ts';
import { endPoint, forge, type Line, withDirectory } from '../testing/traces.ts';
import { checkTraces, type TraceReport } from '../trace/checkTraces.ts';

const [A = '', B = '', C = ''] = RECORDED;
const CLIENT = endPoint('1');
const ADMINISTRATOR = endPoint('d');
const ALIAS = '99';

/** Asks a host for one thing after the other. */
function conversation(hosts: RecordedHosts, client: string, host: string) {
  let seqno = 0;
  return (content: Content): void => {
    seqno++;
    hosts.post(client, host, marshal({ type: 'single', seqno, dst: host, content }));
    hosts.pass(1);
    hosts.post(client, host, marshal({ type: 'ack', seqno }));
    hosts.pass(1);
  };
}

/** What comes of the traces of hosts whose keys are set, and then go from one to the next. */
function checked(
  parameters: Parameters,
  change: (paths: readonly string[]) => void = () => {},
): TraceReport {
  return withDirectory((directory) => {
    const aliases = new Map([[ALIAS, B]]);
    const configuration = { hosts: RECORDED, administrators: [ADMINISTRATOR], aliases };
    const hosts = new RecordedHosts(directory, {
      serviceType: SERVICE_TYPE,
      parameters: { ...parameters, administrators: [ADMINISTRATOR], aliases: [...aliases] },
      createHost: (me) => new ShtHost(me, configuration, parameters),
    });
    const [ask, order] = [conversation(hosts, CLIENT, A), conversation(hosts, ADMINISTRATOR, A)];
    for (let key = 0n; key < 20n; key++) ask({ type: 'set', key, value: `value ${key}` });
    order({ type: 'shard', range: { low: 5n, high: KEY_INF }, recipient: ALIAS });
    ask({ type: 'get', key: 7n });
    ask({ type: 'get', key: 3n });
    const onward = conversation(hosts, ADMINISTRATOR, B);
    onward({ type: 'shard', range: { low: 8n, high: KEY_INF }, recipient: C });
    order({ type: 'shard', range: { low: KEY_ZERO, high: KEY_INF }, recipient: B });
    hosts.post(endPoint('e'), B, Uint8Array.of(0xff));
    hosts.pass(1);
    hosts.close();
    change(hosts.paths);
    return checkTraces(hosts.paths);
  });
}

const why = ({ refusal }: TraceReport): string => {
  const cause = refusal?.cause;
  if (cause === undefined) return 'legal';
  if (!(cause instanceof BoundaryRefusal)) return cause.message;
  return `${cause.boundary}: ${cause.clause} ${cause.difference?.path ?? ''}`;
};

describe('what servers of the hash table record', () => {
  test.each<[string, Parameters]>([
    ['hosts', DEFAULT],
    ['hosts that hand on two keys at a time', { ...DEFAULT, maxDelegationKeys: 2 }],
    ['hosts like the original', COMPATIBLE],
  ])('is legal: %s', (_, parameters) => {
    const report = checked(parameters);
    expect(why(report)).toBe('legal');
    expect(report.traces.every(({ ended, steps }) => ended && steps > 1)).toBe(true);
    expect(report.specSteps).toBe(21);
    expect(report.actions).toMatchObject({ set: 20, get: 1, redirect: 1, shard: 2 });
    expect(report.actions['adopt']).toBe(parameters.maxDelegationKeys === 2 ? 14 : 2);
    expect(report.actions['ignore']).toBeGreaterThan(0);
  });

  const changing = (change: (lines: Line[]) => void): string =>
    why(checked(DEFAULT, ([path = '']) => forge(path, change)));

  const last = (lines: readonly Line[], action: string): Line => {
    const line = lines.findLast((each) => each.action === action);
    if (line === undefined) throw new Error(`no ${action}`);
    return line;
  };

  test.each([
    ['keys', 7],
    ['ranges', 9],
    ['peers', 1],
    ['unacked', 5],
    ['waiting', true],
    ['orders', 3],
    ['numDelegations', 8],
    ['resentAt', 77],
    ['noted', 2],
  ])('is refused where a host is said to be in another state: %s', (field, value) => {
    const reason = changing((lines) => {
      const line = last(lines, 'redirect');
      line.state = { ...(line.state as object), [field]: value };
    });
    expect(reason).toContain(`B1: the host is in the state that the protocol says .${field}`);
  });

  test('is refused where it is no state at all', () => {
    const reason = changing((lines) => {
      const line = last(lines, 'redirect');
      line.state = { ...(line.state as object), keys: 'many' };
    });
    expect(reason).toContain('state is not as this service records it');
  });

  test('is refused where a step is said to be another', () => {
    const reason = changing((lines) => {
      last(lines, 'redirect').action = 'get';
    });
    expect(reason).toContain("B1: the action may be taken: the key is this host's own");
  });
});
