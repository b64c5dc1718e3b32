/**
 * # What a conversation counts
 */

/** All numbers count from the start of the client. */
export interface ConversationCounters {
  answers: number;
  /** Of these, those to nothing that was asked. */
  strays: number;
  repeatedAnswers: number;
  /** Answers that came before others that should have come first. */
  gaps: number;
  malformed: number;
  /** How often it was asked again because nothing had come for long, or something was missing. */
  retries: number;
  /** How many times a question was sent that had been sent before. */
  resent: number;
  connectionsLost: number;
}

export const noCounts = (): ConversationCounters => ({
  answers: 0,
  strays: 0,
  repeatedAnswers: 0,
  gaps: 0,
  malformed: 0,
  retries: 0,
  resent: 0,
  connectionsLost: 0,
});
