/**
 * # What the administrators' program says about itself
 */

export const SHT_ADMIN_HELP = `
The keys of a sharded hash table are all numbers of 64 bits. Hosts share them in ranges; at first the
first host has all of them. Clients ask any host, and are told which other one to ask.

Examples:
  $ ironfleet sht-admin show My.IronSHT.service.txt
  $ ironfleet sht-admin move My.IronSHT.service.txt 1000 2000 server2
  $ ironfleet sht-admin rebalance My.IronSHT.service.txt
`;

const OPTIONS = `
Options (keys in any case):
  key=FILE          the private key file of an administrator. Where the service has any, nobody
                    else may have keys moved. Nobody else may use it at the same time.
  timeout=SECONDS   how long to wait for a host that does not answer                 (10)`;

const PATIENCE = `
  patience=SECONDS  how long to wait while nothing moves                             (30)`;

const MOVING = `
Keys move in pieces while clients go on; a key is with one host, or on its way, at any time. Once
hosts have been told, they go on by themselves: whoever interrupts this program can look with
\`sht-admin show\`, or give the same command again.

The exit code is 0 when everything is where it should be; 1 if a host refused, did not answer, or
nothing moved for too long; and 2 for wrong usage. Hosts that run in the original's way
(compatible=true) tell nothing, so this works only with others.`;

export const SHOW_HELP = `${OPTIONS}

Ranges are shown with the key that they begin with, and the first that is no longer in them. What no
host calls its own is on its way. With --json, bounds are texts, and inf is behind all keys.

The exit code is 0, or 1 if a host did not answer, and 2 for wrong usage.`;

export const MOVE_HELP = `${OPTIONS}${PATIENCE}

A key is written in decimal, or in hexadecimal after 0x. The bounds -inf and inf are before and
behind all keys. Whoever has keys of the range now is told to hand them on.

Examples, keys 1000 to 1999 to the second host; and everything back to the first:
  $ ironfleet sht-admin move My.IronSHT.service.txt 1000 2000 2
  $ ironfleet sht-admin move My.IronSHT.service.txt -inf inf My.IronSHT.server1
${MOVING}`;

export const REBALANCE_HELP = `${OPTIONS}${PATIENCE}

Each host gets one range, with about as many keys as any other: where the bounds are is estimated by
samples, up to 1024 of each host. Where that is so already, nothing is done.
${MOVING}`;
