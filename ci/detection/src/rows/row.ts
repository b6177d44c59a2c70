/**
 * What a row must come to. *plain*: what anybody expects to be found; *evasive*: what other tools miss; *signal*: too
 * weak alone, told with `--signals` only; *benign*: must cause no finding.
 */
export type RowClass = 'plain' | 'evasive' | 'signal' | 'benign';

/** One program of `test/attacks` or `test/benign` with its arguments. */
export interface Row {
  /** `sock-dup2`: the same in every table. */
  readonly id: string;
  /** The rule that must find it; of a benign row the rule that is tempted most. */
  readonly rule: string;
  readonly class: RowClass;
  /**
   * Words apart by blanks. The first names a program of `dist/attacks`; `python`, `perl`, `bash`, `sh` and `node` are
   * those of the system, and `name.ext` is a script beside the programs.
   */
  readonly command: string;
  /** Programs of the system that it uses. */
  readonly needs: readonly string[];
  /** Changes the machine: in a virtual machine only. */
  readonly isForVm: boolean;
  /** Several programs see the same act: exactly one finding is expected, with the default window. */
  readonly isOnce: boolean;
  /** There is an /etc/ld.so.preload, empty, before it begins. */
  readonly hasPreload: boolean;
  readonly note: string;
  /** Why it is not seen where it is not. */
  readonly whenMissed: string;
}

/** What a table says of a row beyond its name, class and command. */
export type RowOptions = Partial<
  Pick<Row, 'isForVm' | 'isOnce' | 'hasPreload' | 'needs' | 'note' | 'whenMissed'>
>;

/** `[id without the prefix, class, command, options]` */
export type RowEntry = readonly [id: string, rowClass: RowClass, command: string, options?: RowOptions];

/** The rows of one rule; ids get its prefix. */
export function rowsOf(rule: string, prefix: string, entries: readonly RowEntry[]): Row[] {
  return entries.map(([id, rowClass, command, options]) => ({
    id: `${prefix}-${id}`,
    rule,
    class: rowClass,
    command,
    needs: options?.needs ?? [],
    isForVm: options?.isForVm ?? false,
    isOnce: options?.isOnce ?? false,
    hasPreload: options?.hasPreload ?? false,
    note: options?.note ?? '',
    whenMissed: options?.whenMissed ?? '',
  }));
}
