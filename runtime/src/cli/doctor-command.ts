import { Command } from 'commander';
import { runningKernel } from '../host/kernel.js';
import { escapeJson, escapeText } from '../output/escape.js';
import { findObject } from './context.js';
import { print } from './report.js';

interface DoctorFlags {
  json?: true;
  installPath?: string;
  portable: boolean;
}

/** `tracee doctor`: what stands in the way on this host, and what to do about it. Changes nothing. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('look at kernel, privileges and object, and say what stands in the way of tracing')
    .option('--json', 'print the findings as JSON')
    .option('--install-path <directory>', 'where objects for kernels are kept (/tmp/tracee)')
    .option('--no-portable', 'leave the portable object out')
    .action(async (flags: DoctorFlags) => {
      // Loaded when it is wanted: who only detects does not wait for it.
      const { describeSections, examineRuntime, statusOf } = await import('../doctor/index.js');
      const sections = examineRuntime(() => findObject(runningKernel(), flags, process.env));
      const status = statusOf(sections);
      const text = describeSections(sections, 'sudo tracee -- <command> shows a detection');
      print(
        flags.json === true
          ? escapeJson(JSON.stringify({ status, sections }))
          : text.split('\n').map(escapeText).join('\n'),
      );
      process.exitCode = status;
    });
}
