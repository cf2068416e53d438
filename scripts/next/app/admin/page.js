export const dynamic = 'force-dynamic';

export default function Admin() {
  return `for the administrator ${Date.now()}`;
}
