import { basename } from 'node:path';
import type { TracedEvent } from '../../events/record.js';
import { openProgram } from './program-file.js';
import { textOfProgram } from './program-text.js';
import { Remembered } from './remembered.js';
import { isSystemProgram } from './system-program.js';

/** What the program says of itself that is many programs in one file, a shell among them. */
const signature = 'BusyBox is a multi-call binary';

/** Those of its programs that move or print bytes, or serve files: none starts another or takes orders. */
const plainApplets = new Set([
  ...['cat', 'cksum', 'comm', 'cut', 'date', 'dd', 'echo', 'expand', 'false', 'fold', 'head', 'hexdump'],
  ...['md5sum', 'nl', 'od', 'paste', 'printf', 'rev', 'sha256sum', 'sleep', 'sort', 'tac', 'tail', 'tee'],
  ...['tr', 'true', 'uniq', 'wc', 'yes', 'ftpd', 'httpd', 'tftpd'],
]);

const rememberedMs = 60_000;
const answers = new Remembered<boolean>(rememberedMs, 64);

/**
 * Whether a program that was just executed is BusyBox of the system as a plain tool, not as its shell. BusyBox
 * looks at its first argument alone, so who lies there gets what he named.
 *
 * @param argv As the kernel laid it out, before the program ran.
 */
export function isPlainApplet(event: TracedEvent, argv: readonly string[]): boolean {
  const applet = appletIn(argv);
  return applet !== undefined && plainApplets.has(applet) && isSystemProgram(event) && isBusyBox(event);
}

/** `-cat` and `/bin/cat` are `cat`; after `busybox` comes the name. */
function appletIn([first = '', second]: readonly string[]): string | undefined {
  const name = basename(first.replace(/^-/, ''));
  return name.startsWith('busybox') ? second : name;
}

function isBusyBox(event: TracedEvent): boolean {
  using file = openProgram(event);
  if (file === undefined) return false;
  const key = `${file.device}:${file.inode}:${file.changedNs}`;
  return answers.get(key, () => textOfProgram(file)?.includes(signature) === true);
}
