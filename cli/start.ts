import { parseArgs } from 'node:util';
import { ensureBuilt } from './build.ts';
import { serveDist } from './serve.ts';

const DEFAULT_PORT = 4173;
const HELP = `Builds Nadir if needed and serves it on this machine.

  npm start
  npm start -- --port 8080     or PORT=8080 npm start
`;

const say = (line: string) => void process.stderr.write(`${line}\n`);

function portFrom(text: string | undefined): number {
  const port = Number(text ?? process.env.PORT ?? DEFAULT_PORT);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  say(`"${text ?? process.env.PORT}" isn’t a port. Give a number from 1 to 65535.`);
  process.exit(2);
}

const { values } = parseArgs({ options: { port: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
if (values.help) {
  process.stdout.write(HELP);
} else {
  const port = portFrom(values.port);
  await ensureBuilt(say);
  const { url } = await serveDist(port, say);
  process.stdout.write(`Nadir is ready: ${url}\n`);
  say('Press Ctrl-C to stop. Nothing leaves this machine.');
}
