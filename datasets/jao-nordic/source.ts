/**
 * JAO Publication Tool, Nordic capacity calculation region. The same host as the Core region, hence the same quota and base URL.
 *
 * Where it is   https://publicationtool.jao.eu/nordic/
 * Request       GET /nordic/api/data/<dataset>, as for Core (jao-core/source.ts)
 * Rows          as for Core, but each with `lastModifiedOn` (UTC without a Z) and columns in no order. A day that is published
 *               again has new ids and a later `lastModifiedOn`: both mean nothing for its content.
 */
import type { Source } from '../../domain/dataset/facts.ts';
import { jaoCore } from '../jao-core/source.ts';

export const jaoNordic: Source = {
  ...jaoCore,
  id: 'jao-nordic',
  title: 'JAO Publication Tool, Nordic region',
  link: 'https://publicationtool.jao.eu/nordic/',
};
