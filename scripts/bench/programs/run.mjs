/** Runs a program's work once, for measurements of whole processes. */
const { work } = await import(new URL(`./${process.argv[2]}.mjs`, import.meta.url).href);
for (let i = 0; i < Number(process.argv[3] ?? 1); i++) await work();
