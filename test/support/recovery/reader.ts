/** Who keeps a copy of a dataset by the change feed, and does after a restore what docs/recipes.md says. */
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { ApiEnvironment } from '../api/api-environment.ts';
import { DATASET } from '../test-environment.ts';

export class FeedCopy {
  readonly #testEnv: ApiEnvironment;
  readonly #learned = new Map<CivilDay, Date>();
  /** The rows of each day that has ever changed, as last read. */
  readonly days = new Map<CivilDay, string>();
  cursor = 0;
  /** How often it was told that what it has read is lost. */
  refusals = 0;

  constructor(testEnv: ApiEnvironment) {
    this.#testEnv = testEnv;
  }

  /** Reads what is new. An API or a database that is away is asked the next time. */
  async read(): Promise<void> {
    const { status, json } = await this.#testEnv.get(`/v1/changes?since=${this.cursor}`);
    if (status === 422) return await this.#goBack();
    if (status !== 200) return;
    for (const { day } of json.data) if (!(await this.#readDay(day))) return;
    this.cursor = json.next;
  }

  async #readDay(day: CivilDay): Promise<boolean> {
    const { status, json } = await this.#testEnv.get(
      `/v1/data?dataset=${DATASET}&from=${day}&to=${day}&limit=100000`,
    );
    if (status !== 200) return false;
    this.days.set(day, JSON.stringify(json.data));
    this.#learned.set(day, new Date());
    return true;
  }

  /** From where the feed ends, and again what it learned of since. */
  async #goBack(): Promise<void> {
    this.refusals += 1;
    const [epoch] = await this.#testEnv.rows<{ ended_cursor: number; known_to: Date }>(
      'select ended_cursor, known_to from catalog.epochs order by number desc limit 1',
    );
    if (!epoch) throw new Error('a cursor was refused, and nothing was restored');
    for (const [day, at] of this.#learned) if (at >= epoch.known_to) await this.#readDay(day);
    this.cursor = epoch.ended_cursor;
  }
}
