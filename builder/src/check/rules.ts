import { type Instruction, opcodes, pseudo } from './code.js';

/** Something that kernels below a version refuse. */
export interface Rule {
  /** Stable: tests and scripts name it. */
  readonly name: string;
  /** First series that takes it. */
  readonly since: string;
  /** The kernel commit that brought it. */
  readonly commit: string;
  /** Ends the sentence "it …". */
  readonly says: string;
  /** How to get rid of it. */
  readonly mend: string;
}

/** A rule about single instructions. */
export interface InstructionRule extends Rule {
  matches(instruction: Instruction): boolean;
}

/** Instructions that older verifiers do not know, wherever they stand, dead code included. */
export const instructionRules: readonly InstructionRule[] = [
  {
    name: 'jmp32',
    since: '5.1',
    commit: '092ed0968bb6',
    says: 'has 32-bit jumps',
    mend: 'compile with -mcpu=v2 (LLVM 20 made v3 its default)',
    matches: ({ opcode }) =>
      (opcode & 0x07) === 0x06 && opcode !== opcodes.longJump && (opcode & 0xf0) !== 0xe0,
  },
  {
    name: 'atomics',
    since: '5.12',
    commit: '5ca419f2864a',
    says: 'has atomic operations other than a plain addition',
    mend: 'use __sync_fetch_and_add() without its result, and compile with -mcpu=v2',
    matches: ({ opcode, immediate }) => isAtomic(opcode) && immediate !== 0 && immediate < 0x100,
  },
  {
    name: 'load-acquire',
    since: '6.15',
    commit: '880442305a39',
    says: 'has load-acquire or store-release operations',
    mend: 'compile with -mcpu=v2',
    matches: ({ opcode, immediate }) => isAtomic(opcode) && immediate >= 0x100,
  },
  {
    name: 'cpu-v4',
    since: '6.6',
    commit: '1f9a1ea821ff',
    says: 'has instructions of -mcpu=v4 (sign extension, signed division, byte swaps, long jumps)',
    mend: 'compile with -mcpu=v2',
    matches: ({ opcode, offset }) =>
      opcode === opcodes.longJump ||
      opcode === 0xd7 ||
      ((opcode & 0x07) === 0x01 && (opcode & 0xe0) === 0x80) ||
      (isArithmetic(opcode) && [0x30, 0x90, 0xb0].includes(opcode & 0xf0) && offset !== 0),
  },
  {
    name: 'may-goto',
    since: '6.9',
    commit: '011832b97b31',
    says: 'has loops that the kernel itself ends (may_goto)',
    mend: 'give the loop a constant bound instead of can_loop or cond_break',
    matches: ({ opcode }) => opcode === opcodes.mayGoto,
  },
  {
    name: 'subprogram',
    since: '4.16',
    commit: 'cc8b0b92a169',
    says: 'calls functions that were not inlined',
    mend: 'make them __always_inline',
    matches: ({ opcode, source }) => opcode === opcodes.call && source === pseudo.subprogram,
  },
];

export const loopRule: Rule = {
  name: 'loop',
  since: '5.3',
  commit: '2589726d12a1',
  says: 'has a loop (a back-edge)',
  mend: 'unroll it with #pragma unroll and a constant bound; clang says with -Wpass-failed where it could not',
};

export const globalDataRule: Rule = {
  name: 'global-data',
  since: '5.2',
  commit: 'd8eca5bbb2be',
  says: 'uses global variables or constants',
  mend: 'keep them in a map, or make them local and constant',
};

export const kernelFunctionRule: Rule = {
  name: 'kernel-function',
  since: '5.13',
  commit: 'e6ac2450d6de',
  says: 'calls kernel functions (kfuncs)',
  mend: 'use a helper, or leave the program out on such kernels',
};

export const callbackRule: Rule = {
  name: 'callback',
  since: '5.13',
  commit: '69c087ba6225',
  says: 'hands a function of its own to a helper',
  mend: 'use an unrolled loop instead of the helper',
};

export const sleepableRule: Rule = {
  name: 'sleepable',
  since: '5.10',
  commit: '1e6c62a88215',
  says: 'is sleepable',
  mend: 'drop the .s from its section, and the helpers that need it',
};

/** Instructions of one program with its subprograms; what is verified of them is limited apart from that. */
export const sizeLimits = {
  rule: 'program-size',
  since: '5.2',
  commit: 'c04c0d2b968a',
  before: 4096,
  after: 1_000_000,
  mend: 'shorten it: smaller unrolled loops, or work moved to a program of its own',
} as const;

/** MAX_BPF_STACK in include/linux/filter.h, all frames of a call chain together. */
export const stackLimit = {
  rule: 'stack',
  bytes: 512,
  /** The verifier counts each frame in steps of this. */
  step: 32,
  mend: 'move large variables to a per-CPU array map',
} as const;

function isAtomic(opcode: number): boolean {
  return (opcode & 0x07) === 0x03 && (opcode & 0xe0) === 0xc0;
}

function isArithmetic(opcode: number): boolean {
  return (opcode & 0x07) === 0x04 || (opcode & 0x07) === 0x07;
}
