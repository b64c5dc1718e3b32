/** # `ironfleet induction`: what it does once its options are known. */
import { UsageError } from '../../impl/framework/usageError.ts';
import { everything, Induction } from '../induction/induction.ts';
import { B3 } from '../induction/laws.ts';
import { type Needs, needsOf } from '../induction/needs.ts';
import { figures, tellFound, tellNeeds } from '../induction/report.ts';
import { rslModel } from '../induction/rsl/model.ts';
import { UNIVERSES as RSL_UNIVERSES } from '../induction/rsl/universe.ts';
import { writeShort as writeRsl } from '../induction/rsl/writer.ts';
import { type Found, type Model, search } from '../induction/search.ts';
import { shrink } from '../induction/shrink.ts';
import { shtModel } from '../induction/sht/model.ts';
import { UNIVERSES as SHT_UNIVERSES } from '../induction/sht/universe.ts';
import { writeShort as writeSht } from '../induction/sht/writer.ts';
import type { Writer } from '../induction/tell.ts';
import type { InductionCommandOptions } from './induction.ts';
import { showProgress } from './progress.ts';

/** So many take half a minute or more. */
const STATES = 10_000;
/** For each law, again and again. */
const STATES_A_LAW = 1_500;
const STRANGE = 3;
/** How many counterexamples are looked at before a law joins the hypothesis. */
const ENOUGH = 5;

const print = (...lines: readonly string[]): void => {
  process.stdout.write(`${lines.join('\n')}\n`);
};

const printJson = (value: unknown): void => print(JSON.stringify(value));

interface Typed {
  readonly type: string;
}

/** A service in some small systems, and how its values are written. */
interface Tried<State, Message extends Typed, Ghost, Spec> {
  readonly models: readonly Model<State, Message, Ghost, Spec>[];
  readonly short: Writer;
}

/** Gives the exit code. */
export function inductionCommand(service: string, options: InductionCommandOptions): number {
  switch (service) {
    case 'rsl': {
      const models = RSL_UNIVERSES.map((universe) => rslModel(universe));
      return tryInduction({ models, short: writeRsl }, options);
    }
    case 'sht': {
      const models = SHT_UNIVERSES.map((universe) => shtModel(universe));
      return tryInduction({ models, short: writeSht }, options);
    }
  }
  throw new UsageError(`no induction for "${service}"; what it can be tried for is: rsl, sht`);
}

function tryInduction<State, Message extends Typed, Ghost, Spec>(
  tried: Tried<State, Message, Ghost, Spec>,
  options: InductionCommandOptions,
): number {
  const laws = new Induction(modelAt(tried, 0)).numbers;
  const { only } = options;
  if (only !== undefined && only !== B3 && !laws.includes(only)) {
    throw new UsageError(`there is no law ${only}; there are: ${B3} ${laws.join(' ')}`);
  }
  if (only !== undefined) return table(tried, laws, [only], options);
  return options.table ? table(tried, laws, [B3, ...laws], options) : all(tried, laws, options);
}

const modelAt = <State, Message extends Typed, Ghost, Spec>(
  { models }: Tried<State, Message, Ghost, Spec>,
  place: number,
) => models[place] as Model<State, Message, Ghost, Spec>;

/** Whether all laws together are inductive. */
function all<State, Message extends Typed, Ghost, Spec>(
  tried: Tried<State, Message, Ghost, Spec>,
  laws: readonly string[],
  { states = STATES, seed, json = false }: InductionCommandOptions,
): number {
  const { models } = tried;
  const started = performance.now();
  const progress = showProgress('induction', states, !json);
  const found = search(models, everything, {
    seed,
    states,
    enough: 1,
    strange: STRANGE,
    onProgress: ({ states: done, steps }) => progress.update(done, `${steps} steps`),
  });
  progress.stop();
  const seconds = (performance.now() - started) / 1000;
  const [first] = found.counterexamples;
  const simple = first && simplest(tried, first);
  if (json) {
    const { counterexamples: _, ...rest } = found;
    const counterexample = simple ? tellFound(tried, simple) : null;
    printJson({ laws, seed, seconds, ...rest, counterexample });
  } else {
    print(
      `Hypothesis and conclusion: ${laws.join(' ')}; and ${B3} after each step.`,
      ...figures({ models }, found, seconds),
      ...(simple === undefined
        ? ['No counterexample to induction was found.']
        : ['', ...tellFound(tried, simple)]),
    );
  }
  return simple === undefined ? 0 : 1;
}

function simplest<State, Message extends Typed, Ghost, Spec>(
  tried: Tried<State, Message, Ghost, Spec>,
  { model: place, counterexample }: Found<State, Message>,
): Found<State, Message> {
  const model = modelAt(tried, place);
  return { model: place, counterexample: shrink(new Induction(model), model, counterexample) };
}

/** What some laws need. */
function table<State, Message extends Typed, Ghost, Spec>(
  tried: Tried<State, Message, Ghost, Spec>,
  all: readonly string[],
  asked: readonly string[],
  { states = STATES_A_LAW, seed, json = false }: InductionCommandOptions,
): number {
  let exitCode = 0;
  for (const law of asked) {
    const needs = needsOf(tried.models, law, all, {
      seed,
      states,
      strange: STRANGE,
      enough: ENOUGH,
      onProgress: (_, sofar) => {
        if (!json) process.stderr.write(`${law} with ${sofar.join(' ') || 'nothing'} …\n`);
      },
    });
    if (needs.remaining !== undefined) exitCode = 1;
    if (json) printJson(forPrograms(tried, needs));
    else print(...told(tried, needs, asked.length === 1));
  }
  return exitCode;
}

/** A law in a line; with `fully`, also why it needs each of the others. */
function told<State, Message extends Typed, Ghost, Spec>(
  teller: Tried<State, Message, Ghost, Spec>,
  needs: Needs<State, Message>,
  fully: boolean,
): readonly string[] {
  const { law, because, remaining } = needs;
  const reasons = [...because].flatMap(([other, found]) => [
    '',
    `${law} needs ${other}, for without it:`,
    ...tellFound(teller, found),
  ]);
  return [
    tellNeeds(needs),
    ...(fully ? reasons : []),
    ...(remaining === undefined ? [] : ['', ...tellFound(teller, remaining)]),
  ];
}

const forPrograms = <State, Message extends Typed, Ghost, Spec>(
  teller: Tried<State, Message, Ghost, Spec>,
  needs: Needs<State, Message>,
) => {
  const { law, because, remaining, states, steps } = needs;
  return {
    law,
    needs: needs.needs,
    states,
    steps,
    because: Object.fromEntries(
      [...because].map(([other, found]) => [other, tellFound(teller, found)]),
    ),
    remaining: remaining === undefined ? null : tellFound(teller, remaining),
  };
};
