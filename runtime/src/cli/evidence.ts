import type { FileHash } from '../events/added.js';
import type { ArgumentValue, TracedEvent } from '../events/record.js';
import { FileHashes } from '../host/file-hashes.js';
import { StackSymbols } from '../host/stack-symbols.js';
import type { OutputOptions } from './output-options.js';

/** Adds to events what is asked for and has to be looked up while the process lives: functions on its stack, its program. */
export class Evidence {
  readonly #symbols: StackSymbols | undefined;
  readonly #hashes: FileHashes | undefined;
  readonly #pending = new WeakMap<TracedEvent, () => FileHash>();

  /** `onSettled` is called whenever a hash is made. */
  constructor({ has }: OutputOptions, onSettled: () => void) {
    this.#symbols = has('stack-addresses') ? new StackSymbols() : undefined;
    this.#hashes = has('exec-hash') ? new FileHashes(onSettled) : undefined;
  }

  add(event: TracedEvent): void {
    const { hostPid, startTime, stack, definition } = event;
    if (this.#symbols !== undefined && stack !== undefined) {
      event.frames = this.#symbols.framesOf(hostPid, startTime, stack);
    }
    if (this.#hashes === undefined || definition.name !== 'sched_process_exec') return;
    const value = (name: string): ArgumentValue | undefined =>
      event.arguments.find((one) => one.definition.name === name)?.value;
    const [path, inode, dev] = [value('pathname'), value('inode'), value('dev')];
    if (typeof path !== 'string' || typeof dev !== 'number') return;
    if (typeof inode !== 'number' && typeof inode !== 'bigint') return;
    const hash = this.#hashes.look({ hostPid, path, inode: BigInt(inode), dev });
    if (hash !== undefined) this.#pending.set(event, hash);
  }

  /** Whether nothing more is to come; what there is stands in the event. */
  isReady(event: TracedEvent): boolean {
    const hash = this.#pending.get(event)?.();
    if (hash === undefined) return true;
    event.program = hash;
    return hash.isSettled;
  }
}
