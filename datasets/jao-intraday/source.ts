/** JAO Publication Tool, intraday capacity of the Core region. The same host as the Core region, hence the same quota and base URL. */
import type { Source } from '../../domain/dataset/facts.ts';
import { jaoCore } from '../jao-core/source.ts';

export const jaoIntraday: Source = {
  ...jaoCore,
  id: 'jao-intraday',
  title: 'JAO Publication Tool, intraday capacity',
  link: 'https://publicationtool.jao.eu/core/intradayAtc',
};
