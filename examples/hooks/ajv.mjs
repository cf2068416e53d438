// livepatch build --package ajv@6.12.2..6.12.3 --hooks examples/hooks/ajv.mjs, and as well for 6.12.6..6.14.0
//
// Ajv turns schemas into code and keeps what it made. The patch mends the compiler; this makes every instance compile
// its schemas anew the next time it is asked for them. Validators that your program holds itself stay as they are.
export const claims = ['lib/compile/index.js generated-code'];
export const module = 'lib/ajv.js'; // `Ajv` below is this module's own

function forget({ instances }) {
  for (const ajv of instances(Ajv)) {
    ajv._cache.clear();
    ajv._fragments = {};
    for (const schema of [...Object.values(ajv._schemas), ...Object.values(ajv._refs)]) if (schema.validate) schema.validate = undefined;
  }
}
export const postPatch = forget;
export const postUnpatch = forget;
