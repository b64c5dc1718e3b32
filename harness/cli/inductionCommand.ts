/** # `ironfleet induction`: what it does once its options are known. */
import { UsageError } from '../../impl/framework/usageError.ts';
import type { Message } from '../../protocol/rsl/messages.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import { everything, Induction } from '../induction/induction.ts';
import { B3 } from '../induction/laws.ts';
import { type Needs, needsOf } from '../induction/needs.ts';
import { figures, tellFound, tellNeeds } from '../induction/report.ts';
import { type RslModel, rslModel } from '../induction/rsl/model.ts';
import { UNIVERSES } from '../induction/rsl/universe.ts';
import { writeShort } from '../induction/rsl/writer.ts';
import { type Found, search } from '../induction/search.ts';
import { shrink } from '../induction/shrink.ts';
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

/** Gives the exit code. */
export function inductionCommand(service: string, options: InductionCommandOptions): number {
  if (service !== 'rsl') {
    throw new UsageError(`no induction for "${service}"; what it can be tried for is: rsl`);
  }
  const models = UNIVERSES.map((universe) => rslModel(universe));
  const laws = new Induction(models[0] as RslModel).laws.numbers;
  const { only } = options;
  if (only !== undefined && only !== B3 && !laws.includes(only)) {
    throw new UsageError(`there is no law ${only}; there are: ${B3} ${laws.join(' ')}`);
  }
  if (only !== undefined) return table(models, laws, [only], options);
  return options.table ? table(models, laws, [B3, ...laws], options) : all(models, laws, options);
}

/** Whether all laws together are inductive. */
function all(
  models: readonly RslModel[],
  laws: readonly string[],
  { states = STATES, seed, json = false }: InductionCommandOptions,
): number {
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
  const simple = first && simplest(models, first);
  if (json) {
    const { counterexamples: _, ...rest } = found;
    const counterexample = simple ? tellFound({ models, short: writeShort }, simple) : null;
    printJson({ laws, seed, seconds, ...rest, counterexample });
  } else {
    print(
      `Hypothesis and conclusion: ${laws.join(' ')}; and ${B3} after each step.`,
      ...figures({ models }, found, seconds),
      ...(simple === undefined
        ? ['No counterexample to induction was found.']
        : ['', ...tellFound({ models, short: writeShort }, simple)]),
    );
  }
  return simple === undefined ? 0 : 1;
}

type RslFound = Found<Replica, Message>;

function simplest(
  models: readonly RslModel[],
  { model: place, counterexample }: RslFound,
): RslFound {
  const model = models[place] as RslModel;
  return { model: place, counterexample: shrink(new Induction(model), model, counterexample) };
}

/** What some laws need. */
function table(
  models: readonly RslModel[],
  all: readonly string[],
  asked: readonly string[],
  { states = STATES_A_LAW, seed, json = false }: InductionCommandOptions,
): number {
  let exitCode = 0;
  for (const law of asked) {
    const needs = needsOf(models, law, all, {
      seed,
      states,
      strange: STRANGE,
      enough: ENOUGH,
      onProgress: (_, sofar) => {
        if (!json) process.stderr.write(`${law} with ${sofar.join(' ') || 'nothing'} …\n`);
      },
    });
    if (needs.remaining !== undefined) exitCode = 1;
    if (json) printJson(forPrograms(models, needs));
    else print(...told(models, needs, asked.length === 1));
  }
  return exitCode;
}

/** A law in a line; with `fully`, also why it needs each of the others. */
function told(
  models: readonly RslModel[],
  needs: Needs<Replica, Message>,
  fully: boolean,
): readonly string[] {
  const teller = { models, short: writeShort };
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

const forPrograms = (models: readonly RslModel[], needs: Needs<Replica, Message>) => {
  const teller = { models, short: writeShort };
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
