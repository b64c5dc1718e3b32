/**
 * # A number that nobody has had before
 */
import { randomBytes } from 'node:crypto';

/** Of 64 bits. */
export const nonce = (): bigint => randomBytes(8).readBigUInt64BE();
