/**
 * Loaded into the runtime by `node --import`: profiles from SIGUSR2 to the end and writes BENCH_PROFILE.
 * `node --cpu-prof` profiles the start too, and its signals interrupt the kernel's verifier until it gives up.
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

const path = process.env['BENCH_PROFILE'];
const session = new Session();
session.connect();

process.once('SIGUSR2', () => {
  session.post('Profiler.enable');
  session.post('Profiler.start');
});

process.once('exit', () => {
  session.post('Profiler.stop', (error, result) => {
    if (error === null && path !== undefined) writeFileSync(path, JSON.stringify(result.profile));
  });
});
