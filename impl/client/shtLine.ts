/**
 * # What a conversation is given
 */
import type { QuestionLimits } from './shtQuestions.ts';

/** What a conversation needs of the network. */
export interface Line {
  /** Says whether there is room for more. */
  send(message: Uint8Array): boolean;
  /** The connection seems stuck: try another in its place. */
  renew(): void;
}

export interface ConversationSettings extends QuestionLimits {
  /** The host's end point. */
  readonly dst: Uint8Array;
  /** After how long without progress what is unanswered is sent again, in milliseconds. */
  readonly retryMs: number;
  /**
   * For a client whose key has been used before: a key of the table that was never asked for. It asks
   * the host for its numbers first, and passes over all answers before the one to this.
   */
  readonly nonce?: bigint | undefined;
}
