#!/usr/bin/env node
import { recallEnsure } from './ensure-memo.js';
import { print, say } from './report.js';

/* `ensure` is called before each start of a container: where nothing changed, nothing else is loaded. */

const memo = process.argv[2] === 'ensure' ? recallEnsure() : undefined;
if (memo === undefined) await import('./main.js');
else {
  for (const line of memo.said) say(line);
  say('reused: nothing has changed since the last time');
  print(memo.printed);
}
