import { TraceeError } from '../errors.js';
import type { Finding, Rule } from '../detection/rule.js';
import { builtinRules, selectRules } from '../signatures/index.js';
import { isExcusedBy, type UserException } from '../user-rules/exception.js';
import { problemToText, type RuleProblem } from '../user-rules/problem.js';
import { trustedUidsOf } from './context.js';
import { report, say } from './report.js';

export interface RuleSetOptions<Engine> {
  /** Ids or names of rules to run; none: all. */
  readonly names: readonly string[];
  /** Directories of the user's rules. */
  readonly directories: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Makes what runs these rules; `isExcused` says of a finding that an exception covers it, and counts. */
  readonly makeEngine: (rules: readonly Rule[], isExcused: (finding: Finding) => boolean) => Engine;
  /** Ends an engine that another has taken the place of. */
  readonly retire: (engine: Engine) => Promise<void>;
}

interface Loaded<Engine> {
  readonly rules: readonly Rule[];
  readonly engine: Engine;
}

/** The built-in rules and the user's, with their exceptions; replaced as a whole on {@link reload}. */
export class RuleSet<Engine> {
  readonly #options: RuleSetOptions<Engine>;
  #loaded: Loaded<Engine>;
  #excused = 0;
  #reloading: Promise<boolean> = Promise.resolve(true);

  private constructor(
    options: RuleSetOptions<Engine>,
    rules: readonly Rule[],
    exceptions: readonly UserException[],
  ) {
    this.#options = options;
    this.#loaded = this.#make(rules, exceptions);
  }

  /**
   * Loads all rules. What is wrong with a file of rules is told, and the others run: a broken rule must not
   * leave a host without the rest. Throws RULES_UNREADABLE, UNKNOWN_RULE, RULE_FAILED.
   */
  static async load<Engine>(options: RuleSetOptions<Engine>): Promise<RuleSet<Engine>> {
    const { rules, exceptions, problems } = await read(options);
    tell(problems);
    return new RuleSet(options, selectRules(options.names, rules), exceptions);
  }

  get rules(): readonly Rule[] {
    return this.#loaded.rules;
  }

  get engine(): Engine {
    return this.#loaded.engine;
  }

  /** Findings that exceptions held back so far. */
  get excused(): number {
    return this.#excused;
  }

  /**
   * Reads the directories again. Where all is well the new rules take over between two events, else nothing
   * changes; either way it is told. Gives whether they took over.
   */
  reload(): Promise<boolean> {
    // One after the other, so that what was read last is what stays.
    this.#reloading = this.#reloading.then(() => this.#reload());
    return this.#reloading;
  }

  async #reload(): Promise<boolean> {
    try {
      const { rules, exceptions, problems } = await read(this.#options);
      tell(problems);
      if (problems.every(({ isWarning }) => isWarning === true)) {
        const { engine } = this.#loaded;
        this.#loaded = this.#make(selectRules(this.#options.names, rules), exceptions);
        await this.#options.retire(engine);
        say(`rules read again: ${describeRules(this.rules)}, ${exceptions.length} exceptions`);
        return true;
      }
    } catch (error) {
      // A rule that cannot be run, a name that --rules has and no rule: what was there stays.
      if (!(error instanceof TraceeError)) throw error;
      report(error);
    }
    say('the rules from before stay as they are');
    return false;
  }

  #make(rules: readonly Rule[], exceptions: readonly UserException[]): Loaded<Engine> {
    const isExcused = (finding: Finding): boolean => {
      const isKnown = exceptions.some((exception) => isExcusedBy(finding, exception));
      if (isKnown) this.#excused += 1;
      return isKnown;
    };
    return { rules, engine: this.#options.makeEngine(rules, isExcused) };
  }
}

async function read<Engine>({ directories, env }: RuleSetOptions<Engine>): Promise<{
  rules: readonly Rule[];
  exceptions: readonly UserException[];
  problems: readonly RuleProblem[];
}> {
  if (directories.length === 0) return { rules: builtinRules, exceptions: [], problems: [] };
  // The languages of rules take a while to load, and most who start have none of their own.
  const { loadUserRules } = await import('../user-rules/load.js');
  const { rules, ...rest } = await loadUserRules({
    paths: directories,
    builtin: builtinRules,
    trustedUids: trustedUidsOf(env),
  });
  return { ...rest, rules: [...builtinRules, ...rules.map(({ rule }) => rule)] };
}

function tell(problems: readonly RuleProblem[]): void {
  for (const problem of problems) say(problemToText(problem));
}

/** `detecting (TRC-2, ACME-1)` */
export function describeRules(rules: readonly Rule[]): string {
  return rules.map(({ metadata }) => metadata.id).join(', ');
}
