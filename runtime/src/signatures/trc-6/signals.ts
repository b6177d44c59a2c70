import type { Sight } from '../../detection/rule.js';
import { numberIn, textIn } from '../support/arguments.js';

/** enum bpf_cmd, include/uapi/linux/bpf.h */
const BPF_PROG_LOAD = 5;

/** READING_KEXEC_IMAGE and READING_KEXEC_INITRAMFS, include/linux/kernel_read_file.h */
const kexecKinds = [3, 4];

/** include/linux/panic.h: what is said of a module that did not come with the kernel. */
const taints: readonly (readonly [bit: number, meaning: string])[] = [
  [1, 'it was forced upon a kernel that it was not built for'],
  [12, 'it was not built with the kernel'],
  [13, 'nobody signed it whom the kernel trusts'],
  [15, 'it patches the running kernel'],
];

/** Other ways for code to come into the kernel, and what the system does all day: not news by themselves. */
export const signals: readonly Sight[] = [
  {
    id: 'bpf-program',
    description: 'a BPF program is loaded: it runs in the kernel and needs no module',
    isSignal: true,
    ways: [{ events: [{ event: 'bpf', where: { cmd: [BPF_PROG_LOAD] } }] }],
    detect: (event) => ({
      summary: 'loaded a BPF program into the kernel',
      facts: [event.returnValue < 0 ? 'the kernel refused it' : 'the kernel took it'],
    }),
  },
  {
    id: 'kexec',
    description: 'another kernel is put into memory, to be run in place of this one',
    isSignal: true,
    ways: [
      {
        events: [
          { event: 'security_kernel_read_file', where: { type: kexecKinds } },
          { event: 'security_kernel_load_data', where: { type: kexecKinds } },
        ],
        blindTo: 'attempts without the privilege to do it',
      },
    ],
    detect: (event) => ({
      summary: 'asked for another kernel to be loaded (kexec)',
      facts: [`the kernel comes from ${textIn(event, 'pathname') ?? "the process's memory"}`],
    }),
  },
  {
    id: 'autoload',
    description: 'the kernel starts modprobe because a process used something that needs a module',
    isSignal: true,
    ways: [{ events: [{ event: 'module_request' }] }],
    detect: (event) => {
      const name = textIn(event, 'name') ?? 'a module';
      return { summary: `made the kernel load ${name}`, facts: [`the kernel runs modprobe ${name}`] };
    },
  },
  {
    id: 'foreign-module',
    description: 'a module was loaded that did not come with the kernel, or that nobody signed',
    isSignal: true,
    ways: [{ events: [{ event: 'module_load' }] }],
    detect: (event) => {
      const bits = numberIn(event, 'taints') ?? 0;
      const facts = taints.flatMap(([bit, meaning]) => ((bits & (1 << bit)) === 0 ? [] : [meaning]));
      if (facts.length === 0) return undefined;
      return { summary: `loaded the module ${textIn(event, 'name') ?? 'without a name'}`, facts };
    },
  },
];
