import { createElement as h } from 'react';

export const dynamic = 'force-dynamic';

let count = 0;

async function add(form) {
  'use server';
  count += Number(form.get('n'));
}

export default function Count() {
  return h('form', { action: add }, h('input', { name: 'n' }), h('p', null, `count ${count}`));
}
