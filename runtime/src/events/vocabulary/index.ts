import { ownWords } from './own.js';
import { entriesOf, speakerHere, type Group, type Speaker } from './speakers.js';
import { oneOf, partsOf, special, type Choice, type Entry, type Words } from './words.js';

type Maker = (speaker: Speaker) => Words;

const choice =
  (group: Group): Maker =>
  (speaker) =>
    oneOf(entriesOf(group, speaker));

const flags =
  (...groups: readonly Group[]): Maker =>
  (speaker) =>
    partsOf({ bits: groups.flatMap((group) => entriesOf(group, speaker)) });

/** One of some under a mask, and flags beside it. */
const mixed =
  (mask: number, group: Group, bits?: Group, more: Partial<Choice> = {}): Maker =>
  (speaker) =>
    partsOf({
      choices: [{ mask, entries: entriesOf(group, speaker), ...more }],
      bits: bits === undefined ? [] : entriesOf(bits, speaker),
    });

const shifted = (entries: readonly Entry[], by: number): Entry[] =>
  entries.map(([name, value]) => [name, (value << by) >>> 0]);

/** include/uapi/asm-generic/fcntl.h; the last stands for a mode that there is not. */
export const accessModes: readonly Entry[] = [
  ['O_RDONLY', 0],
  ['O_WRONLY', 1],
  ['O_RDWR', 2],
  ['O_ACCMODE', 3],
];

/** The kernel has no names for them; those of the C library, where 32 and 33 are its own. */
const realTimeSignals: readonly Entry[] = Array.from({ length: 33 }, (_, index) => [
  `SIGRT_${index}`,
  32 + index,
]);

/** Network order, as protocols of packets are given. */
const swapped = (entries: readonly Entry[]): Entry[] =>
  entries.map(([name, value]) => [name, ((value & 0xff) << 8) | (value >>> 8)]);

/** Commands of System V come with this bit from 32-bit programs. */
const ipcVersion = { bits: [['IPC_64', 0x100]] } as const;

const signalEntries: (speaker: Speaker) => Entry[] = (speaker) => [
  ...entriesOf('signal', speaker),
  ...realTimeSignals,
];

