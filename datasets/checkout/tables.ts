/** What events refer to: `article_id`, the `related_id` of a scan, `user_id`. Name and email of users are personal data; a user can be erased. */
import { amount, text } from './fields.ts';
import { defineThings } from './things.ts';

const optional = { required: false };

export default [
  defineThings({
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
  }),
  defineThings({
    id: 'checkout.tickets',
    title: 'Checkout tickets',
    description: 'Tickets that were sold, each in its latest version.',
    unit: 'tickets',
    key: { name: 'ticket_id', description: 'which ticket' },
    fields: [
      {
        ...{ read: text('event_name', optional), type: 'text', description: 'what it is a ticket of' },
        aliases: ['event'],
      },
      {
        ...{ read: amount('ticket_price', optional), type: 'number', description: 'what it costs' },
        aliases: ['price'],
      },
    ],
  }),
  defineThings({
    id: 'checkout.users',
    title: 'Checkout users',
    description: 'Users of the shops, each in its latest version.',
    unit: 'users',
    key: { name: 'user_id', description: 'who; a pseudonym' },
    isPerson: true,
    fields: [
      { read: text('name', optional), type: 'text', personal: true, description: 'of the user' },
      { read: text('email', optional), type: 'text', personal: true, description: 'of the user' },
      {
        read: text('country', optional),
        type: 'text',
        description: 'where the user is from, as it was told',
      },
    ],
  }),
];
