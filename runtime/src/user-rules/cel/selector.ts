import type { ASTNode } from '@marcbachmann/cel-js';
import type { EventSelector } from '../../detection/rule.js';
import { numbersNamed } from '../../events/names.js';
import type { ArgumentValue } from '../../events/record.js';
import type { ArgumentDefinition, EventDefinition } from '../../events/types.js';
import { celTypeOf } from './context.js';
import { constants } from './environment.js';

/** One argument and the values that it has wherever the condition holds. */
interface Equality {
  readonly argument: string;
  readonly values: readonly ArgumentValue[];
}

/**
 * What must hold of an event wherever these conditions hold together, as far as it can be said
 * declaratively: `args.request == PTRACE_TRACEME && …` -> `{ event, where: { request: [0] } }`. The kernel
 * decides what it can of it, and the whole condition is looked at again.
 */
export function selectorFor(definition: EventDefinition, conditions: readonly ASTNode[]): EventSelector {
  const where = new Map<string, readonly ArgumentValue[]>();
  const bits = new Map<string, number>();
  for (const node of conditions.flatMap(conjunctsOf)) {
    const equality = equalityOf(node, definition);
    if (equality !== undefined && !where.has(equality.argument)) {
      where.set(equality.argument, equality.values);
    }
    const flags = flagsOf(node, definition);
    if (flags !== undefined && !bits.has(flags.argument)) bits.set(flags.argument, flags.bits);
  }
  return {
    event: definition.name,
    ...(where.size === 0 ? {} : { where: Object.fromEntries(where) }),
    ...(bits.size === 0 ? {} : { bits: Object.fromEntries(bits) }),
  };
}

function conjunctsOf(node: ASTNode): ASTNode[] {
  return node.op === '&&' ? node.args.flatMap(conjunctsOf) : [node];
}

function equalityOf(node: ASTNode, definition: EventDefinition): Equality | undefined {
  switch (node.op) {
    case '==': {
      const [left, right] = node.args;
      return comparison(left, [right], definition) ?? comparison(right, [left], definition);
    }
    case 'in': {
      const [left, right] = node.args;
      return right.op === 'list' ? comparison(left, right.args, definition) : undefined;
    }
    case '||': {
      const sides = node.args.map((side) => equalityOf(side, definition));
      const [left, right] = sides;
      if (left === undefined || left.argument !== right?.argument) return undefined;
      return { argument: left.argument, values: [...new Set([...left.values, ...right.values])] };
    }
    case '.':
      return truth(node, 1, definition);
    case '!_':
      return truth(node.args, 0, definition);
    default:
      return undefined;
  }
}

/** `args.is_secure` by itself, and `!args.is_secure`. The kernel writes 0 and 1. */
function truth(node: ASTNode, value: number, definition: EventDefinition): Equality | undefined {
  const argument = argumentOf(node, 'args', definition);
  return argument !== undefined && celTypeOf(argument) === 'bool'
    ? { argument: argument.name, values: [value] }
    : undefined;
}

function comparison(
  node: ASTNode,
  literals: readonly ASTNode[],
  definition: EventDefinition,
): Equality | undefined {
  const plain = argumentOf(node, 'args', definition);
  const named = argumentOf(node, 'named', definition);
  const argument = plain ?? named;
  if (argument === undefined) return undefined;
  const values = literals.map((literal) =>
    named === undefined
      ? [valueOf(literal)].filter((one) => one !== undefined)
      : numbersOf(argument, literal),
  );
  return values.length > 0 && values.every((known) => known.length > 0)
    ? { argument: argument.name, values: values.flat() }
    : undefined;
}

/** Of flags a part may be named in any order, and 33 bits have no names: only what has one name is sure. */
function numbersOf({ type, vocabulary }: ArgumentDefinition, literal: ASTNode): readonly number[] {
  if (vocabulary === undefined || literal.op !== 'value' || typeof literal.args !== 'string') return [];
  const numbers = numbersNamed(vocabulary, literal.args);
  return type === 'int' ? numbers.map((number) => number | 0) : numbers;
}

/** `hasBits(args.prot, PROT_EXEC)`: all of some bits is at least one of them. */
function flagsOf(node: ASTNode, definition: EventDefinition): { argument: string; bits: number } | undefined {
  if (node.op !== 'call' || !['hasBits', 'hasAnyBit'].includes(node.args[0])) return undefined;
  const [target, mask] = node.args[1];
  const argument = target === undefined ? undefined : argumentOf(target, 'args', definition);
  const bits = mask === undefined ? undefined : integerOf(mask);
  if (argument === undefined || bits === undefined || bits <= 0n || bits > 0x7fff_ffffn) return undefined;
  return { argument: argument.name, bits: Number(bits) };
}

function argumentOf(
  node: ASTNode,
  owner: 'args' | 'named',
  definition: EventDefinition,
): ArgumentDefinition | undefined {
  if (node.op !== '.') return undefined;
  const [object, name] = node.args;
  if (object.op !== 'id' || object.args !== owner) return undefined;
  return definition.arguments.find((argument) => argument.name === name);
}

function valueOf(node: ASTNode): ArgumentValue | undefined {
  if (node.op === 'value' && typeof node.args === 'string') return node.args;
  if (node.op === 'value' && typeof node.args === 'boolean') return node.args ? 1 : 0;
  const integer = integerOf(node);
  if (integer === undefined) return undefined;
  return Number.isSafeInteger(Number(integer)) ? Number(integer) : integer;
}

function integerOf(node: ASTNode): bigint | undefined {
  if (node.op === 'value') return typeof node.args === 'bigint' ? node.args : undefined;
  if (node.op === 'id') return constants.get(node.args);
  if (node.op === '-_') {
    const inner = integerOf(node.args);
    return inner === undefined ? undefined : -inner;
  }
  if (node.op !== '+') return undefined;
  const [left, right] = node.args.map(integerOf);
  return left === undefined || right === undefined ? undefined : left + right;
}
