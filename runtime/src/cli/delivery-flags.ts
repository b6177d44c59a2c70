import { type Command, InvalidArgumentError, Option } from 'commander';
import { repeat } from './flags.js';

/** Flags of what delivers findings. */
export interface DeliveryFlags {
  webhook?: string[];
  webhookTemplate?: string;
  webhookContentType?: string;
  webhookCa?: string;
  webhookAllowLinkLocal?: true;
  integrations: boolean;
  queueDir?: string;
  /** Seconds. */
  deliveryTimeout: number;
}

export function addDeliveryFlags(command: Command): Command {
  return command
    .option('--webhook <url>', 'also send findings to this URL; may be repeated', repeat)
    .option('--webhook-template <file>', "how webhooks get findings (falcosidekick's JSON)")
    .option('--webhook-content-type <type>', 'what the template makes (application/json)')
    .option('--webhook-ca <file>', 'certificates in PEM that vouch for webhooks, instead of the system’s')
    .option('--webhook-allow-link-local', 'let webhooks be on the link, where clouds have their metadata')
    .option('--no-integrations', 'do not deliver to what the file of integrations says')
    .option('--queue-dir <directory>', 'where findings wait to be delivered (queue, where objects are kept)')
    .addOption(
      new Option('--delivery-timeout <seconds>', 'at the end, how long to go on delivering what waits')
        .argParser(parseTimeout)
        .default(10),
    );
}

function parseTimeout(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A timeout is a whole number of seconds, 0 to wait for nothing.');
}
