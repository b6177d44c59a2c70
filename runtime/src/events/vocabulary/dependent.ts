import { wordsOf, type PlainVocabulary } from './index.js';
import type { Speaker } from './speakers.js';
import type { Words } from './words.js';

/** What a number means that depends on another argument of the same call. */
interface Dependence {
  /** Names of that argument, of which a call has one. */
  readonly on: string;
  readonly vocabularies: Readonly<Record<number, PlainVocabulary>>;
}

/* Numbers of include/linux/socket.h and include/uapi/linux/{fcntl,prctl}.h, which `constants.ts` has by name. */
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const AF_PACKET = 17;
const SOL_SOCKET = 1;
const F_SETFD = 2;
const F_SETFL = 4;
const F_SETSIG = 10;
const F_ADD_SEALS = 1033;
const PR_SET_PDEATHSIG = 1;
const PR_SET_SECCOMP = 22;
const PR_CAPBSET_READ = 23;
const PR_CAPBSET_DROP = 24;
const PR_CAP_AMBIENT = 47;

const dependences = {
  fcntlArgument: {
    on: 'cmd',
    vocabularies: {
      [F_SETFD]: 'descriptorFlags',
      [F_SETFL]: 'openFlags',
      [F_SETSIG]: 'signal',
      [F_ADD_SEALS]: 'fileSeals',
    },
  },
  prctlArgument2: {
    on: 'option',
    vocabularies: {
      [PR_SET_PDEATHSIG]: 'signal',
      [PR_SET_SECCOMP]: 'seccompMode',
      [PR_CAPBSET_READ]: 'capability',
      [PR_CAPBSET_DROP]: 'capability',
      [PR_CAP_AMBIENT]: 'capAmbient',
    },
  },
  prctlArgument3: { on: 'option', vocabularies: { [PR_CAP_AMBIENT]: 'capability' } },
  socketOptionName: {
    on: 'level',
    vocabularies: {
      [SOL_SOCKET]: 'socketOption',
      0: 'ipOption',
      6: 'tcpOption',
      17: 'udpOption',
      41: 'ipv6Option',
      263: 'packetOption',
      270: 'netlinkOption',
      // AF_VSOCK, by which its options were told before there was SOL_VSOCK
      40: 'vsockOption',
      287: 'vsockOption',
    },
  },
  socketProtocol: {
    on: 'domain',
    vocabularies: {
      [AF_INET]: 'ipProtocol',
      [AF_INET6]: 'ipProtocol',
      [AF_NETLINK]: 'netlinkProtocol',
      [AF_PACKET]: 'packetProtocol',
    },
  },
} satisfies Readonly<Record<string, Dependence>>;

export type DependentVocabulary = keyof typeof dependences;

export type Vocabulary = PlainVocabulary | DependentVocabulary;

/** Value of another argument of the same call; undefined where it was not recorded. */
export type Siblings = (name: string) => unknown;

/** The words for an argument beside others; undefined where its numbers have none there. */
export function wordsBeside(vocabulary: Vocabulary, speaker: Speaker, siblings: Siblings): Words | undefined {
  const dependence = dependenceOf(vocabulary);
  if (dependence === undefined) return wordsOf(vocabulary as PlainVocabulary, speaker);
  const value = siblings(dependence.on);
  const chosen = typeof value === 'number' ? dependence.vocabularies[value] : undefined;
  return chosen === undefined ? undefined : wordsOf(chosen, speaker);
}

/** All words that an argument can have, whatever stands beside it. */
export function everyWords(vocabulary: Vocabulary, speaker: Speaker): readonly Words[] {
  const dependence = dependenceOf(vocabulary);
  const plain =
    dependence === undefined
      ? [vocabulary as PlainVocabulary]
      : [...new Set(Object.values(dependence.vocabularies))];
  return plain.map((one) => wordsOf(one, speaker));
}

function dependenceOf(vocabulary: Vocabulary): Dependence | undefined {
  const all: Readonly<Record<string, Dependence>> = dependences;
  return Object.hasOwn(all, vocabulary) ? all[vocabulary] : undefined;
}
