import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { root } from './paths.js';

export function readVersion(): string {
  return (JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }).version;
}

/** `49c8d3c`, or `49c8d3c+` with changes; `unknown` outside a clone. */
export function readCommit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' }).trim();
    const isChanged = git('status', '--porcelain', '--untracked-files=no', '--', ':!bench/results') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${isChanged ? '+' : ''}`;
  } catch {
    return 'unknown';
  }
}
