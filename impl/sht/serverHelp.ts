/**
 * # What a server of the hash table says about itself
 */

/** The options of the server, and how to use it. */
export const SERVER_HELP = `
Options of the original (keys in any case):
  addr=HOST          where to listen                            (as the private key file says)
  port=PORT          on which port                              (as the private key file says)
  verbose=BOOL       tell of refused peers and unreachable servers                     (false)
  profile=BOOL       tell how long actions take, after a million steps and at the end  (false)

Other options:
  trace=FILE         record every step, for \`ironfleet check-trace\`
  overwrite=BOOL     let trace= replace a file that exists                             (false)

Options that all hosts of a service must be given alike; in brackets is what they are if not given,
and what they are then with compatible=true:
  compatible=BOOL    do only what the original does, to share keys with it             (false)
  valuebytes=N       bytes of a value, at most                                 (1048576; 1023)
  delegationkeys=N   keys in one message when a range moves                         (1000; 61)
  delegationbytes=N  bytes of values in it, unless one value has more       (262144; no limit)
  underway=N         such messages on their way to one host at once              (4; no limit)
  orders=N           ranges that may be on the move at once              (64; moves them whole)
  ranges=N           ranges in the map, beyond which none are moved          (65536; no limit)
  unacked=N          answers that a client may leave unacknowledged               (1024; 1024)
  unackedbytes=N     bytes of values in those                               (8388608; 8388608)
  peers=N            clients and hosts that are remembered, at most         (1000000; 1000000)
  resend=MS          how long another host may leave something unacknowledged     (1000; 1000)
  resent=N           messages that are sent again to one peer at a time               (64; 64)

Start it once for each server of the service, in any order, with that server's private key file.
It prints [[READY]] when it serves. Control-C ends it. The first server of the service file begins
with all keys; \`ironfleet sht-admin\` moves ranges of them to others.

A host keeps its table, and what it must know of its peers, in memory only. So the keys of one that
has stopped are lost, and it must never be started again: it would take for new what it has taken
before. Make a new service then, which begins empty.

Where the service file names administrators, only they may move keys; otherwise anybody may.

Example, three servers on one machine, each in a terminal of its own:
  $ ironfleet create-certs name=My type=IronSHT addr1=127.0.0.1 port1=4001 \\
      addr2=127.0.0.1 port2=4002 addr3=127.0.0.1 port3=4003
  $ ironfleet sht-server My.IronSHT.service.txt My.IronSHT.server1.private.txt
  $ ironfleet sht-server My.IronSHT.service.txt My.IronSHT.server2.private.txt
  $ ironfleet sht-server My.IronSHT.service.txt My.IronSHT.server3.private.txt

The exit code is 0 after Control-C, 1 if the server had to stop because of a failure, and 2 for
wrong usage, such as a missing file or a port in use.`;
