export const value = await new Promise((resolve) => setTimeout(() => resolve('top-level await'), 1));
