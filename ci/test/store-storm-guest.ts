import { rage, type Storm } from './store-storm.js';

/* A program for the virtual machine: the storm as JSON in, each round as a line of JSON out. */

const storm = JSON.parse(process.argv[2] ?? '') as Storm;
await rage(storm, (round) => {
  process.stdout.write(`${JSON.stringify(round)}\n`);
});
