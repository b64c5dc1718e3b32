/**
 * What a user can mend: a wrong option, a missing file, a port in use. The message is one line that
 * says what is wrong and what to do about it; programs print it and end with exit code 2.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
