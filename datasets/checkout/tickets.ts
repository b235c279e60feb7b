/** Tickets: what `related_id` of a scan is. */
import { amount, text } from './fields.ts';
import { defineThings } from './things.ts';

const optional = { required: false };

export default defineThings({
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
});
