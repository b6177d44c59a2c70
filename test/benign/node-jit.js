/* A function that is called often enough to be compiled, and one that the regular expression engine compiles. */
let sum = 0;
const add = (a, b) => a + b;
for (let i = 0; i < 2e6; i++) sum = add(sum, i % 7);
for (let i = 0; i < 2e4; i++) sum += /^(\w+)-(\d+)$/.test(`name-${i}`) ? 1 : 0;
const wasm = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 6, 1, 4, 0, 65,
  42, 11,
]);
if (new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports.f() !== 42 || sum === 0) process.exit(1);
