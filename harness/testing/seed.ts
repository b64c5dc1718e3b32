/**
 * # The seed of property tests
 *
 * Property tests draw the same values on every run, so that what passed once passes again. To try
 * others, set `IRONFLEET_TEST_SEED` to another number.
 */
import fc from 'fast-check';

/** Any number would do. */
const USUAL = 20_151_004;

const asked = process.env['IRONFLEET_TEST_SEED'];
const seed = asked === undefined ? USUAL : Number(asked);
if (!Number.isSafeInteger(seed)) {
  throw new RangeError(`IRONFLEET_TEST_SEED must be a whole number, not "${asked}"`);
}
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
