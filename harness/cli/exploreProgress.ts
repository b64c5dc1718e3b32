/** # How an exploration tells how far it is. */
import type { ExploreOptions, Progress } from '../explorer/breadthFirst.ts';
import type { ExploreCommandOptions } from './explore.ts';

const CLEAR_LINE = '\r\u001b[2K';

/**
 * Explores with the bounds that were asked for, and tells how far it is while it does. The search
 * never waits, so a progress bar's timer would never fire, and its handler of interrupts would keep
 * an interrupt from ending the search. So its progress is plain text.
 */
export function aloud<Found>(
  { maxStates, maxSeconds, json = false }: ExploreCommandOptions,
  run: (options: ExploreOptions) => Found,
): Found {
  const terminal = process.stderr.isTTY === true;
  try {
    return run({
      maxStates,
      ...(maxSeconds !== undefined && { maxSeconds }),
      progressEvery: terminal ? 0.5 : 5,
      ...(!json && { onProgress: terminal ? redraw : print }),
    });
  } finally {
    if (terminal && !json) process.stderr.write(CLEAR_LINE);
  }
}

const redraw = (progress: Progress): void => {
  process.stderr.write(`${CLEAR_LINE}${told(progress)}`);
};
const print = (progress: Progress): void => {
  process.stderr.write(`${told(progress)}\n`);
};

const told = ({ distinctStates, depth, waiting, seconds }: Progress): string =>
  [
    `${distinctStates.toLocaleString('en-US')} distinct states`,
    `depth ${depth}, ${waiting.toLocaleString('en-US')} waiting there`,
    `${Math.round(distinctStates / seconds).toLocaleString('en-US')} states/s`,
  ].join(' | ');
