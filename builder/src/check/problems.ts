import type { ObjectTypes } from './btf.js';
import type { BpfFunction } from './code.js';
import type { Flow } from './flow.js';
import { replacedByLibbpf, helpers } from './helpers.js';
import {
  helperFeatures,
  type KernelInterface,
  mapTypeFeatures,
  programTypes,
  provides,
} from './kernel-interface.js';
import { kernelVersion } from './kernel-version.js';
import {
  callbackRule,
  globalDataRule,
  instructionRules,
  kernelFunctionRule,
  loopRule,
  type Rule,
  sizeLimits,
  sleepableRule,
  stackLimit,
} from './rules.js';
import { shapeOf, type Uses, usesOfFlow } from './uses.js';

/** One reason for which a kernel would not load a program. */
export interface Problem {
  rule: string;
  message: string;
  mend: string;
}

/** A program with all that is loaded together with it. */
export interface ProgramFacts {
  program: BpfFunction;
  /** First part of the section's name: `fentry.s` of `fentry.s/do_exit`. */
  hook: string;
  /** The program itself and its subprograms. */
  functions: readonly BpfFunction[];
  /** Of the functions that can be reached. */
  flows: ReadonlyMap<BpfFunction, Flow>;
  /** Bytes of stack along the deepest chain of calls. */
  frames: readonly number[];
  instructions: number;
}

export function findProblems(facts: ProgramFacts, kernel: KernelInterface, types: ObjectTypes): Problem[] {
  return [
    ...checkHook(facts, kernel),
    ...checkSize(facts, kernel),
    ...checkStack(facts),
    ...checkInstructions(facts, kernel),
    ...checkLoops(facts, kernel),
    ...checkHelpers(facts, kernel),
    ...checkMaps(facts, kernel, types),
    ...checkReferences(facts, kernel),
  ];
}

function checkHook({ hook }: ProgramFacts, kernel: KernelInterface): Problem[] {
  const isSleepable = hook.endsWith('.s');
  const name = isSleepable ? hook.slice(0, -2) : hook;
  const type = programTypes.get(name);
  const missing =
    type === undefined || provides(kernel, type)
      ? []
      : [
          {
            rule: 'program-type',
            message: `is a program of type ${name}, which came with Linux ${type.since} (${type.commit})`,
            mend: 'leave the program out on such kernels and serve its event by another hook',
          },
        ];
  return isSleepable ? [...missing, ...since(sleepableRule, kernel)] : missing;
}

function checkSize({ instructions }: ProgramFacts, { version }: KernelInterface): Problem[] {
  const isOld = version < kernelVersion(sizeLimits.since);
  const limit = isOld ? sizeLimits.before : sizeLimits.after;
  if (instructions <= limit) return [];
  const where = isOld ? ` below Linux ${sizeLimits.since} (${sizeLimits.commit})` : '';
  return [
    {
      rule: sizeLimits.rule,
      message: `has ${instructions} instructions, and ${limit} is the limit${where}`,
      mend: sizeLimits.mend,
    },
  ];
}

function checkStack({ frames }: ProgramFacts): Problem[] {
  const total = frames.reduce((sum, frame) => sum + Math.ceil(frame / stackLimit.step) * stackLimit.step, 0);
  if (total <= stackLimit.bytes) return [];
  const chain = frames.length === 1 ? '' : ` (${frames.join(' + ')} in a chain of calls)`;
  return [
    {
      rule: stackLimit.rule,
      message: `uses ${total} bytes of stack${chain}, and ${stackLimit.bytes} is the limit`,
      mend: stackLimit.mend,
    },
  ];
}

function checkInstructions({ functions }: ProgramFacts, kernel: KernelInterface): Problem[] {
  const met = new Set(functions.flatMap((one) => [...shapeOf(one).rules]));
  return instructionRules.flatMap((rule) => (met.has(rule) ? since(rule, kernel) : []));
}

function checkLoops({ functions }: ProgramFacts, kernel: KernelInterface): Problem[] {
  for (const one of functions) {
    const { loop } = shapeOf(one);
    if (loop === undefined) continue;
    const where = `in ${one.name}, from instruction ${loop.from} to ${loop.to}`;
    return since(loopRule, kernel, where);
  }
  return [];
}

function checkHelpers(facts: ProgramFacts, kernel: KernelInterface): Problem[] {
  const called = usesOf(facts).flatMap((uses) => [...uses.helpers]);
  return [...new Set(called)]
    .toSorted((a, b) => a - b)
    .flatMap((id) => {
      const feature = helperFeatures.get(id);
      const name = helpers.get(id)?.name;
      if (feature === undefined || name === undefined) {
        return [
          { rule: 'helper', message: `calls helper ${id}, which no kernel has`, mend: 'compile it again' },
        ];
      }
      if (provides(kernel, feature) || replacedByLibbpf.has(name)) return [];
      return [
        {
          rule: 'helper',
          message: `calls bpf_${name}(), which came with Linux ${feature.since}`,
          mend: 'ask for the helper before calling it, or leave the program out on such kernels',
        },
      ];
    });
}

function checkMaps(facts: ProgramFacts, kernel: KernelInterface, types: ObjectTypes): Problem[] {
  const names = usesOf(facts).flatMap((uses) => [...uses.maps]);
  return [...new Set(names)].flatMap((name) => {
    const type = types.mapTypes.get(name);
    const feature = type === undefined ? undefined : mapTypeFeatures.get(type);
    if (feature === undefined || provides(kernel, feature)) return [];
    return [
      {
        rule: 'map-type',
        message: `uses the map ${name} of type ${feature.constant}, which came with Linux ${feature.since}`,
        mend: 'use a map type that the kernel has, or leave the program out on such kernels',
      },
    ];
  });
}

function checkReferences(facts: ProgramFacts, kernel: KernelInterface): Problem[] {
  const all = usesOf(facts);
  const data = all.find((uses) => uses.data !== undefined)?.data;
  const foreign = all.find((uses) => uses.foreign !== undefined)?.foreign;
  return [
    ...(data === undefined ? [] : since(globalDataRule, kernel, `section ${data}`)),
    ...(all.some((uses) => uses.hasCallback) ? since(callbackRule, kernel) : []),
    ...(foreign === undefined ? [] : since(kernelFunctionRule, kernel, foreign.name)),
  ];
}

function usesOf({ flows }: ProgramFacts): Uses[] {
  return [...flows].map(([one, flow]) => usesOfFlow(one, flow));
}

function since(rule: Rule, { version }: KernelInterface, detail?: string): Problem[] {
  if (version >= kernelVersion(rule.since)) return [];
  const where = detail === undefined ? '' : ` (${detail})`;
  return [
    {
      rule: rule.name,
      message: `${rule.says}${where}, which Linux takes since ${rule.since} (${rule.commit})`,
      mend: rule.mend,
    },
  ];
}
