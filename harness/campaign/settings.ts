/**
 * # Settings
 *
 * What some services can be told and others cannot. Each service describes its own: how an option is
 * written on the command line follows from that, and which values there may be. This loads nothing,
 * so that who only wants to know the options need not wait for the services.
 */

/** What a setting is: a whole number, of milliseconds, a name, or yes or no. */
export interface Setting {
  readonly takes: 'count' | 'ms' | 'name' | 'nothing';
  /** In a few words, for a reader. */
  readonly about: string;
  /** The same where it is turned off, for a setting that is yes or no. */
  readonly otherwise?: string;
}

export type DescribedSettings = Readonly<Record<string, Setting>>;

/** The values of settings that are described like this; what is not fixed is left to chance. */
export type SettingsOf<Described extends DescribedSettings> = {
  readonly [Name in keyof Described]?:
    | {
        readonly count: number;
        readonly ms: number;
        readonly name: string;
        readonly nothing: boolean;
      }[Described[Name]['takes']]
    | undefined;
};

/** Settings of some service or other. */
export type Settings = Readonly<Record<string, number | string | boolean | undefined>>;

/** How an option is written: `maxSeqno` as `--max-seqno`. */
export const flagOf = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
