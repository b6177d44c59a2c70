#!/usr/bin/env node
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rows } from './rows/index.js';

/**
 * Writes which rows the program of `tracee selftest` can perform: those of one compiled program and one act, that
 * need nothing of the machine. Acts that must cause one finding are told from others by the window of repeats, which
 * the selftest does not have. A library is left out: without it the loader is given one that does not exist.
 */
const directory = fileURLToPath(new URL('../../../runtime/selftest/', import.meta.url));
const apart = new Set(['sock-far-end', 'bash', 'node', 'perl', 'python', 'sh']);

const acts = rows.flatMap((row) => {
  const words = row.command.replace(/ library\.so$/, '').split(' ');
  const isAct = words.length === 2 && !apart.has(words[0] ?? '');
  if (!isAct || row.isForVm || row.isOnce || row.needs.length > 0) return [];
  return [
    {
      id: row.id,
      rule: row.rule,
      class: row.class,
      isOnce: false,
      hasPreload: row.hasPreload,
      words: words.join(' '),
    },
  ];
});
writeFileSync(`${directory}acts.json`, `${JSON.stringify(acts, undefined, 2)}\n`);
