/**
 * What a setting of falcosidekick takes. Values of `text`, `web`, `nats`, `hostPort` and the like are never
 * shown: they are, or may hold, secrets.
 */
export type Setting =
  | 'text'
  | 'flag'
  | 'number'
  | 'port'
  | 'list'
  | 'map'
  /** Texts by priority. */
  | 'priorityMap'
  /** A template of Go. */
  | 'template'
  /** Several of these, by name. */
  | 'templates'
  /** Text with places such as `<priority>`. */
  | 'outputFormat'
  | 'priority'
  /** A whole number of milliseconds or so, or Go's `1m30s`. */
  | 'duration'
  /** `http://` or `https://`. */
  | 'web'
  /** Several of these, as a list or with commas between. */
  | 'webs'
  /** `nats://` too. */
  | 'nats'
  | 'hostPort'
  /** `host` or `host:port`, several with commas between. */
  | 'hosts'
  /** Letters, digits, `-` and `_`: it becomes a part of an address. */
  | 'plainName'
  /** One of these words, spelled so. */
  | readonly string[]
  /** One of these words, in any case. */
  | { readonly anyCase: readonly string[] };

/** Settings by name, in lower case: falcosidekick does not look at case. */
export type Settings = Readonly<Record<string, Setting>>;

export interface OutputDefinition {
  /** `slack`, or `aws.sqs` for one in a group. */
  readonly key: string;
  readonly name: string;
  /** Label `destination` of the counter of its deliveries, in lower case. */
  readonly destination?: string;
  /** Where that counter does not grow by one for each delivery; see `compareTally`. */
  readonly counts?: 'twice' | 'failuresAsBoth';
  /** It is not counted, but has a line in the log for each delivery. With neither it does not tell what it did. */
  readonly isLogged?: true;
  /** Why no finding of Tracee can arrive there, in a clause. */
  readonly unusable?: string;
  /** It is switched on where all of these have a value. */
  readonly needs: readonly string[];
  readonly settings: Settings;
}

/** Shared by what falcosidekick reaches by HTTP. */
export const http: Settings = {
  checkcert: 'flag',
  mutualtls: 'flag',
  maxconcurrentrequests: 'number',
  minimumpriority: 'priority',
};

/** Settings that belong to no output. */
export const commonSettings: Settings = {
  debug: 'flag',
  customfields: 'map',
  templatedfields: 'templates',
  customtags: 'list',
  bracketreplacer: 'text',
  outputfieldformat: 'outputFormat',
  mutualtlsfilespath: 'text',
  listenaddress: 'text',
  listenport: 'port',
};

/** Groups of settings that are no outputs, and what several outputs of a group share. */
export const groups: Readonly<Record<string, Settings>> = {
  mutualtlsclient: { certfile: 'text', keyfile: 'text', cacertfile: 'text' },
  tlsclient: { cacertfile: 'text' },
  tlsserver: {
    deploy: 'flag',
    certfile: 'text',
    keyfile: 'text',
    mutualtls: 'flag',
    cacertfile: 'text',
    notlsport: 'port',
    notlspaths: 'list',
  },
  prometheus: { extralabels: 'text' },
  aws: {
    accesskeyid: 'text',
    secretaccesskey: 'text',
    region: 'text',
    rolearn: 'text',
    externalid: 'text',
    checkidentity: 'flag',
  },
  azure: {},
  gcp: { credentials: 'text', workloadidentity: 'flag' },
  yandex: { accesskeyid: 'text', secretaccesskey: 'text', region: 'text' },
  otlp: {},
};
