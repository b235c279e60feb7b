/** What a plot really shows: the pixels of one colour, by column of the plotted area. */
import type { Page } from 'playwright-core';

export interface Drawn {
  /** Width of the area between the axes, pixels. */
  readonly width: number;
  readonly height: number;
  /** The rows of that colour in each column, from above. */
  readonly columns: readonly (readonly number[])[];
}

type Colour = readonly [red: number, green: number, blue: number];

/** The colour of the first line. */
export const FIRST_LINE: Colour = [43, 123, 186];
export const SECOND_LINE: Colour = [217, 115, 13];

/** As the canvas holds it, without what lies over or below. */
export async function drawnOnCanvas(page: Page, colour: Colour = FIRST_LINE): Promise<Drawn> {
  const area = await areaOf(page);
  return await page.evaluate(
    `(${columnsOf})(document.querySelector('.plot canvas'), ${JSON.stringify(area.inCanvas)}, ${JSON.stringify(colour)})`,
  );
}

/** As a person sees it, with everything that lies over the canvas. */
export async function seenOnScreen(page: Page, colour: Colour = FIRST_LINE): Promise<Drawn> {
  const { onScreen } = await areaOf(page);
  const picture = (await page.screenshot({ clip: onScreen })).toString('base64');
  return await page.evaluate(
    `(async () => {
       const bytes = Uint8Array.from(atob('${picture}'), (each) => each.charCodeAt(0));
       const image = await createImageBitmap(new Blob([bytes]));
       const area = { x: 0, y: 0, width: image.width, height: image.height };
       return (${columnsOf})(image, area, ${JSON.stringify(colour)});
     })()`,
  );
}

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the area between the axes lies; a pixel of the canvas is one of the screen here. */
export async function areaOf(page: Page): Promise<{ inCanvas: Area; onScreen: Area }> {
  await page.locator('.plot').scrollIntoViewIfNeeded();
  return await page.evaluate(`(() => {
    const canvas = document.querySelector('.plot canvas').getBoundingClientRect();
    const { x, y, width, height } = document.querySelector('.plot .u-over').getBoundingClientRect();
    return { onScreen: { x, y, width, height }, inCanvas: { x: x - canvas.x, y: y - canvas.y, width, height } };
  })()`);
}

/** From a copy: the browser draws a canvas that is read in another way from then on. */
const columnsOf = `(image, { x, y, width, height }, [red, green, blue]) => {
  const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(image, -x, -y);
  const { data } = copy.getImageData(0, 0, width, height);
  const columns = Array.from({ length: width }, () => []);
  for (let at = 0; at < data.length; at += 4)
    if (data[at] === red && data[at + 1] === green && data[at + 2] === blue)
      columns[(at / 4) % width].push(Math.floor(at / 4 / width));
  return { width, height, columns };
}`;
