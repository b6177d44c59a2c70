/** How long and how often things are measured. */
export interface Effort {
  readonly isQuick: boolean;
  /** Length of the storm whose memory is watched. */
  readonly memorySeconds: number;
  /** For files of traced events; emptied after each run. */
  readonly scratch: string;
  /** Told what takes a while. */
  readonly onProgress: (message: string) => void;
}

/** Picks the value for a smoke run or for a real one. */
export function pick(effort: Effort, quick: number, full: number): number {
  return effort.isQuick ? quick : full;
}
