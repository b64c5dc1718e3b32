/** # The options of `ironfleet campaign` that only some services have */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type DescribedSettings, flagOf, type Settings } from '../campaign/settings.ts';
import { RSL_SETTINGS } from '../rsl/settings.ts';
import { SHT_SETTINGS } from '../sht/settings.ts';

/** By service; their values the service itself judges. */
const SETTINGS: Readonly<Record<string, DescribedSettings>> = {
  rsl: RSL_SETTINGS,
  sht: SHT_SETTINGS,
};

/** Refused later, with the service's own reason, if it is no number for it. */
const anyNumber = (text: string): number => {
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
};

/** One option for each setting, under the services that have it. */
export function addSettings(command: Command): void {
  const services = Object.keys(SETTINGS);
  const names = new Set(services.flatMap((service) => Object.keys(SETTINGS[service] ?? {})));
  for (const name of names) {
    const having = services.filter((service) => SETTINGS[service]?.[name] !== undefined);
    const setting = SETTINGS[having[0] ?? '']?.[name];
    if (setting === undefined) continue;
    const { takes, about, otherwise } = setting;
    const group = `Options of ${having.join(' and ')} (what is not fixed is drawn at random):`;
    const flags = takes === 'nothing' ? flagOf(name) : `${flagOf(name)} <${takes}>`;
    const option = new Option(flags, about).helpGroup(group);
    if (takes === 'count' || takes === 'ms') option.argParser(anyNumber);
    command.addOption(option);
    if (otherwise === undefined) continue;
    command.addOption(new Option(flagOf(name).replace('--', '--no-'), otherwise).helpGroup(group));
  }
}

/** Those of the options that are settings of some service. */
export function givenSettings(options: object): Settings {
  const names = new Set(Object.values(SETTINGS).flatMap((settings) => Object.keys(settings)));
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => names.has(name) && value !== undefined),
  );
}
