import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processedInstructions, refusalOf } from '../../src/libbpf/refusal.js';

const statistics =
  'processed 12 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n';

test('a refusal is read from the end: reason, instruction, and what was last known of its registers', () => {
  const log = [
    '0: R1=ctx() R10=fp0',
    '; char *value = lookup(); @ a.bpf.c:12',
    '8: (15) if r0 == 0x0 goto pc+6        ; R0=map_value(map=values,ks=4,vs=64)',
    '10: (57) r1 &= 255                    ; R1=scalar(smin=0,smax=255,var_off=(0x0; 0xff))',
    '; return value[i]; @ a.bpf.c:13',
    '12: (0f) r0 += r1',
    'invalid access to map value, value_size=64 off=255 size=1',
    'R0 max value is outside of the allowed memory range',
    statistics,
  ].join('\n');
  assert.deepEqual(refusalOf(log), {
    reason:
      'invalid access to map value, value_size=64 off=255 size=1; R0 max value is outside of the allowed memory range',
    instruction: '12: (0f) r0 += r1',
    registers: 'R0=map_value(map=values,ks=4,vs=64) R1=scalar(smin=0,smax=255,var_off=(0x0; 0xff))',
    source: 'return value[i]; @ a.bpf.c:13',
  });
});

test('a log of kernels before 5.17, with the state above the instruction, is read as well', () => {
  const log = [
    '; return *(int *)ctx[1];',
    '0: (79) r1 = *(u64 *)(r1 +8)',
    ' R1=ctx(id=0,off=0,imm=0) R10=fp0',
    '; return *(int *)ctx[1];',
    '1: (61) r0 = *(u32 *)(r1 +0)',
    " R1 invalid mem access 'inv'",
    statistics,
  ].join('\n');
  const refusal = refusalOf(log.replace(' R1 invalid', 'R1 invalid'));
  assert.equal(refusal?.reason, "R1 invalid mem access 'inv'");
  assert.equal(refusal?.instruction, '1: (61) r0 = *(u32 *)(r1 +0)');
  assert.equal(refusal?.registers, 'R1=ctx(id=0,off=0,imm=0)');
});

test('a whole program that is refused has no instruction', () => {
  assert.deepEqual(refusalOf(`back-edge from insn 2 to 1\n${statistics}`), {
    reason: 'back-edge from insn 2 to 1',
  });
});

test('a log without a verdict is no refusal', () => {
  assert.equal(refusalOf(''), undefined);
  assert.equal(refusalOf(statistics), undefined);
});

test('the instructions that were gone through are counted in the log', () => {
  assert.equal(processedInstructions(statistics), 12);
  assert.equal(processedInstructions(''), undefined);
});
