/**
 * # What a client program says about itself
 */

const ORIGINAL = `
Options of the original (keys in any case):
  nthreads=N        how many clients ask at once, each under a key of its own             (1)
  duration=SECONDS  how long to go on, from the start; 0 is for ever                     (60)
  print=BOOL        print every reply                                                 (false)
  verbose=BOOL      tell of servers that are not reached or whose connection breaks   (false)`;

const KEY_VALUE = `
  setfraction=F     how many of all requests are sets, from 0 to 1                     (0.05)
  deletefraction=F  how many of the others are deletes                                 (0.25)`;

const OTHER = `

Other options:
  history=FILE      record every call and its reply, for \`ironfleet check-history\`
  overwrite=BOOL    let history= replace a file that exists                           (false)
  inflight=N        how many requests of each client are under way at once                (1)
  rate=N            instead, make so many requests a second, of all clients together,
                    whether answered or not; times then count from when one was due
  sleep=SECONDS     how long each client waits before its first request                   (3)
  together=BOOL     have all clients begin at once, when the last one is connected; the
                    duration counts from then                                         (false)
  timeout=MS        after how long a request without reply has failed                 (30000)
  quiet=BOOL        print no line for each request                                    (false)
  seed=N            where chance begins                                       (another each time)`;

const VALUE_SIZE = `
  valuesize=BYTES   make values at least so long                                          (9)`;

const OUTPUT = `

It prints [[READY]], then for every request that is answered
  #req THREAD NUMBER MILLISECONDS
and, when its time is up or after Control-C, a summary: how many requests were answered and how
fast, what failed and why, for how long nobody was answered at worst (there a leader was gone), and
how latencies are spread. The last line is [[DONE]].
`;

const EXAMPLES = {
  counter: `
Example, ten clients for half a minute:
  $ ironfleet rsl-counter-client My.IronRSLCounter.service.txt nthreads=10 duration=30 quiet=true`,
  kv: `
Examples, ten clients for half a minute; and one, so that its history can be checked:
  $ ironfleet rsl-kv-client My.IronRSLKV.service.txt nthreads=10 duration=30 quiet=true
  $ ironfleet rsl-kv-client My.IronRSLKV.service.txt history=kv.history setfraction=0.5
  $ ironfleet check-history kv.history

The keys are aaa to zzz. A value that the program cannot have set is a wrong answer, so nobody
else should use these.`,
} as const;

const EXIT = `

The exit code is 0, or 1 if no request succeeded or an answer was wrong, and 2 for wrong usage.`;

export const clientHelp = (asked: 'counter' | 'kv'): string =>
  [
    ORIGINAL,
    asked === 'kv' ? KEY_VALUE : '',
    OTHER,
    asked === 'kv' ? VALUE_SIZE : '',
    OUTPUT,
    EXAMPLES[asked],
    EXIT,
  ].join('');
