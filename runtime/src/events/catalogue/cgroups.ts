import type { EventDefinition } from '../types.js';
import { prototype } from './prototype.js';

/** Control groups. Number 1012 is the original's; `hierarchy_id` is 0 in the v2 hierarchy. */
export const cgroupEvents: readonly EventDefinition[] = [
  {
    id: 1012,
    name: 'cgroup_attach_task',
    sets: [],
    source: 'kernel',
    hooks: { kind: 'tracepoint', tracepoint: 'cgroup_attach_task' },
    arguments: prototype(
      'const char* cgroup_path, const char* comm, pid_t pid, pid_t tid, bool is_whole_process, u64 cgroup_id, u32 hierarchy_id',
    ),
  },
  {
    id: 1100,
    name: 'cgroup_mkdir',
    sets: [],
    source: 'kernel',
    hooks: { kind: 'tracepoint', tracepoint: 'cgroup_mkdir' },
    arguments: prototype('u64 cgroup_id, const char* cgroup_path, u32 hierarchy_id'),
  },
  {
    id: 1101,
    name: 'cgroup_rmdir',
    sets: [],
    source: 'kernel',
    hooks: { kind: 'tracepoint', tracepoint: 'cgroup_rmdir' },
    arguments: prototype('u64 cgroup_id, const char* cgroup_path, u32 hierarchy_id'),
  },
];
