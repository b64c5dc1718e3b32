/** # At which level hosts are simulated: as they run, or as the protocol has them. */
export const LEVELS = ['impl', 'protocol'] as const;

export type Level = (typeof LEVELS)[number];
