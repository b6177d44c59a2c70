import { readElf } from 'tracee/artifact';
import { type CoreRelocation, type ObjectTypes, readObjectTypes } from './btf.js';
import { type BpfCode, type BpfFunction, readCode } from './code.js';
import { type ChoiceValues, type Flow, followFlow, type Settings } from './flow.js';
import {
  type Feature,
  type KernelInterface,
  helperFeatures,
  mapTypeFeatures,
  provides,
} from './kernel-interface.js';
import { kernelVersion } from './kernel-version.js';
import { possibleSettings } from './settings.js';
import { type Problem, type ProgramFacts, findProblems } from './problems.js';

export interface ProgramVerdict {
  name: string;
  section: string;
  /** With the subprograms that libbpf appends to it. */
  instructions: number;
  /** Nothing else can serve its events: they are lost when it cannot be loaded. */
  isLastRung: boolean;
  /** Empty for a program that can be loaded as far as can be told. */
  problems: Problem[];
}

export interface StaticVerdict {
  /** Release of the kernel that the object was checked for. */
  kernel: string;
  programs: ProgramVerdict[];
  /** Every program of a last rung can be loaded. */
  isServable: boolean;
}

export interface StaticCheckOptions {
  /** `BPF_*` names of the kernel's own headers, where they are at hand: {@link KernelInterface}. */
  names?: ReadonlySet<string> | undefined;
}

/** Programs on the hooks that every kernel has; the others are taken where the kernel can. */
const lastRungs: ReadonlySet<string> = new Set(['raw_tp', 'raw_tracepoint', 'kprobe', 'kretprobe']);

/**
 * Reads an object for what the verifier or the loader of a kernel would refuse. It finds what depends on
 * the kernel's version and on the shape of the code; only the kernel itself can tell whether every bound is
 * proved.
 *
 * @param what Names the file in errors, usually its path.
 * @param release As `uname -r` prints it on the target.
 * @throws TraceeError `OBJECT_INVALID`, `KERNEL_RELEASE_INVALID`.
 */
export function checkStatically(
  bytes: Uint8Array,
  what: string,
  release: string,
  { names }: StaticCheckOptions = {},
): StaticVerdict {
  const kernel: KernelInterface = {
    version: kernelVersion(release),
    ...(names === undefined ? {} : { names }),
  };
  const elf = readElf(bytes, what);
  const code = readCode(elf, bytes, what);
  const types = readObjectTypes(elf, what);
  const judge = (settings: Settings): { verdict: StaticVerdict; choices: ChoiceValues } => {
    const analysis = new Analysis(code, types, kernel, settings);
    const facts = code.programs.map((program) => gatherFacts(program, code, analysis));
    const programs = facts.map((one) => judgeProgram(one, kernel, types));
    const isServable = programs.every(({ isLastRung, problems }) => !isLastRung || problems.length === 0);
    return { verdict: { kernel: release, programs, isServable }, choices: choicesOf(facts) };
  };
  const open = judge(new Map());
  if (countLoadable(open.verdict) === open.verdict.programs.length) return open.verdict;
  // The runtime sets what suits the kernel: the best verdict is the one that counts.
  return possibleSettings(open.choices, kernel.version)
    .map((settings) => judge(settings).verdict)
    .reduce((best, one) => (countLoadable(one) > countLoadable(best) ? one : best));
}

/** How a verdict is told in a build's error: the programs that are lost, and why. */
export function describeLosses({ programs }: StaticVerdict): string {
  return programs
    .filter(({ isLastRung, problems }) => isLastRung && problems.length > 0)
    .flatMap(({ name, problems }) => problems.map(({ message }) => `  ${name} ${message}`))
    .join('\n');
}

function countLoadable({ programs }: StaticVerdict): number {
  return programs.filter(({ problems }) => problems.length === 0).length;
}

function judgeProgram(facts: ProgramFacts, kernel: KernelInterface, types: ObjectTypes): ProgramVerdict {
  return {
    name: facts.program.name,
    section: facts.program.section,
    instructions: facts.instructions,
    isLastRung: lastRungs.has(facts.hook),
    problems: findProblems(facts, kernel, types),
  };
}

