import { type BpfFunction, opcodes, pseudo } from './code.js';
import { findLoop, type Flow } from './flow.js';
import { type InstructionRule, instructionRules } from './rules.js';

/** What the code of a function uses, as far as it can be reached. */
export interface Uses {
  /** Ids. */
  readonly helpers: ReadonlySet<number>;
  /** Names. */
  readonly maps: ReadonlySet<string>;
  /** Section of global data, of the first use. */
  readonly data: string | undefined;
  /** The address of a function is passed on. */
  readonly hasCallback: boolean;
  /** The first call of a function of the kernel; its name where that is known. */
  readonly foreign: { readonly name: string | undefined } | undefined;
}

/** What does not depend on the kernel or on settings. */
export interface Shape {
  /** Those that some instruction matches. */
  readonly rules: ReadonlySet<InstructionRule>;
  readonly loop: { readonly from: number; readonly to: number } | undefined;
}

/* A function is shared by as many as a hundred programs. */
const shapes = new WeakMap<BpfFunction, Shape>();
const uses = new WeakMap<Flow, Uses>();

export function shapeOf(one: BpfFunction): Shape {
  const known = shapes.get(one);
  if (known !== undefined) return known;
  const code = one.code.filter((instruction) => instruction !== undefined);
  const shape = {
    rules: new Set(instructionRules.filter((rule) => code.some((instruction) => rule.matches(instruction)))),
    loop: findLoop(one),
  };
  shapes.set(one, shape);
  return shape;
}

export function usesOfFlow(one: BpfFunction, flow: Flow): Uses {
  const known = uses.get(flow);
  if (known !== undefined) return known;
  const found = findUses(one, flow);
  uses.set(flow, found);
  return found;
}

function findUses({ code, references }: BpfFunction, { reachable }: Flow): Uses {
  const helpers = new Set<number>();
  const maps = new Set<string>();
  let data: string | undefined;
  let hasCallback = false;
  let foreign: Uses['foreign'];
  for (const slot of reachable) {
    const instruction = code[slot];
    if (instruction === undefined) continue;
    const { opcode, source, immediate } = instruction;
    const reference = references.get(slot);
    if (reference?.section === '.maps') maps.add(reference.name);
    if (opcode === opcodes.load64) {
      if (/^\.(?:data|rodata|bss)/.test(reference?.section ?? '')) data ??= reference?.section;
      if (reference?.section === '.text') hasCallback = true;
    }
    if (opcode !== opcodes.call) continue;
    if (source === 0) helpers.add(immediate);
    // A subprogram that is nowhere; libbpf makes it a function of the kernel.
    const isNowhere = reference !== undefined && reference.section === undefined;
    if (source === pseudo.kernelFunction || isNowhere) foreign ??= { name: reference?.name };
  }
  return { helpers, maps, data, hasCallback, foreign };
}
