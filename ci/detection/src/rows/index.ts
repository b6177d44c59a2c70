import type { Row } from './row.js';
import { socketRows } from './trc-1.js';
import { debuggerRows } from './trc-2.js';
import { injectionRows } from './trc-3.js';
import { codeRows } from './trc-4.js';
import { filelessRows } from './trc-5.js';
import { moduleRows } from './trc-6.js';
import { preloadRows } from './trc-7.js';

/** Everything that detection is tried with, by rule. */
export const rows: readonly Row[] = [
  ...socketRows,
  ...debuggerRows,
  ...injectionRows,
  ...codeRows,
  ...filelessRows,
  ...moduleRows,
  ...preloadRows,
];
