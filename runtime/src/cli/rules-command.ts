import { Command } from 'commander';

export interface RulesFlags {
  json?: true;
}

/** `tracee rules`: what people who write rules need. Needs no privileges. */
export function rulesCommand(): Command {
  const add = (name: string, description: string, argument: string): Command =>
    new Command(name)
      .description(description)
      .argument('<path...>', argument)
      .option('--json', 'one line of JSON');
  const what = 'directories or files of rules';
  const check = add('check', 'say what is wrong with rules, by file and line', what);
  const test = add('test', 'run the examples of rules', what);
  // Loaded when they are wanted: who only detects does not wait for the languages of rules.
  check.action(async (paths: string[], flags: RulesFlags) => {
    const actions = await import('./rules-actions.js');
    await actions.check(paths, flags);
  });
  test.action(async (paths: string[], flags: RulesFlags) => {
    const actions = await import('./rules-actions.js');
    await actions.test(paths, flags);
  });
  return new Command('rules')
    .description('check and test rules of your own')
    .addCommand(check)
    .addCommand(test)
    .addHelpText(
      'after',
      `
Status: 0 all is well, 1 something is wrong with a rule or an example failed, 2 bad usage`,
    );
}
