/**
 * # What a server of a replicated service says about itself
 */

/** The options of every such server, and how to use it; `command` is how it is started. */
export const serverHelp = (command: string, type: string): string => `
Options (keys in any case), the original's:
  addr=HOST         where to listen                       (as the private key file says)
  port=PORT         on which port                         (as the private key file says)
  verbose=BOOL      tell of refused peers and unreachable servers            (false)
  profile=BOOL      tell how long actions take, every million steps and at the end (false)
  progress=BOOL     tell of each request received and each reply sent        (false)
  safeguard=BOOL    delete the private key file when all is ready to serve    (true)

Others:
  trace=FILE        record every step, for \`ironfleet check-trace\`
  overwrite=BOOL    let trace= replace a file that exists                    (false)

Others that all replicas of a service must be given alike; in brackets, what they are if nothing is
said, and with compatible=true:
  compatible=BOOL   do only what the original does, to replicate with originals (false)
  window=N          operations that may be under way                       (256; 7, at most 7)
  batch=N           requests in one operation, at most 100                 (100; 32)
  batchbytes=N      bytes of requests in one operation, unless one has more (1048576; no limit)
  batchdelay=MS     how long a request waits for others while some are under way (10; 10)
  viewtimeout=MS    how long a leader may leave a request alone            (1000; 1000)
  heartbeat=MS      how often a replica says that it is alive              (100; 100)
  retry=MS          how long without progress until something is repeated  (100; never)
  cachedreplies=N   clients whose latest reply is kept                     (1024; 255)

Start it once for each server of the service, in any order, with that server's private key file. It
prints [[READY]] when it serves. Control-C ends it.

A replica keeps what it promises in memory only, so one that has stopped must never be started again.
That is what safeguard=true sees to. The service goes on as long as more than half of its replicas
run; if fewer are left, make a new service, which begins in its initial state. A replica that lags
behind is handed the whole state by another, if it has at most 512 MiB.

Example, three replicas on one machine:
  $ ironfleet create-certs outputdir=certs name=My type=${type} \\
      addr1=127.0.0.1 port1=4001 addr2=127.0.0.1 port2=4002 addr3=127.0.0.1 port3=4003
  $ ${command} certs/My.${type}.service.txt certs/My.${type}.server1.private.txt
  $ ${command} certs/My.${type}.service.txt certs/My.${type}.server2.private.txt
  $ ${command} certs/My.${type}.service.txt certs/My.${type}.server3.private.txt

The exit code is 0 after Control-C, 1 if the server had to stop because of a failure, and 2 for wrong
usage, such as a missing file or a port in use.`;
