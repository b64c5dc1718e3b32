/**
 * # What a search for counterexamples has to say
 */
import type { Protocol } from '../../protocol/framework/action.ts';
import type { Counterexample } from './induction.ts';
import type { Needs } from './needs.ts';
import type { Findings, Found } from './search.ts';
import { tell, type Writer } from './tell.ts';

/** A system that was searched. */
interface Named<State, Message> {
  readonly name: string;
  readonly refinement: { readonly protocol: Protocol<State, Message> };
}

/** What is needed to tell of what was found. */
export interface Teller<State, Message> {
  readonly models: readonly Named<State, Message>[];
  readonly short: Writer;
}

const number = (value: number): string => Math.round(value).toLocaleString('en-US');
const percent = (part: number, whole: number): string =>
  `${whole === 0 ? 0 : Math.round((100 * part) / whole)} %`;

/** How many scenes and steps there were, and how far from what can be reached. */
export function figures<State, Message>(
  { models }: Pick<Teller<State, Message>, 'models'>,
  found: Findings<State, Message>,
  seconds: number,
): readonly string[] {
  const { states, distinct, steps, changing, actions, unreachable, reasons } = found;
  const { changes, packets } = found;
  const taken = Object.entries(actions).sort(([, a], [, b]) => b.changing - a.changing);
  const names = models.flatMap(({ refinement }) =>
    refinement.protocol.actions.map(({ name }) => name),
  );
  const never = [...new Set(names)].filter((name) => actions[name] === undefined);
  const width = Math.max(0, ...taken.map(([name]) => name.length));
  const digits = number(steps).length;
  return [
    `${number(states)} states (${number(distinct)} different) and ${number(steps)} steps from them, of`
      + ` which ${number(changing)} changed something, in ${seconds.toFixed(1)} s.`,
    `Small systems: ${models.map(({ name }) => name).join('; ')}.`,
    `A state has ${(packets / Math.max(1, states)).toFixed(0)} packets and is`
      + ` ${(changes / Math.max(1, states)).toFixed(0)} changes away from where its walk began.`,
    `At least ${percent(unreachable, states)} cannot be reached:`
      + ' this is true of all that can, and not of so many of these:',
    ...Object.entries(reasons)
      .sort(([, a], [, b]) => b - a)
      .map(([reason, count]) => `  ${percent(count, states).padStart(5)}  ${reason}`),
    'Steps that changed something, of those tried, by action:',
    ...taken.map(
      ([name, counts]) =>
        `  ${name.padEnd(width)}  ${number(counts.changing).padStart(digits)} of`
        + ` ${number(counts.tried).padStart(digits)}`,
    ),
    ...(never.length === 0 ? [] : [`  never: ${never.join(', ')}`]),
  ];
}

/** A counterexample and where it was found. */
export function tellFound<State, Message extends { readonly type: string }>(
  { models, short }: Teller<State, Message>,
  { model: place, counterexample }: Found<State, Message>,
): readonly string[] {
  const model = models[place];
  if (model === undefined) return [];
  const told = tell(
    model.refinement.protocol,
    counterexample as Counterexample<State, Message>,
    short,
  );
  return [`COUNTEREXAMPLE to induction, with ${model.name}:`, ...told];
}

/** What a law leans on, in a line. */
export function tellNeeds<State, Message>({
  law,
  needs,
  remaining,
  states,
  steps,
}: Needs<State, Message>): string {
  const others = needs.length === 0 ? 'on its own' : `with ${needs.join(' ')}`;
  const tried = `${number(states)} states, ${number(steps)} steps`;
  return remaining === undefined
    ? `${law.padEnd(4)} is preserved ${others} (${tried})`
    : `${law.padEnd(4)} is NOT preserved even with all other laws`;
}
