/** `npm start`: installs the npm packages where they are missing, then runs scripts/start/up.ts. */
import { bootstrap } from './bootstrap.mjs';

try {
  await bootstrap();
  const { register } = await import('tsx/esm/api');
  register();
  const { up } = await import('./start/up.ts');
  process.exit(await up(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
