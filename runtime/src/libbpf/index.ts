/**
 * libbpf for Node: opens, loads and attaches BPF objects, and reads their maps and ring buffers. Reaches the
 * system's libbpf.so.1 (1.0 or newer) through koffi; stands alone, nothing here knows of Tracee's events.
 */
export { Btf, kernelBtfPath } from './btf.js';
export { libbpfVersion, possibleCpus } from './cpus.js';
export { LibbpfError, verdictOf } from './error.js';
export {
  isMapTypeSupported,
  isProgramTypeSupported,
  mapTypes,
  tracingTypes,
  tryTracing,
} from './features.js';
export { BpfMap } from './map.js';
export { BpfObject } from './object.js';
export { BpfLink, BpfProgram } from './program.js';
export { addressOf, mapCode, pageSize } from './pages.js';
export { logLevels, ProgramLog } from './program-log.js';
export { processedInstructions, refusalOf, type Refusal } from './refusal.js';
export { PerfBuffer, type PerfBufferOptions } from './perf-buffer.js';
export { Poller } from './poller.js';
export { returnFreedMemory } from './native.js';
export { type RecordBuffer, type RecordReader } from './record-buffer.js';
export { RingBuffer } from './ring-buffer.js';
export { callKernel } from './syscall.js';
