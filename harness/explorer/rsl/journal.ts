/**
 * # The journal
 *
 * The application of the explorer's instances: it writes down every request that it is asked, and
 * replies with all that it has written. So two replicas that have executed different requests, or
 * the same in different orders, or one of them twice, have different states and give different
 * replies.
 */
import { type Application, application } from '../../../spec/apps/application.ts';

export const journal: Application = application<string>({
  name: 'Journal',
  initial: '',
  handle: (written, request) => {
    const state = `${written}${request};`;
    return { state, reply: state };
  },
  serialize: (written) => written,
  deserialize: (bytes) => (bytes === '' || bytes.endsWith(';') ? bytes : undefined),
});
