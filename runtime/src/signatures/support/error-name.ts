import { getSystemErrorName } from 'node:util';

/** What a system call returned, for people: `succeeded`, `failed with EPERM`. */
export function describeResult(value: number): string {
  if (value >= 0) return 'succeeded';
  // Throws for what is no number of an error.
  return value > -4096 ? `failed with ${nameOf(value)}` : `returned ${value}`;
}

function nameOf(value: number): string {
  const name = getSystemErrorName(value);
  return name.startsWith('Unknown') ? String(value) : name;
}
