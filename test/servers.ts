/** Starts what the tests need, once per run. */
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    adminUrl: string;
    templateDatabase: string;
    temporalPath: string;
  }
}

import pg from 'pg';
import { migrate } from '../db/migrate.ts';
export default async function (project: TestProject) {
  const adminUrl = process.env.DEV_ADMIN_URL ?? '';
  const c = new pg.Client({ connectionString: adminUrl });
  await c.connect();
  await c.query('drop database if exists tidemark_template');
  await c.query('create database tidemark_template template template0');
  await c.end();
  const u = new URL(adminUrl);
  u.pathname = '/tidemark_template';
  await migrate(u.href);
  project.provide('adminUrl', adminUrl);
  project.provide('templateDatabase', 'tidemark_template');
  project.provide('temporalPath', '/tmp/play/temporal/bin/temporal');
}
