import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { StackFrame } from '../events/added.js';
import { readSymbols, type SymbolTable } from './elf-symbols.js';

interface Mapping {
  readonly start: bigint;
  readonly end: bigint;
  readonly offset: bigint;
  readonly inode: bigint;
  readonly path: string;
}

interface Maps {
  readonly mappings: readonly Mapping[];
  /** When they may be read again, by the monotonic clock in ms. */
  readonly staleAt: number;
  readonly waitMs: number;
}

/** Processes and files of which something is kept. */
const maxProcesses = 256;
const maxFiles = 64;

/** Larger tables of mappings are a process's own affair. */
const maxMapsBytes = 1024 * 1024;

/**
 * An address that is in no mapping has the mappings read again: a program that starts is mapped piece by piece. Where
 * that finds nothing, the next reading has to wait twice as long, up to the longest, since addresses may be anything.
 */
const shortestWaitMs = 1;
const longestWaitMs = 128;

/**
 * Tells which files and functions addresses of a process are in. Its mappings are read while it lives: what has ended, or
 * has been mapped elsewhere since, has addresses alone.
 */
export class StackSymbols {
  readonly #maps = new Map<string, Maps>();
  readonly #files = new Map<string, SymbolTable | undefined>();

  framesOf(hostPid: number, startTime: number, addresses: readonly bigint[]): StackFrame[] {
    const key = `${hostPid} ${startTime}`;
    return addresses.map((address) => this.#frameOf(hostPid, key, address));
  }

  #frameOf(hostPid: number, key: string, address: bigint): StackFrame {
    const mapping = this.#mappingOf(hostPid, key, address);
    if (mapping === undefined || !mapping.path.startsWith('/')) return { address };
    const offset = address - mapping.start + mapping.offset;
    const found = this.#symbolsOf(hostPid, mapping)?.find(offset);
    return {
      ...{ address, file: mapping.path, offset },
      ...(found === undefined ? {} : { symbol: `${found.name}+0x${found.offset.toString(16)}` }),
    };
  }

  #mappingOf(hostPid: number, key: string, address: bigint): Mapping | undefined {
    const find = (mappings: readonly Mapping[] | undefined): Mapping | undefined =>
      mappings?.find(({ start, end }) => address >= start && address < end);
    const before = this.#maps.get(key);
    const known = find(before?.mappings);
    const now = performance.now();
    if (known !== undefined || (before !== undefined && now < before.staleAt)) return known;
    const mappings = readMappings(hostPid);
    const found = find(mappings);
    const isInVain = before !== undefined && found === undefined;
    const waitMs = isInVain ? Math.min(before.waitMs * 2, longestWaitMs) : shortestWaitMs;
    this.#maps.delete(key);
    this.#maps.set(key, { mappings, staleAt: now + waitMs, waitMs });
    forgetOldest(this.#maps, maxProcesses);
    return found;
  }

  #symbolsOf(hostPid: number, { path, inode }: Mapping): SymbolTable | undefined {
    const fd = openMapped(hostPid, path);
    if (fd === undefined) return undefined;
    try {
      const status = fstatSync(fd, { bigint: true });
      // Another file has taken the name since.
      if (!status.isFile() || status.ino !== inode) return undefined;
      const key = `${status.dev} ${status.ino} ${status.size} ${status.ctimeNs}`;
      if (!this.#files.has(key)) {
        this.#files.set(key, readSymbols(fd));
        forgetOldest(this.#files, maxFiles);
      }
      return this.#files.get(key);
    } finally {
      closeSync(fd);
    }
  }
}

/** By the name that it has for the process. It may be a FIFO by now, or a device. */
function openMapped(hostPid: number, path: string): number | undefined {
  try {
    return openSync(
      `/proc/${hostPid}/root${path}`,
      constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW,
    );
  } catch {
    return undefined;
  }
}

/** `7f1c40028000-7f1c401bd000 r-xp 00028000 fe:01 1234   /usr/lib/libc.so.6` */
function readMappings(hostPid: number): Mapping[] {
  let text: string;
  try {
    text = readFileSync(`/proc/${hostPid}/maps`, 'utf8').slice(0, maxMapsBytes);
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const groups =
      /^(?<start>[0-9a-f]+)-(?<end>[0-9a-f]+) ..x. (?<offset>[0-9a-f]+) \S+ (?<inode>\d+) *(?<path>.*)$/.exec(
        line,
      )?.groups;
    if (groups === undefined) return [];
    return [
      {
        start: BigInt(`0x${groups['start'] ?? '0'}`),
        end: BigInt(`0x${groups['end'] ?? '0'}`),
        offset: BigInt(`0x${groups['offset'] ?? '0'}`),
        inode: BigInt(groups['inode'] ?? '0'),
        path: (groups['path'] ?? '').replaceAll(String.raw`\012`, '\n'),
      },
    ];
  });
}

function forgetOldest(map: Map<string, unknown>, limit: number): void {
  if (map.size <= limit) return;
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
