// Preloaded into a server: it ends with the process that started it, even when that one is killed.
process.on('disconnect', () => process.exit(0));
