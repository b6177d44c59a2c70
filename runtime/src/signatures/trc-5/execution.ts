import type { Match, Sight, Way } from '../../detection/rule.js';
import { storages } from '../../events/layout.js';
import type { TracedEvent } from '../../events/record.js';
import { textIn, textsIn } from '../support/arguments.js';
import { isCopyOfSystemProgram, isOwnCopy } from '../support/same-program.js';
import {
  describe,
  describeStorage,
  isEverythingInMemory,
  isTemporary,
  keyOf,
  namelessFileOf,
  namelessStorages,
  type NamelessFile,
} from './nameless.js';

const ways: readonly Way[] = [
  {
    events: [{ event: 'security_bprm_check', where: { storage: namelessStorages } }],
    blindTo: 'bytes on the lower layer of an overlay',
  },
  {
    events: [{ event: 'sched_process_exec', where: { storage: namelessStorages } }],
    blindTo: 'scripts (their interpreter is the program), bytes on the lower layer of an overlay',
  },
];

/** Never asks for a path or a name: a memfd can be called anything, and a symbolic link can lead anywhere. */
export const executionSight: Sight = {
  id: 'execution',
  description: 'a program is executed that has no name on a file system which outlives a reboot',
  ways,
  detect(event) {
    const file = namelessFileOf(event);
    if (file === undefined || isEverythingInMemory(file) || isTemporary(file)) return undefined;
    return isSystemCopy(event, file) ? undefined : matchOf(event, file);
  },
};

/** Weak: builds, installers and programs that unpack themselves do it too. */
export const temporarySight: Sight = {
  id: 'temporary',
  description: 'a program is executed from /tmp or /var/tmp of the host, which are in memory',
  ways,
  isSignal: true,
  detect(event) {
    const file = namelessFileOf(event);
    return file !== undefined && !isEverythingInMemory(file) && isTemporary(file)
      ? matchOf(event, file)
      : undefined;
  },
};

function isSystemCopy(event: TracedEvent, file: NamelessFile): boolean {
  if (file.storage === storages.tmpfs) return false;
  if (event.definition.name === 'security_bprm_check') return isOwnCopy(event, file);
  return (
    file.storage === storages.memory &&
    isCopyOfSystemProgram(event, file, textsIn(event, 'argv')[0] ?? event.comm)
  );
}

function matchOf(event: TracedEvent, file: NamelessFile): Match {
  const argv = textsIn(event, 'argv');
  const command = textIn(event, 'cmdpath');
  return {
    summary: `executed ${describe(file)}`,
    facts: [
      describeStorage(file),
      ...(command === undefined ? [] : [`it was named as ${command}`]),
      ...(argv.length === 0 ? [] : [`started as: ${argv.join(' ')}`]),
    ],
    data: { 'file path': file.path },
    key: keyOf(event, file),
  };
}