const makers = {
  ...ownWords,
  accessMode: () =>
    partsOf({
      bits: [
        ['R_OK', 4],
        ['W_OK', 2],
        ['X_OK', 1],
      ],
      none: 'F_OK',
    }),
  addressFamily: choice('addressFamily'),
  archPrctl: choice('archPrctl'),
  atAccess: flags('atAccess'),
  atFlags: flags('atFlag'),
  atHandle: flags('atHandle'),
  atRemove: flags('atRemove'),
  atStatx: flags('atStatx'),
  bpfCommand: choice('bpfCommand'),
  capAmbient: choice('capAmbient'),
  capability: choice('capability'),
  clockId: choice('clockId'),
  cloneFlags: (speaker) =>
    partsOf({
      choices: [
        { mask: 0xff, entries: [['0', 0], ...signalEntries(speaker)], isQuietAboutZero: true, isLast: true },
      ],
      bits: entriesOf('cloneFlag', speaker),
    }),
  descriptorFlags: flags('descriptorFlag'),
  directory: () => special([['AT_FDCWD', -100]]),
  epollFlags: flags('epollFlag'),
  epollOperation: choice('epollOperation'),
  eventfdFlags: flags('eventfdFlag'),
  errno: choice('errno'),
  execveatFlags: flags('atExec'),
  fadvise: choice('fadvise'),
  fallocateMode: flags('fallocateMode'),
  fanotifyInit: flags('fanotifyInit'),
  fanotifyMark: flags('fanotifyMark'),
  fanotifyMask: flags('fanotifyMask'),
  fcntlCommand: choice('fcntlCommand'),
  fileMode: (speaker) =>
    partsOf({
      choices: [
        { mask: 0o170000, entries: [['0', 0], ...entriesOf('fileType', speaker)], isQuietAboutZero: true },
      ],
      octal: 0o7777,
    }),
  fileSeals: flags('fileSeal'),
  flockOperation: flags('flockOperation'),
  fsconfigCommand: choice('fsconfigCommand'),
  fsmountFlags: flags('fsmountFlag'),
  fsopenFlags: flags('fsopenFlag'),
  fspickFlags: flags('fspickFlag'),
  futexOperation: mixed(0x7f, 'futexOperation', 'futexFlag'),
  futex2Flags: mixed(0x03, 'futex2Size', 'futex2Flag'),
  getrandomFlags: flags('getrandomFlag'),
  inotifyFlags: flags('inotifyFlag'),
  inotifyMask: flags('inotifyMask'),
  intervalTimer: choice('intervalTimer'),
  ioctlRequest: (speaker) => {
    const words = oneOf(entriesOf('ioctlRequest', speaker));
    // They are made of fields, which nobody reads in decimal.
    return { ...words, describe: (value) => hexUnlessNamed(words.describe(value)) };
  },
  ioprioWho: choice('ioprioWho'),
  ioprio: (speaker) =>
    partsOf({ choices: [{ mask: 0xe000, entries: shifted(entriesOf('ioprioClass', speaker), 13) }] }),
  ioUringEnter: flags('ioUringEnter'),
  ioUringOperation: choice('ioUringOperation'),
  ioUringRegister: choice('ioUringRegister'),
  ipcCall: choice('ipcCall'),
  ipcFlags: (speaker) => partsOf({ bits: entriesOf('ipcFlag', speaker), octal: 0o777 }),
  ipOption: choice('ipOption'),
  ipProtocol: choice('ipProtocol'),
  ipv6Option: choice('ipv6Option'),
  kcmpType: choice('kcmpType'),
  kexecFileFlags: flags('kexecFileFlag'),
  kexecFlags: flags('kexecFlag'),
  keyctlOperation: choice('keyctlOperation'),
  keyring: (speaker) => special(entriesOf('keyring', speaker)),
  landlockCreate: flags('landlockCreate'),
  landlockRestrict: flags('landlockRestrict'),
  landlockRule: choice('landlockRule'),
  lsmAttribute: choice('lsmAttribute'),
  lsmFlags: flags('lsmFlag'),
  madvise: choice('madvise'),
  mapFlags: mixed(0x0f, 'mapType', 'mapFlag'),
  membarrierCommand: choice('membarrierCommand'),
  membarrierFlags: flags('membarrierFlag'),
  memfdFlags: flags('memfdFlag'),
  memoryPolicy: mixed(0xff, 'memoryPolicy', 'memoryPolicyMode'),
  memoryPolicyGet: flags('memoryPolicyGet'),
  memoryPolicyMove: flags('memoryPolicyMove'),
  messageFlags: flags('messageFlag'),
  messageQueueCommand: (speaker) =>
    partsOf({ ...ipcVersion, choices: [{ mask: 0xff, entries: entriesOf('messageQueueCommand', speaker) }] }),
  messageQueueFlags: flags('messageQueueFlag'),
  mlockallFlags: flags('mlockallFlag'),
  mlockFlags: flags('mlockFlag'),
  moduleFlags: flags('moduleFlag'),
  mountAttributes: flags('mountAttribute'),
  mountFlags: flags('mountFlag'),
  moveMountFlags: flags('moveMountFlag'),
  mremapFlags: flags('mremapFlag'),
  msyncFlags: flags('msyncFlag'),
  namespaceFlags: flags('namespaceFlag'),
  netlinkOption: choice('netlinkOption'),
  netlinkProtocol: choice('netlinkProtocol'),
  openFlags: (speaker) =>
    partsOf({ choices: [{ mask: 3, entries: accessModes }], bits: entriesOf('openFlag', speaker) }),
  openTreeFlags: flags('openTreeFlag'),
  packetOption: choice('packetOption'),
  packetProtocol: (speaker) => oneOf(swapped(entriesOf('packetProtocol', speaker))),
  perfFlags: flags('perfFlag'),
  permissions: () => partsOf({ octal: 0o7777 }),
  personality: (speaker) =>
    partsOf({
      choices: [
        { mask: 0xff, entries: entriesOf('personality', speaker).filter(([, value]) => value < 0x100) },
      ],
      bits: entriesOf('personalityFlag', speaker),
      // Asks for the personality, and sets none.
      whole: [['0xffffffff', 0xffff_ffff]],
    }),
  pidfdFlags: flags('pidfdFlag'),
  pidfdSignalFlags: flags('pidfdSignalFlag'),
  pkeyRights: flags('pkeyRight'),
  prctlOption: choice('prctlOption'),
  priorityWho: choice('priorityWho'),
  protection: (speaker) => partsOf({ bits: entriesOf('protection', speaker), none: 'PROT_NONE' }),
  ptraceRequest: choice('ptraceRequest'),
  quotaCommand: (speaker) =>
    partsOf({
      choices: [
        { mask: 0xffff_ff00, entries: shifted(entriesOf('quotaCommand', speaker), 8) },
        { mask: 0xff, entries: entriesOf('quotaType', speaker) },
      ],
    }),
  readWriteFlags: flags('readWriteFlag'),
  rebootCommand: choice('rebootCommand'),
  rebootMagic: choice('rebootMagic'),
  renameFlags: flags('renameFlag'),
  resource: choice('resource'),
  rseqFlags: flags('rseqFlag'),
  rusageWho: choice('rusageWho'),
  schedulerPolicy: mixed(0x3fff_ffff, 'schedulerPolicy', 'schedulerFlag'),
  seccompFilterFlags: flags('seccompFilterFlag'),
  seccompMode: choice('seccompMode'),
  seccompOperation: choice('seccompOperation'),
  seekWhence: choice('seekWhence'),
  semaphoreCommand: (speaker) =>
    partsOf({ ...ipcVersion, choices: [{ mask: 0xff, entries: entriesOf('semaphoreCommand', speaker) }] }),
  shadowStackFlags: flags('shadowStackFlag'),
  sharedMemoryAttach: flags('sharedMemoryAttach'),
  sharedMemoryCommand: (speaker) =>
    partsOf({ ...ipcVersion, choices: [{ mask: 0xff, entries: entriesOf('sharedMemoryCommand', speaker) }] }),
  sharedMemoryGet: (speaker) => partsOf({ bits: entriesOf('sharedMemoryGet', speaker), octal: 0o777 }),
  shutdownHow: choice('shutdownHow'),
  signal: (speaker) => oneOf(signalEntries(speaker)),
  signalHow: choice('signalHow'),
  signalfdFlags: flags('signalfdFlag'),
  socketCall: choice('socketCall'),
  socketFlags: flags('socketFlag'),
  socketLevel: choice('socketLevel'),
  socketOption: choice('socketOption'),
  socketType: mixed(0x0f, 'socketType', 'socketFlag'),
  spliceFlags: flags('spliceFlag'),
  statxMask: flags('statxMask'),
  statusFlags: flags('openFlag'),
  swapFlags: flags('swapFlag'),
  syncFileRangeFlags: flags('syncFileRangeFlag'),
  syslogAction: choice('syslogAction'),
  tcpOption: choice('tcpOption'),
  timerFlags: flags('timerFlag'),
  timerfdCreate: flags('timerfdCreate'),
  timerfdSet: flags('timerfdSet'),
  udpOption: choice('udpOption'),
  umountFlags: flags('umountFlag'),
  userfaultFlags: flags('userfaultFlag'),
  vsockOption: choice('vsockOption'),
  waitFlags: flags('waitFlag'),
  waitId: choice('waitId'),
  xattrFlags: flags('xattrFlag'),
} satisfies Readonly<Record<string, Maker>>;

/** Names a table that turns a number into what people call it. */
export type PlainVocabulary = keyof typeof makers;

const made = new Map<string, Words>();

/** The words of a vocabulary, for this machine's programs or its 32-bit ones. */
export function wordsOf(vocabulary: PlainVocabulary, speaker: Speaker = speakerHere(false)): Words {
  const key = `${vocabulary} ${speaker}`;
  let words = made.get(key);
  if (words === undefined) {
    words = makers[vocabulary](speaker);
    made.set(key, words);
  }
  return words;
}

function hexUnlessNamed(told: string | number): string {
  return /^-?\d+$/.test(String(told)) ? `0x${(Number(told) >>> 0).toString(16)}` : String(told);
}
