/** Articles: what `article_id` of an event is. */
import { amount, text } from './fields.ts';
import { defineThings } from './things.ts';

const optional = { required: false };

export default defineThings({
  id: 'checkout.articles',
  title: 'Checkout articles',
  description: 'Articles of the shops, each in its latest version.',
  unit: 'articles',
  key: { name: 'article_id', description: 'which article' },
  fields: [
    {
      ...{ read: text('article_name', optional), type: 'text', description: 'what it is called' },
      aliases: ['name'],
    },
    {
      ...{ read: amount('price', optional), type: 'number', description: 'what it costs, in its currency' },
      aliases: ['article_price'],
    },
    { read: text('currency', optional), type: 'text', description: 'of its price: EUR' },
  ],
});
