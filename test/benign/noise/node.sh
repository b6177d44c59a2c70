# Node.js: a server under load, workers, compiled code.
exec node - <<'END'
const { createServer, get } = require('node:http');
const { Worker } = require('node:worker_threads');
const { execFileSync } = require('node:child_process');
const server = createServer((request, response) => response.end(JSON.stringify({ url: request.url })));
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  const ask = (i) => new Promise((resolve, reject) => {
    get(`http://127.0.0.1:${port}/${i}`, (response) => response.resume().once('end', resolve)).once('error', reject);
  });
  for (let i = 0; i < 200; i++) await Promise.all([ask(i), ask(i), ask(i)]);
  const code = 'let s = 0; for (let i = 0; i < 3e7; i++) s += i % 7; require("node:worker_threads").parentPort.postMessage(s)';
  await Promise.all([0, 1].map(() => new Promise((resolve) => new Worker(code, { eval: true }).once('message', resolve))));
  for (let i = 0; i < 10; i++) execFileSync('true');
  server.close();
});
END
