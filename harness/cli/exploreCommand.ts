/** # `ironfleet explore`: which service, and which of the options are for it. */
import { UsageError } from '../../impl/framework/usageError.ts';
import type { ExploreCommandOptions } from './explore.ts';

type OptionName = keyof ExploreCommandOptions;

/** The options that mean something to one service only. */
const OPTIONS_OF: Readonly<Record<string, readonly OptionName[]>> = {
  lock: ['hosts', 'epochs', 'compatible'],
  rsl: ['part', 'replicas', 'operations', 'ballots', 'restarts'],
  sht: ['part'],
};

/** Gives the exit code. */
export async function exploreCommand(
  service: string,
  options: ExploreCommandOptions,
): Promise<number> {
  if (OPTIONS_OF[service] === undefined) {
    const services = Object.keys(OPTIONS_OF).join(', ');
    throw new UsageError(`cannot explore "${service}"; what can be explored is: ${services}`);
  }
  const own = OPTIONS_OF[service];
  for (const [other, names] of Object.entries(OPTIONS_OF)) {
    const stray = names.find((name) => !own.includes(name) && options[name] !== undefined);
    if (stray !== undefined) throw new UsageError(`--${stray} is for ${other}, not for ${service}`);
  }
  if (service === 'rsl') {
    const { exploreRsl } = await import('./exploreRsl.ts');
    return exploreRsl(options);
  }
  if (!options.symmetry) throw new UsageError(`--no-symmetry is for rsl, not for ${service}`);
  if (service === 'sht') {
    const { exploreSht } = await import('./exploreSht.ts');
    return exploreSht(options);
  }
  const { exploreLock } = await import('./exploreLock.ts');
  return exploreLock(options);
}
