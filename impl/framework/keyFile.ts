/**
 * # Deleting a key file
 *
 * A server that keeps nothing on disk must not be started twice: it would have forgotten what it
 * promised. Without its private key nobody can, so it deletes it.
 */
import { unlinkSync } from 'node:fs';
import { UsageError } from './usageError.ts';

/**
 * Deletes a private key file that has been read. Throws a {@link UsageError} if it cannot, or if
 * somebody else has done it meanwhile, who then runs the same server.
 */
export function deleteKeyFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new UsageError(
        `Private key file ${path} was deleted meanwhile: somebody else has started this server`,
      );
    }
    throw new UsageError(
      `Could not delete private key file ${path}: ${error instanceof Error ? error.message : error}; `
        + 'make its folder writable, or keep the file with safeguard=false',
    );
  }
}
