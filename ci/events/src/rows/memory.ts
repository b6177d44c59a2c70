import type { EventRow } from './row.js';

const isPositive = (value: unknown): boolean => Number(value) > 0;

/** Memory of the process itself. */
export const memoryRows: readonly EventRow[] = [
  {
    event: 'mem_prot_alert',
    act: 'memory is mapped writable and executable',
    script: 'exec $ACTS/act-memory map',
    expects: {
      alert: 'Mmaped region with W+E permissions!',
      address: null,
      prot: 'PROT_READ|PROT_WRITE|PROT_EXEC',
    },
  },
  {
    event: 'mem_prot_alert',
    act: 'written memory becomes executable',
    script: 'exec $ACTS/act-memory execute',
    expects: {
      alert: 'Protection changed to Executable!',
      address: /^0x[1-9A-F]/,
      length: isPositive,
      prot: 'PROT_READ|PROT_EXEC',
      previous: 'PROT_READ|PROT_WRITE',
    },
  },
  {
    event: 'mem_prot_alert',
    act: 'written memory becomes executable by pkey_mprotect',
    script: 'exec $ACTS/act-memory execute-key',
    expects: { alert: 'Protection changed to Executable!', prot: 'PROT_READ|PROT_EXEC' },
  },
  {
    event: 'mem_prot_alert',
    act: 'executable memory becomes writable',
    script: 'exec $ACTS/act-memory write',
    expects: {
      alert: 'Protection changed from E to W+E!',
      prot: 'PROT_READ|PROT_WRITE|PROT_EXEC',
      previous: 'PROT_READ|PROT_EXEC',
    },
  },
  {
    event: 'mem_prot_alert',
    act: 'writable and executable memory cannot be written any more',
    script: 'exec $ACTS/act-memory no-write',
    expects: {
      alert: 'Protection changed from W+E to E!',
      prot: 'PROT_READ|PROT_EXEC',
      previous: 'PROT_READ|PROT_WRITE|PROT_EXEC',
    },
  },
  {
    event: 'mem_prot_alert',
    act: 'no memory at all becomes executable',
    script: 'exec $ACTS/act-memory nothing',
    isQuiet: true,
    expects: {},
  },
  {
    event: 'mem_prot_alert',
    act: 'memory is mapped, and cannot be written any more',
    script: 'exec $ACTS/act-memory plain',
    isQuiet: true,
    expects: {},
  },
  {
    event: 'security_mmap_file',
    act: 'memory is mapped writable and executable',
    script: 'exec $ACTS/act-memory map',
    expects: { prot: 'PROT_READ|PROT_WRITE|PROT_EXEC', facts: 'writable|anonymous', pathname: null },
  },
  {
    event: 'security_file_mprotect',
    act: 'written memory becomes executable',
    script: 'exec $ACTS/act-memory execute',
    expects: { prot: 'PROT_READ|PROT_EXEC', facts: /written/, length: 8192 },
  },
  {
    event: 'mem_write',
    act: 'a process writes to its own memory as a file',
    script: 'exec $ACTS/act-memory write-own',
    expects: ({ pid }) => ({
      ...{ target_ns_pid: pid, target_comm: 'act-memory', address: /^0x[1-9A-F]/, length: 8 },
      ...{ data: '2172656563617472', is_self: 1, is_data: 0 },
    }),
  },
  {
    event: 'mem_write',
    act: "a process writes to its child's memory",
    script: 'exec $ACTS/act-memory write-child',
    expects: {
      target_pid: isPositive,
      target_comm: 'act-memory',
      length: 8,
      data: '2172656563617472',
      is_self: 0,
    },
  },
  {
    event: 'memory_file_open',
    act: 'a program that lies in memory alone is read',
    script: 'exec $ACTS/act-files memory',
    expects: {
      pathname: /memfd:program/,
      flags: /^O_RDONLY/,
      storage: 'memory',
      inode: isPositive,
      argv: (value) => Array.isArray(value) && value.at(-1) === 'memory',
    },
  },
];