function choicesOf(facts: readonly ProgramFacts[]): ChoiceValues {
  const choices = new Map<string, Set<bigint>>();
  for (const [setting, values] of facts.flatMap(({ flows }) =>
    [...flows.values()].flatMap((flow) => [...flow.choices]),
  )) {
    choices.set(setting, new Set([...(choices.get(setting) ?? []), ...values]));
  }
  return choices;
}

/** What the functions of an object do under some settings; each is looked at once, however many programs call it. */
class Analysis {
  readonly #code: BpfCode;
  readonly #follow: (one: BpfFunction) => Flow;
  readonly #flows = new Map<BpfFunction, Flow>();
  readonly #frames = new Map<BpfFunction, readonly number[]>();

  constructor(code: BpfCode, types: ObjectTypes, kernel: KernelInterface, settings: Settings) {
    this.#code = code;
    this.#follow = (one) => followFlow(one, patchedSlots(one, types.relocations, kernel), settings);
  }

  /** Of the function and of all that it can reach. */
  flowsFrom(program: BpfFunction): Map<BpfFunction, Flow> {
    const found = new Map<BpfFunction, Flow>([[program, this.#flowOf(program)]]);
    // A map that grows while it is walked is walked to its last member.
    for (const [one] of found) {
      for (const callee of this.#calleesOf(one)) found.set(callee, this.#flowOf(callee));
    }
    return found;
  }

  /** Bytes of stack along the deepest chain of calls. */
  framesFrom(one: BpfFunction): readonly number[] {
    const known = this.#frames.get(one);
    if (known !== undefined) return known;
    // The kernel refuses recursion; here it must only not go on for ever.
    this.#frames.set(one, []);
    const chains = this.#calleesOf(one).map((callee) => this.framesFrom(callee));
    const deepest = chains.toSorted((a, b) => sum(b) - sum(a))[0] ?? [];
    const frames = [this.#flowOf(one).stack, ...deepest];
    this.#frames.set(one, frames);
    return frames;
  }

  #flowOf(one: BpfFunction): Flow {
    const flow = this.#flows.get(one) ?? this.#follow(one);
    this.#flows.set(one, flow);
    return flow;
  }

  #calleesOf(one: BpfFunction): BpfFunction[] {
    const { reachable } = this.#flowOf(one);
    const callees = this.#code.calleesOf(one).filter(({ slot }) => reachable.has(slot));
    return [...new Set(callees.map(({ callee }) => callee))];
  }
}

function gatherFacts(program: BpfFunction, code: BpfCode, analysis: Analysis): ProgramFacts {
  const all = code.reachableFrom(program);
  return {
    program,
    hook: program.section.replace(/^\?/, '').split('/')[0] ?? program.section,
    functions: all,
    flows: analysis.flowsFrom(program),
    frames: analysis.framesFrom(program),
    instructions: all.reduce((total, one) => total + one.code.length, 0),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

/** Whether a helper or map type exists is known from the kernel's version, every other answer is not. */
function patchedSlots(
  { section, start, code }: BpfFunction,
  relocations: readonly CoreRelocation[],
  kernel: KernelInterface,
): Map<number, bigint | undefined> {
  const own = relocations.filter(
    (one) => one.section === section && one.slot >= start && one.slot < start + code.length,
  );
  return new Map(own.map(({ slot, enumerator }) => [slot - start, existence(enumerator, kernel)]));
}

function existence(enumerator: string | undefined, kernel: KernelInterface): bigint | undefined {
  // `BPF_FUNC_loop___new` is how a program names its own copy of a kernel's enumerator.
  const constant = enumerator?.split('___')[0];
  const feature = constant === undefined ? undefined : featureNamed(constant);
  if (feature === undefined) return undefined;
  return provides(kernel, feature) ? 1n : 0n;
}

function featureNamed(constant: string): Feature | undefined {
  return [...helperFeatures.values(), ...mapTypeFeatures.values()].find(
    (feature) => feature.constant === constant,
  );
}
