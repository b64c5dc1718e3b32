/**
 * # What a server of a replicated service says about itself
 */

/** The options of every such server, and how to use it; `command` is how it is started. */
export const serverHelp = (command: string, type: string): string => `
Options of the original (keys in any case):
  addr=HOST         where to listen                             (as the private key file says)
  port=PORT         on which port                               (as the private key file says)
  verbose=BOOL      tell of refused peers and unreachable servers                      (false)
  profile=BOOL      tell how long actions take, after a million steps and at the end   (false)
  progress=BOOL     tell of every request received and every reply sent                (false)
  safeguard=BOOL    delete the private key file when nothing prevents serving any more  (true)

Other options:
  trace=FILE        record every step, for \`ironfleet check-trace\`
  overwrite=BOOL    let trace= replace a file that exists                              (false)

Options that all replicas of a service must be given alike; in brackets is what they are if not
given, and what they are then with compatible=true:
  compatible=BOOL   do only what the original does, to replicate together with it      (false)
  window=N          operations that may be under way at once              (256; 7 and no more)
  batch=N           requests in one operation, 100 at most                           (100; 32)
  batchbytes=N      bytes of requests in one operation, if it has several  (1048576; no limit)
  batchdelay=MS     how long a request waits for others while some are under way      (10; 10)
  viewtimeout=MS    how long a leader may leave a request alone                   (1000; 1000)
  heartbeat=MS      how often a replica says that it is alive                       (100; 100)
  retry=MS          after how long without progress something is repeated         (100; never)
  cachedreplies=N   clients whose latest reply is kept                             (1024; 255)

Start it once for each server of the service, in any order, with that server's private key file.
It prints [[READY]] when it serves. Control-C ends it.

A replica keeps what it promises in memory only, so one that has stopped must never be started
again: safeguard=true sees to that. The service goes on as long as more than half of its
replicas run. Once fewer are left, make a new service, which begins in its initial state. A
replica that lags behind is handed the whole state by another, if that has 512 MiB at most.

Example, three replicas on one machine, each in a terminal of its own:
  $ ironfleet create-certs name=My type=${type} addr1=127.0.0.1 port1=4001 \\
      addr2=127.0.0.1 port2=4002 addr3=127.0.0.1 port3=4003
  $ ${command} My.${type}.service.txt \\
      My.${type}.server1.private.txt
  $ ${command} My.${type}.service.txt \\
      My.${type}.server2.private.txt
  $ ${command} My.${type}.service.txt \\
      My.${type}.server3.private.txt

The exit code is 0 after Control-C, 1 if the server had to stop because of a failure, and 2 for
wrong usage, such as a missing file or a port in use.`;
