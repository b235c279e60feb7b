/** Users of the checkout, as named by `user_id` of events. Name and email are personal data; a user can be erased. */
import { text } from './fields.ts';
import { defineThings } from './things.ts';

const optional = { required: false };

export default defineThings({
  id: 'checkout.users',
  title: 'Checkout users',
  description: 'Users of the shops, each in its latest version.',
  unit: 'users',
  key: { name: 'user_id', description: 'who; a pseudonym' },
  isPerson: true,
  fields: [
    { read: text('name', optional), type: 'text', personal: true, description: 'of the user' },
    { read: text('email', optional), type: 'text', personal: true, description: 'of the user' },
    { read: text('country', optional), type: 'text', description: 'where the user is from, as it was told' },
  ],
});
