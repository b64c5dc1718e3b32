/**
 * # Asking one host
 *
 * For those who do not want the keys but the hosts: one question to one host, and its own answer,
 * which nobody follows.
 */
import type { ShtHosts } from './shtHosts.ts';
import type { Answer } from './shtMessages.ts';

/** What became of a question. An order that is not refused is passed over. */
export type Asked = Answer | { readonly type: 'passedOver' } | { readonly type: 'silence' };

/**
 * The answer of a host, if it comes within so many milliseconds. `accepted` is called when the host
 * will come to the question.
 */
export function askOne(
  hosts: ShtHosts,
  host: number,
  content: Uint8Array,
  timeout: number,
  accepted: () => void = () => {},
): Promise<Asked> {
  return new Promise((resolve) => {
    const settle = (asked: Asked): void => {
      question.isWanted = false;
      hosts.conversations[host]?.withdraw(question);
      cancel();
      resolve(asked);
    };
    const question = {
      content,
      isWanted: true,
      sent: () => {},
      accepted,
      answered: settle,
      passedOver: () => settle({ type: 'passedOver' }),
      lost: () => settle({ type: 'silence' }),
    };
    const cancel = hosts.timers.after(timeout, () => settle({ type: 'silence' }));
    hosts.conversations[host]?.ask(question);
  });
}
