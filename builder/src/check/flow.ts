import { type BpfFunction, type Instruction, opcodes, type Reference } from './code.js';
import {
  comparedSetting,
  constantOf,
  entryRegisters,
  execute,
  isTaken,
  loadedSetting,
  mergeRegisters,
  type Registers,
  set,
} from './registers.js';

const classes = { jump: 0x05, jump32: 0x06, mask: 0x07 } as const;

/**
 * A jump that closes a loop, as the kernel's check_cfg() finds it: an edge to an instruction that is on the
 * path to it. A jump to an earlier place that is on no such path is none. Dead branches count.
 */
export function findLoop({ code }: BpfFunction): { from: number; to: number } | undefined {
  const onPath = 1;
  const done = 2;
  const state = new Map<number, number>([[0, onPath]]);
  const path = [{ slot: 0, next: successors(code, 0) }];
  for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
    const to = last.next.pop();
    if (to === undefined) {
      state.set(last.slot, done);
      path.pop();
    } else if (state.get(to) === onPath) {
      return { from: last.slot, to };
    } else if (!state.has(to)) {
      state.set(to, onPath);
      path.push({ slot: to, next: successors(code, to) });
    }
  }
  return undefined;
}

/** Where an instruction can lead, from its own slot. */
function successors(code: BpfFunction['code'], slot: number): number[] {
  const instruction = code[slot];
  if (instruction === undefined || instruction.opcode === opcodes.exit) return [];
  const next = slot + (instruction.upper === undefined ? 1 : 2);
  const target = jumpTarget(instruction, slot);
  const isAlways = instruction.opcode === opcodes.jump || instruction.opcode === opcodes.longJump;
  const all = target === undefined ? [next] : isAlways ? [target] : [next, target];
  return all.filter((to) => to >= 0 && to < code.length);
}

function jumpTarget({ opcode, offset, immediate }: Instruction, slot: number): number | undefined {
  const family = opcode & classes.mask;
  if (family !== classes.jump && family !== classes.jump32) return undefined;
  if (opcode === opcodes.call || opcode === opcodes.exit) return undefined;
  return slot + 1 + (opcode === opcodes.longJump ? immediate : offset);
}

/** Values that the loader gives to settings in `.rodata`; a setting is named `.rodata.settings+0`. */
export type Settings = ReadonlyMap<string, bigint>;

/** Values that the code compares a setting with. */
export type ChoiceValues = ReadonlyMap<string, ReadonlySet<bigint>>;

/** What is known about a function without running it. */
export interface Flow {
  /** Slots that can be reached once the loader has filled in the constants that are known. */
  readonly reachable: ReadonlySet<number>;
  /** Bytes of stack that constant offsets from r10 touch. */
  readonly stack: number;
  /** Settings that a branch depends on. */
  readonly choices: ChoiceValues;
}

/**
 * Follows constants and stack addresses through the registers, without telling paths apart: where two meet,
 * what differs is unknown.
 *
 * @param patched Slots whose constant is filled in at load time, with the value where that can be told.
 */
export function followFlow(
  { code, references }: BpfFunction,
  patched: ReadonlyMap<number, bigint | undefined>,
  settings: Settings,
): Flow {
  const before = new Map<number, Registers>([[0, entryRegisters]]);
  const open = [0];
  const choices = new Map<string, Set<bigint>>();
  let stack = 0;
  for (let slot = open.pop(); slot !== undefined; slot = open.pop()) {
    const instruction = code[slot];
    const registers = before.get(slot);
    if (instruction === undefined || registers === undefined) continue;
    const isPatched = patched.has(slot) || references.has(slot);
    const step = execute(instruction, registers, isPatched ? { value: patched.get(slot) } : undefined);
    stack = Math.max(stack, step.stack);
    const after = applySettings(instruction, registers, step.registers, references.get(slot), settings);
    const compared = comparedSetting(instruction, registers);
    if (compared !== undefined) {
      choices.set(compared.setting, (choices.get(compared.setting) ?? new Set()).add(compared.value));
    }
    const taken = isTaken(instruction, registers);
    const target = jumpTarget(instruction, slot);
    for (const to of successors(code, slot)) {
      const isTarget = to === target;
      if (taken !== undefined && target !== slot + 1 && taken !== isTarget) continue;
      const merged = mergeRegisters(before.get(to), after);
      if (merged === undefined) continue;
      before.set(to, merged);
      open.push(to);
    }
  }
  return { reachable: new Set(before.keys()), stack, choices };
}

/** Adds what is known of settings to the registers after an instruction. */
function applySettings(
  instruction: Instruction,
  before: Registers,
  after: Registers,
  reference: Reference | undefined,
  settings: Settings,
): Registers {
  const setting = loadedSetting(instruction, before);
  if (setting !== undefined) {
    return set(after, instruction.destination, constantOf(settings.get(setting)) ?? { setting });
  }
  if (instruction.opcode !== opcodes.load64 || !reference?.section?.startsWith('.rodata')) return after;
  return set(after, instruction.destination, {
    settingAt: reference.section,
    dataOffset: reference.value + instruction.immediate,
  });
}
