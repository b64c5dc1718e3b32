/**
 * # What the client program of the hash table says about itself
 */

export const SHT_CLIENT_HELP = `
Options of the original (keys in any case):
  nthreads=N        how many clients ask at once, each under a key of its own             (1)
  duration=SECONDS  how long to go on, once all are connected; 0 is for ever             (60)
  workload=NAME     s: set one key after another; g: get them; f: see how a range of
                    keys is handed from the first host to the second; and m, which the
                    original does not have: a mixture of keys drawn by lot                (s)
  numkeys=N         the keys are those from 0 to one less                              (1000)
  valuesize=BYTES   how long values are; hosts that run in the original's way take no
                    more than 1023                                                     (1000)
  verbose=BOOL      tell of hosts that are not reached or whose connection breaks     (false)

Other options:
  setfraction=F     how many requests of a mixture are sets, from 0 to 1               (0.25)
  deletefraction=F  how many of the others are deletes                                 (0.05)
  setup=BOOL        give all keys a value first                                        (true)
  inflight=N        how many requests of each client are under way at once                (1)
  rate=N            instead, make so many requests a second, of all clients together,
                    whether answered or not; times then count from when one was due
  history=FILE      record every call and its reply, for \`ironfleet check-history\`
  overwrite=BOOL    let history= replace a file that exists                           (false)
  timeout=MS        after how long a request without reply has failed                 (30000)
  sleep=SECONDS     how long f waits for the range to arrive, and then once more          (5)
  key=FILE          for f, the private key file of an administrator, where the service has any
  quiet=BOOL        print no line for each request                                    (false)
  seed=N            where chance begins                                       (another each time)

It prints [[READY]], gives all keys a value, prints [[SETUP COMPLETE]], then for every request that
is answered
  #req THREAD NUMBER MILLISECONDS
and, when its time is up or after Control-C, a summary: how many requests were answered and how
fast, what failed and why, how often keys had moved, and how latencies are spread. The last line is
[[DONE]]. Keys may be with any of the hosts, and may move meanwhile: see \`ironfleet sht-admin\`.

Examples, ten clients for half a minute; and a history that can be checked:
  $ ironfleet sht-client My.IronSHT.service.txt nthreads=10 duration=30 workload=g quiet=true
  $ ironfleet sht-client My.IronSHT.service.txt workload=m numkeys=100 history=table.history
  $ ironfleet check-history table.history

A value that the program cannot have set is a wrong answer, so nobody else should use its keys.

The exit code is 0, or 1 if no request succeeded, an answer was wrong or f went wrong, and 2 for
wrong usage.`;
