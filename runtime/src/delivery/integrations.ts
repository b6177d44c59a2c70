import type { Priority } from './payload.js';

/** One output of falcosidekick that the file switches on. */
export interface Output {
  /** As in the file: `slack`, `aws.sqs`. */
  readonly key: string;
  /** As in falcosidekick's line "Enabled Outputs": `Slack`. */
  readonly name: string;
  /** Label `destination` of `outputs_total` that counts its deliveries; undefined where it counts none. */
  readonly destination: string | undefined;
  readonly minimumPriority: Priority | undefined;
}

/** Where falcosidekick listens. */
export interface Listen {
  readonly address: string;
  readonly port: number;
  readonly isTls: boolean;
  /** Serves some paths without TLS, where TLS is on. */
  readonly clearPort: number | undefined;
}

/** A file of integrations that was checked. */
export interface Integrations {
  readonly path: string;
  /** The checked bytes: falcosidekick gets a private copy of these, not the path. */
  readonly text: string;
  readonly outputs: readonly Output[];
  readonly listen: Listen;
}
