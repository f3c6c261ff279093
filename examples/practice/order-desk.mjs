/**
 * The practice range's service: an order desk over one SQLite database.
 *
 *   node order-desk.mjs create DATABASE     makes the database with a few orders
 *   node order-desk.mjs serve DATABASE      serves it on a free loopback port, until its standard input ends
 *   node order-desk.mjs get URL             prints what the service answers; exit 1 unless the status is 2xx
 *
 * Plain JavaScript, so that it also runs from an installed package. `/orders/by-priority` needs the column that the
 * range's migration adds: before it the service answers 503, as a real one does when the code is ahead of its schema.
 */

import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';

const SCHEMA = `
  create table customers (id integer primary key, name text not null);
  create table orders (
    id integer primary key,
    customer_id integer not null references customers (id),
    item text not null,
    cents integer not null check (cents >= 0),
    placed_at text not null
  );
  insert into customers (id, name) values (1, 'Ada'), (2, 'Grace'), (3, 'Linus');
  insert into orders (id, customer_id, item, cents, placed_at) values
    (1, 1, 'desk lamp', 3900, '2026-01-05'),
    (2, 2, 'bookshelf', 12900, '2026-01-06'),
    (3, 2, 'office chair', 24900, '2026-01-06'),
    (4, 3, 'whiteboard', 8900, '2026-01-07'),
    (5, 1, 'standing desk', 49900, '2026-01-08');
`;

function create(database) {
  const db = new DatabaseSync(database);
  db.exec(`pragma foreign_keys = on; begin immediate; ${SCHEMA} commit;`);
  db.close();
}

/** Asks the database anew for every request: what the service says is what the file holds now. */
function query(database, sql) {
  const db = new DatabaseSync(database, { readOnly: true, timeout: 1_000 });
  try {
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
}

const ROUTES = {
  '/health': 'select count(*) as orders from orders',
  '/orders':
    'select orders.id, name as customer, item, cents from orders join customers on customers.id = customer_id order by orders.id',
  '/orders/by-priority':
    'select priority, count(*) as orders, sum(cents) as cents from orders group by priority order by priority',
};

function answer(database, path) {
  const sql = ROUTES[path];
  if (sql === undefined) return { status: 404, body: { error: `no such page: ${path}`, pages: Object.keys(ROUTES) } };
  try {
    return { status: 200, body: query(database, sql) };
  } catch (thrown) {
    return { status: 503, body: { error: thrown instanceof Error ? thrown.message : String(thrown) } };
  }
}

function serve(database) {
  const server = createServer((request, response) => {
    const { status, body } = answer(database, new URL(request.url ?? '/', 'http://localhost').pathname);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify(body)}\n`);
  });
  server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
  // Whoever started it holds the other end: when that process is gone, however it went, the service goes too.
  process.stdin.resume();
  process.stdin.on('end', () => process.exit(0));
}

async function get(url) {
  const response = await fetch(url);
  process.stdout.write(`${response.status} ${await response.text()}`);
  process.exitCode = response.ok ? 0 : 1;
}

const [what, argument] = process.argv.slice(2);
if (what === 'create' && argument) create(argument);
else if (what === 'serve' && argument) serve(argument);
else if (what === 'get' && argument) await get(argument);
else {
  console.error('usage: node order-desk.mjs create|serve DATABASE, or get URL');
  process.exitCode = 2;
}
