#!/usr/bin/env node
import { findTrouble } from './ready-file.js';
import { print } from './report.js';

/* The health check of the images: 0 while a tracee in this container is armed and alive, else 1 and why not. */

const path = process.env['TRACEE_READY_FILE'] ?? '';
const trouble = path === '' ? 'TRACEE_READY_FILE is not set: nobody knows where to look' : findTrouble(path);
print(trouble ?? 'armed');
if (trouble !== undefined) process.exitCode = 1;
