/** # What mutants of the running hash table have in common. */

export const MARSHAL = 'impl/sht/marshal.ts';
export const MESSAGES = 'impl/sht/messages.ts';
export const PARSE = 'impl/sht/parse.ts';
export const TABLE = 'impl/sht/table.ts';
export const FRAMEWORK = 'impl/framework/marshal.ts';
export const BYTE_STRINGS = 'impl/framework/byteStrings.ts';
