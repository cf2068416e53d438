module.exports = { reexported: 'other', helper() { return 1; } };
